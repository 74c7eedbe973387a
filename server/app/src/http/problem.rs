//! Problem documents (RFC 9457): the one place where an error becomes a status and a sentence.

use crate::{
    usecase::{Conflict, UploadFault, UploadRefusal, UseCaseError},
    wire::problem::ProblemDocument,
};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::borrow::Cow;
use tasuki_domain::{policy::RefusalReason, problem::FieldProblem};

/// What each refusal tells. Reasons that are not here are told like a missing thing.
const REFUSALS: &[(RefusalReason, StatusCode, [&str; 3])] = &[
    (
        RefusalReason::Device,
        StatusCode::FORBIDDEN,
        [
            "device.refused",
            "この端末は使えません。管理者に連絡してください。",
            "This device may not be used.",
        ],
    ),
    (
        RefusalReason::Session,
        StatusCode::UNAUTHORIZED,
        [
            "session.ended",
            "ログインが終わっています。もう一度ログインしてください。",
            "You are signed out. Please sign in again.",
        ],
    ),
    (
        RefusalReason::Locked,
        StatusCode::UNAUTHORIZED,
        [
            "session.locked",
            "画面がロックされています。パスキーで戻ってください。",
            "The screen is locked. Return with your passkey.",
        ],
    ),
    (
        RefusalReason::StepUp,
        StatusCode::FORBIDDEN,
        [
            "session.step_up",
            "この操作には、もう一度パスキーが必要です。",
            "This needs your passkey once more.",
        ],
    ),
    (
        RefusalReason::Person,
        StatusCode::FORBIDDEN,
        [
            "post.ended",
            "いまの所属では使えません。管理者に確認してください。",
            "Your post does not allow this now.",
        ],
    ),
    (
        RefusalReason::Post,
        StatusCode::FORBIDDEN,
        [
            "post.ended",
            "いまの所属では使えません。管理者に確認してください。",
            "Your post does not allow this now.",
        ],
    ),
    (
        RefusalReason::Actor,
        StatusCode::FORBIDDEN,
        ["role.missing", "この操作をする役割がありません。", "You do not hold the role for this."],
    ),
    (
        RefusalReason::Role,
        StatusCode::FORBIDDEN,
        ["role.missing", "この操作をする役割がありません。", "You do not hold the role for this."],
    ),
    (
        RefusalReason::Closed,
        StatusCode::CONFLICT,
        [
            "room.closed",
            "このルームは終わっています。読むことだけできます。",
            "This room is closed; it can only be read.",
        ],
    ),
    (
        RefusalReason::Own,
        StatusCode::FORBIDDEN,
        ["own.only", "本人だけができる操作です。", "Only the person concerned may do this."],
    ),
    (
        RefusalReason::SecondPerson,
        StatusCode::FORBIDDEN,
        [
            "second_person",
            "一人ではできません。別の人が確認してください。",
            "A second person has to do this.",
        ],
    ),
    (
        RefusalReason::RolesExclude,
        StatusCode::CONFLICT,
        [
            "role.excluded",
            "職員管理と監査は、同じ法人で同じ人が持てません。",
            "These two roles exclude each other for the same organization.",
        ],
    ),
    (
        RefusalReason::Rate,
        StatusCode::TOO_MANY_REQUESTS,
        ["rate", "操作が多すぎます。少し待ってください。", "Too many requests. Please wait a moment."],
    ),
];

/// An error answer.
#[derive(Clone, Debug)]
pub struct Problem(Box<ProblemDocument>);

