//! http: the access log, アクセスログ, for auditors; its signed heads for everybody signed in.

use super::{
    Problem, ProblemDocument, SignedIn,
    parameters::{Asked, Named},
};
use crate::{
    usecase::{
        Services,
        access_log::{
            self, Charset, LogBody, LogEntryView, LogExport, LogExportCommand, LogFilter, LogFormat,
            LogRowView,
        },
    },
    wire::log::{
        ExportQuestion, Inclusion, LogConsistency, LogDetail, LogEntry, LogHead, LogPage, LogQuestion,
        ProofQuestion,
    },
};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use tasuki_domain::problem::{FieldProblem, FieldRule};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of the access log.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(head))
        .routes(routes!(proof))
        .routes(routes!(export))
        .routes(routes!(entry))
}

/// A page of the log, newest first; 監査, with a fresh passkey. The look is recorded before anything is read.
#[utoipa::path(get, path = "/api/v1/access-log", tag = "access log", params(LogQuestion), responses(
    (status = 200, body = LogPage),
    (status = "default", description = "`session.*`, `role.missing`, `query.form`, `field.*`", body = ProblemDocument),
))]
async fn read(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Asked(question): Asked<LogQuestion>,
) -> Result<Json<LogPage>, Problem> {
    let page = access_log::read_log(&services, &caller, parsed(&question)?).await?;
    Ok(Json(LogPage {
        organization: page.organization,
        entries: page.rows.into_iter().map(shown).collect(),
        next: page.next.map(|before| before.to_string()),
        signed: page.signed,
        look: page.look,
    }))
}

fn parsed(question: &LogQuestion) -> Result<access_log::LogQuestion, FieldProblem> {
    let (from, until) = question.period()?;
    let (before, limit) = question.page()?;
    let filter = LogFilter {
        from,
        until,
        person: question.person,
        patient: question.patient,
        action: question.action()?,
        outcome: question.outcome()?,
        device: question.device,
    };
    Ok(access_log::LogQuestion { organization: question.organization, filter, before, limit })
}

/// One entry with its sealed part, the patient's name and the proof; 監査, with a fresh passkey.
#[utoipa::path(get, path = "/api/v1/access-log/{index}", tag = "access log",
    params(("index" = u64, Path, description = "The entry's position in the log.")), responses(
    (status = 200, body = LogDetail),
    (status = "default", description = "`session.*`, `role.missing`, `missing`", body = ProblemDocument),
))]
async fn entry(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(index): Named<u64>,
) -> Result<Json<LogDetail>, Problem> {
    Ok(Json(detail(access_log::read_log_entry(&services, &caller, index).await?)))
}

/// The newest signed head, for keeping: anybody signed in.
#[utoipa::path(get, path = "/api/v1/access-log/head", tag = "access log", responses(
    (status = 200, body = LogHead),
    (status = "default", description = "`session.*`; `missing` before the first head", body = ProblemDocument),
))]
async fn head(_: SignedIn, State(services): State<Services>) -> Result<Json<LogHead>, Problem> {
    let head = access_log::log_head(&services).await?.ok_or_else(Problem::missing)?;
    let (origin, size, root, note, key) = (head.origin, head.size, head.root, head.note, head.key);
    Ok(Json(LogHead { origin, size, root, note, at: head.at.0, key }))
}

/// The proof that the log of an earlier head is the beginning of a later one: anybody signed in.
#[utoipa::path(get, path = "/api/v1/access-log/proof", tag = "access log", params(ProofQuestion), responses(
    (status = 200, body = LogConsistency),
    (status = "default", description = "`session.*`, `query.form`, `missing`", body = ProblemDocument),
))]
async fn proof(
    _: SignedIn,
    State(services): State<Services>,
    Asked(question): Asked<ProofQuestion>,
) -> Result<Json<LogConsistency>, Problem> {
    let proof = access_log::log_proof(&services, question.old, question.new).await?;
    let (old, old_root, new, new_root) = (proof.old, proof.old_root, proof.new, proof.new_root);
    Ok(Json(LogConsistency { old, old_root, new, new_root, path: proof.path }))
}

/// A period as a file; 監査, with a fresh passkey; `proof` for 監査 or システム管理 of the consortium. The export is
/// recorded before its first byte leaves.
#[utoipa::path(get, path = "/api/v1/access-log/export", tag = "access log", params(ExportQuestion), responses(
    (status = 200, description = "The file.", content_type = "text/csv", body = String),
    (status = "default", description = "`session.*`, `role.missing`, `query.form`, `field.*`", body = ProblemDocument),
))]
async fn export(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Asked(question): Asked<ExportQuestion>,
) -> Result<Response, Problem> {
    let format = format(&question)?;
    let (organization, period) = (question.organization, question.period());
    let command = LogExportCommand { organization, period, format };
    Ok(file(format, access_log::export_log(&services, &caller, command).await?))
}

