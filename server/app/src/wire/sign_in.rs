//! wire: signing in, returning, and the first sign-in.

use super::{problem::ProblemDocument, secret_text::SecretText};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tasuki_domain::{
    id::{PersonId, PlaceId, PostId},
    passkey::PasskeyKind,
    problem::{FieldProblem, FieldRule},
    session::Claimed,
    text::{DeviceLabel, Login},
};
use utoipa::ToSchema;
use webauthn_rs_proto::{CreationChallengeResponse, RequestChallengeResponse};

/// The password step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordStep {
    /// Login name; width and case are forgiven. Either this or `person`.
    #[schema(min_length = 3, max_length = 40)]
    login: Option<String>,
    /// The person, from the start screen. Either this or `login`.
    #[schema(value_type = Option<Uuid>)]
    person: Option<PersonId>,
    /// Password, normalised by the server (NFKC).
    #[schema(value_type = String, format = Password, max_length = 128)]
    password: SecretText,
}

impl PasswordStep {
    /// Bounds the login.
    ///
    /// # Errors
    /// `login` with its rule; `person` when both are given.
    pub fn parse(self) -> Result<(Claimed, SecretText), FieldProblem> {
        let who = match (self.login, self.person) {
            (Some(login), None) => Claimed::Login(Login::parse("login", &login)?),
            (None, Some(person)) => Claimed::Person(person),
            (None, None) => return Err(FieldProblem::new("login", FieldRule::Missing)),
            (Some(_), Some(_)) => return Err(FieldProblem::new("person", FieldRule::Unexpected)),
        };
        Ok((who, self.password))
    }
}

/// A passkey is asked for.
#[derive(Serialize, ToSchema)]
pub struct PasskeyAsked {
    /// Name of the half-done step: single use, five minutes, this device only.
    pub flow: String,
    /// `CredentialRequestOptions` for `navigator.credentials.get`, binary values in base64url.
    #[schema(value_type = Object)]
    pub options: RequestChallengeResponse,
}

/// The passkey step of a full sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyStep {
    /// Name of the half-done step.
    #[schema(max_length = 43)]
    pub flow: String,
    /// `PublicKeyCredential.toJSON()`. Left out when only the post was still to be chosen.
    #[schema(value_type = Option<Object>)]
    pub credential: Option<Value>,
    /// Under which post to act, where there are several at this device's employer.
    #[schema(value_type = Option<Uuid>)]
    pub post: Option<PostId>,
}

/// Both factors are right and several posts are live here: send the same flow once more, with one of them.
#[derive(Serialize, ToSchema)]
pub struct ChoosePost {
    /// The problem, with code `sign_in.choose_post`.
    #[serde(flatten)]
    pub problem: ProblemDocument,
    /// The posts.
    pub posts: Vec<PostChoice>,
}

/// A post to act under.
#[derive(Serialize, ToSchema)]
pub struct PostChoice {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub post: PostId,
    /// A number of the table of job types.
    pub job_type: i16,
    /// At which place; null for the whole employer. Its name is on the start screen.
    #[schema(value_type = Option<Uuid>)]
    pub place: Option<PlaceId>,
}

/// Who returns.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnWish {
    /// The person, from the start screen; left out: the person of this browser's locked session.
    #[schema(value_type = Option<Uuid>)]
    pub person: Option<PersonId>,
}

/// A passkey's answer: a return, or a step-up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAnswer {
    /// Name of the half-done step.
    #[schema(max_length = 43)]
    pub flow: String,
    /// `PublicKeyCredential.toJSON()` of an assertion or a registration.
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// The one-time code of a first sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeStep {
    /// Login name.
    #[schema(min_length = 3, max_length = 40)]
    login: String,
    /// The code from the paper; case, width, blanks and hyphens are forgiven.
    #[schema(value_type = String, max_length = 40)]
    code: SecretText,
}

impl CodeStep {
    /// Bounds the login.
    ///
    /// # Errors
    /// `login` with its rule.
    pub fn parse(self) -> Result<(Login, SecretText), FieldProblem> {
        Ok((Login::parse("login", &self.login)?, self.code))
    }
}

/// A half-done first sign-in.
#[derive(Serialize, ToSchema)]
pub struct FirstSignInFlow {
    /// Its name, for the steps that follow: five minutes from one to the next, this device only.
    pub flow: String,
}

/// The password that is chosen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenPassword {
    /// Name of the half-done step.
    #[schema(max_length = 43)]
    pub flow: String,
    /// At least 8 characters, 13 recommended; judged by what people here would choose.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: SecretText,
}

/// The passkey that is wished for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstPasskeyWish {
    /// Name of the half-done step.
    #[schema(max_length = 43)]
    pub flow: String,
    /// `security_key` (counts everywhere), or `this_device` (counts on this device only, never on a shared one).
    #[schema(min_length = 1, max_length = 20)]
    kind: String,
    /// A name for the person's own list, such as 「青いキー」.
    #[schema(min_length = 1, max_length = 60)]
    label: String,
}

impl FirstPasskeyWish {
    /// Bounds kind and label.
    ///
    /// # Errors
    /// `kind` or `label` with its rule.
    pub fn parse(&self) -> Result<(PasskeyKind, DeviceLabel), FieldProblem> {
        passkey_wish(&self.kind, &self.label)
    }
}

/// Reads a kind and a label.
///
/// # Errors
/// `kind` or `label` with its rule.
pub(super) fn passkey_wish(kind: &str, label: &str) -> Result<(PasskeyKind, DeviceLabel), FieldProblem> {
    let kind = PasskeyKind::from_text(kind).ok_or(FieldProblem::new("kind", FieldRule::Choice))?;
    Ok((kind, DeviceLabel::parse("label", label)?))
}

/// A passkey is to be made.
#[derive(Serialize, ToSchema)]
pub struct PasskeyCreation {
    /// Name of the half-done step.
    pub flow: String,
    /// `CredentialCreationOptions` for `navigator.credentials.create`, binary values in base64url.
    #[schema(value_type = Object)]
    pub options: CreationChallengeResponse,
}

/// A one-time code, shown once.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentCode {
    /// Four groups of five symbols.
    pub code: String,
    /// When it ends by itself, µs UTC.
    pub expires_at: i64,
    /// Whether a second person has to confirm it before it counts.
    pub waits: bool,
}