impl Problem {
    /// An error answer with its sentences.
    #[must_use]
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        japanese: impl Into<Cow<'static, str>>,
        english: impl Into<Cow<'static, str>>,
    ) -> Self {
        let code = code.into();
        Self(Box::new(ProblemDocument {
            r#type: format!("urn:tasuki:problem:{code}"),
            title: english.into(),
            title_ja: japanese.into(),
            status: status.as_u16(),
            code,
            field: None,
            retry_after: None,
        }))
    }

    /// The document, for a socket frame.
    #[must_use]
    pub fn document(&self) -> &ProblemDocument {
        &self.0
    }

    /// With the name of the field.
    #[must_use]
    pub fn field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// With the seconds to wait.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// There is no such thing, or none that this caller may know of.
    #[must_use]
    pub fn missing() -> Self {
        Self::new(StatusCode::NOT_FOUND, "missing", "見つかりません。", "There is no such thing.")
    }

    /// The server failed.
    #[must_use]
    pub fn failed() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "failed",
            "サーバーで問題が起きました。少し待ってからやり直してください。",
            "Something went wrong on the server. Please try again in a moment.",
        )
    }

    fn busy(retry_after: u32) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "混み合っています。少し待ってからやり直してください。",
            "The server is busy. Please try again in a moment.",
        )
        .retry_after(retry_after)
    }

    fn conflict(conflict: Conflict) -> Self {
        if let Some((_, japanese, english)) = super::sentences::of(conflict) {
            return Self::new(StatusCode::CONFLICT, conflict.0, *japanese, *english);
        }
        Self::new(
            StatusCode::CONFLICT,
            conflict.0,
            "状態が変わっています。表示を新しくして、もう一度確かめてください。",
            "The state has changed. Refresh and look again.",
        )
    }

    /// Why a file is not taken, by the name of the rule.
    fn upload(refusal: UploadRefusal) -> Self {
        let status = match refusal.fault() {
            UploadFault::Kind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            UploadFault::Content => StatusCode::UNPROCESSABLE_ENTITY,
            UploadFault::Size => StatusCode::PAYLOAD_TOO_LARGE,
            UploadFault::Time => StatusCode::REQUEST_TIMEOUT,
            UploadFault::Server => StatusCode::SERVICE_UNAVAILABLE,
        };
        let code = format!("attachment.{}", refusal.code());
        let problem = Self::new(status, code, refusal.japanese(), refusal.english());
        if status == StatusCode::SERVICE_UNAVAILABLE { problem.retry_after(30) } else { problem }
    }

    /// What a refusal tells: nothing that reveals the existence of what may not be seen.
    #[must_use]
    pub fn refused(reason: RefusalReason) -> Self {
        match (reason, REFUSALS.iter().find(|(told, ..)| *told == reason)) {
            (RefusalReason::Secret | RefusalReason::TooManyFailures, _) => Self::sign_in(),
            (_, Some((_, status, [code, japanese, english]))) => {
                Self::new(*status, *code, *japanese, *english)
            }
            (_, None) => Self::missing(),
        }
    }

    /// The one answer to every failed sign-in step.
    #[must_use]
    pub fn sign_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "sign_in.failed",
            "ログインできませんでした。入力を確かめて、もう一度お試しください。",
            "The sign-in failed. Please check what you entered and try again.",
        )
    }
}

impl From<FieldProblem> for Problem {
    fn from(problem: FieldProblem) -> Self {
        let (code, japanese, english) =
            (problem.rule.code(), problem.rule.japanese(), problem.rule.english());
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, japanese, english).field(problem.field)
    }
}

impl From<UseCaseError> for Problem {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::Refused(refusal) => Self::refused(refusal.reason),
            UseCaseError::SignIn => Self::sign_in(),
            UseCaseError::Field(problem) => problem.into(),
            UseCaseError::Conflict(conflict) => Self::conflict(conflict),
            UseCaseError::Missing => Self::missing(),
            UseCaseError::Upload(refusal) => Self::upload(refusal),
            UseCaseError::Busy { retry_after } => Self::busy(retry_after),
            UseCaseError::TooMany { retry_after } => {
                Self::refused(RefusalReason::Rate).retry_after(retry_after)
            }
            UseCaseError::Failed(cause) => {
                tracing::error!(error = ?cause, "A request failed");
                Self::failed()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.0.retry_after;
        let mut response = (status, Json(*self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