fn format(question: &ExportQuestion) -> Result<LogFormat, FieldProblem> {
    let charset = [Charset::Utf8, Charset::Utf8WithMark, Charset::ShiftJis]
        .into_iter()
        .find(|known| known.text() == question.charset.as_deref().unwrap_or("utf-8-bom"));
    match (question.format.as_str(), charset) {
        ("csv", Some(charset)) => Ok(LogFormat::Table(charset)),
        ("csv", None) => Err(FieldProblem::new("charset", FieldRule::Choice)),
        ("proof", _) if question.charset.is_some() => {
            Err(FieldProblem::new("charset", FieldRule::Unexpected))
        }
        ("proof", _) if question.organization.is_some() => {
            Err(FieldProblem::new("organization", FieldRule::Unexpected))
        }
        ("proof", _) => Ok(LogFormat::Proof),
        _ => Err(FieldProblem::new("format", FieldRule::Choice)),
    }
}

/// The export as a stream: it is read only as fast as it is taken.
fn file(format: LogFormat, export: LogExport) -> Response {
    let pieces = futures::stream::try_unfold(export, |mut export| async move {
        match export.bytes().await {
            Ok(bytes) => Ok(bytes.map(|bytes| (bytes, export))),
            Err(error) => {
                tracing::error!(error = ?error, "An export of the access log was cut short");
                Err(std::io::Error::other("the export was cut short"))
            }
        }
    });
    let (kind, name) = match format {
        LogFormat::Table(Charset::ShiftJis) => ("text/csv; charset=Shift_JIS", "access-log.csv"),
        LogFormat::Table(_) => ("text/csv; charset=utf-8", "access-log.csv"),
        LogFormat::Proof => ("application/octet-stream", "access-log.tasuki-log"),
    };
    let attached = format!("attachment; filename=\"{name}\"");
    (
        [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, attached)],
        Body::from_stream(pieces),
    )
        .into_response()
}

fn shown(view: LogRowView) -> LogEntry {
    let row = &view.row;
    let id = |id: Uuid| (!id.is_nil()).then_some(id);
    let action = row.known_action();
    LogEntry {
        index: row.index,
        at: row.at.0,
        action_code: row.action,
        action: action.map(|action| action.text()),
        action_ja: action.map(|action| action.japanese()),
        category_ja: access_log::category(row.action),
        outcome: row.known_outcome(),
        actor_kind: row.actor_kind,
        actor: id(row.actor),
        name: view.name,
        post: row.post.map(|post| post.as_uuid()),
        job_type: view.job_type,
        job_type_ja: view.job_title,
        organization: row.organization.map(|organization| organization.as_uuid()),
        organization_name: view.organization,
        device: row.device.map(|device| device.as_uuid()),
        device_label: view.device,
        patient: row.patient.map(|patient| patient.as_uuid()),
        room: row.room.map(|room| room.as_uuid()),
        object_kind_ja: access_log::object_kind(row.known_object()),
        object: id(row.object),
        object_organization: row.object_organization.map(|organization| organization.as_uuid()),
        object_organization_name: view.object_organization,
        state: row.state.text(),
    }
}

fn detail(found: LogEntryView) -> LogDetail {
    let (session, request) = (found.view.row.session, found.view.row.request);
    let (body, detail) = match found.body {
        LogBody::Open(detail) => ("open", *detail),
        LogBody::Erased => ("erased", Default::default()),
        LogBody::Damaged => ("damaged", Default::default()),
    };
    let refusal = detail.refusal.and_then(|reason| serde_json::to_value(reason).ok());
    LogDetail {
        entry: shown(found.view),
        patient_name: found.patient,
        body,
        source: detail.source.map(|source| source.to_string()),
        certificate: detail.certificate,
        refusal: refusal.and_then(|code| code.as_str().map(str::to_owned)),
        refusal_ja: detail.refusal.map(access_log::refusal),
        more: detail.more,
        session: session.map(|session| session.as_uuid()),
        request: request.as_uuid(),
        canonical: STANDARD.encode(&found.canonical),
        proof: found.proof.map(|proof| Inclusion {
            size: proof.size,
            root: proof.root.to_string(),
            note: proof.note,
            path: proof.path.iter().map(ToString::to_string).collect(),
        }),
        look: found.look,
    }
}
