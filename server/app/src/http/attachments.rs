//! Attachments over HTTP: a file comes in as a raw body, and goes out as a download that no browser runs.

use super::{
    Problem, ProblemDocument, SignedIn,
    parameters::{Asked, Named},
};
use crate::{
    usecase::{
        Services, UseCaseError,
        add_attachment::{NewAttachment, add_attachment},
        read_attachment::{FileBody, read_attachment, read_thumbnail},
    },
    wire::attachment::{
        AddAttachmentQuery, AddedAttachment, Attachment, FILE_NAME, decoded_name, disposition,
    },
};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use tasuki_domain::{
    attachment::FileKind,
    id::{AttachmentId, RoomId},
    info_class::InfoClassId,
    problem::{FieldProblem, FieldRule},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// What a browser may do with a file: nothing.
const SANDBOX: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
);

/// The routes of attachments.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(download)).routes(routes!(small_picture))
}

/// Takes a file in for a post that will name it. The body is the file itself; what it is is judged by its content
/// (JPEG, PNG, WebP, PDF, Word, Excel, PowerPoint, text; pictures are drawn anew without the place where they were
/// taken), and the media type of the request is not looked at. A file that no post names goes after a day.
#[utoipa::path(
    post,
    path = "/api/v1/rooms/{room}/attachments",
    tag = "attachments",
    params(
        ("room" = Uuid, Path, description = "The room."),
        AddAttachmentQuery,
        ("x-file-name" = String, Header, description = "The file's name, percent-encoded UTF-8, at most 120 characters."),
    ),
    request_body(
        content = Vec<u8>, content_type = "application/octet-stream",
        description = "The file; at most `limits.attachment_bytes` (20 MiB as delivered)."
    ),
    responses(
        (status = 201, description = "The file is kept, sealed, and waits for its post.", body = AddedAttachment),
        (status = 404, description = "`missing`: no such room, or none that this person may write this class in.", body = ProblemDocument),
        (status = 408, description = "`attachment.file_interrupted`, `attachment.file_too_slow`", body = ProblemDocument),
        (status = 409, description = "`room.closed`; `attachment.too_many_waiting`: 30 files wait for a post.", body = ProblemDocument),
        (status = 413, description = "`attachment.file_too_large`, `attachment.picture_too_large`, `attachment.picture_too_many_pixels`", body = ProblemDocument),
        (status = 415, description = "The kind is not taken: `attachment.` with `file_kind_unknown`, `file_program`, `file_active_page`, …", body = ProblemDocument),
        (status = 422, description = "The file, its name or a field breaks a rule: `attachment.` and the rule; `field.…`; `query.form`", body = ProblemDocument),
        (status = 503, description = "`busy`, `attachment.picture_helper_unavailable`", body = ProblemDocument),
    )
)]
async fn add(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(room): Named<Uuid>,
    Asked(query): Asked<AddAttachmentQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<AddedAttachment>), Problem> {
    let new = NewAttachment {
        room: RoomId::from_uuid(room),
        class: InfoClassId(query.class),
        name: file_name(&headers)?,
        announced: announced(&headers),
    };
    let added = add_attachment(&services, &caller, new, body.into_data_stream()).await?;
    let attachment = Attachment::new(added.attachment, added.facts);
    Ok((StatusCode::CREATED, Json(AddedAttachment { attachment, held: added.held })))
}

/// A file of a message, always as a download. The look is in the access log before the first byte.
#[utoipa::path(
    get,
    path = "/api/v1/attachments/{attachment}",
    tag = "attachments",
    params(("attachment" = Uuid, Path, description = "The file.")),
    responses(
        (status = 200, description = "The file.", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 404, description = "`missing`: no such file, or none that this person may see.", body = ProblemDocument),
    )
)]
async fn download(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(attachment): Named<Uuid>,
) -> Result<Response, Problem> {
    let attachment = AttachmentId::from_uuid(attachment);
    let (facts, body) = read_attachment(&services, &caller, attachment).await?;
    let mut response =
        file(facts.kind, disposition(&facts.name, facts.kind), Body::from_stream(pieces(body)))?;
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(facts.bytes));
    Ok(response)
}

/// A JPEG of at most 320 × 320 pixels of a picture.
#[utoipa::path(
    get,
    path = "/api/v1/attachments/{attachment}/thumbnail",
    tag = "attachments",
    params(("attachment" = Uuid, Path, description = "The file.")),
    responses(
        (status = 200, description = "The small picture.", content_type = "image/jpeg", body = Vec<u8>),
        (status = 404, description = "`missing`: no such picture, or none that this person may see.", body = ProblemDocument),
    )
)]
async fn small_picture(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(attachment): Named<Uuid>,
) -> Result<Response, Problem> {
    let attachment = AttachmentId::from_uuid(attachment);
    let bytes = read_thumbnail(&services, &caller, attachment).await?;
    file(FileKind::Jpeg, disposition("thumbnail.jpg", FileKind::Jpeg), Body::from(Bytes::from_owner(bytes)))
}

fn file_name(headers: &HeaderMap) -> Result<String, Problem> {
    let name = headers.get(FILE_NAME).ok_or(FieldProblem::new(FILE_NAME, FieldRule::Missing))?;
    Ok(decoded_name(name.as_bytes()).ok_or(FieldProblem::new(FILE_NAME, FieldRule::Form))?)
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn file(kind: FileKind, disposition: String, body: Body) -> Result<Response, Problem> {
    let disposition = HeaderValue::try_from(disposition).map_err(|_| Problem::failed())?;
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    Ok(response)
}

/// The pieces of a file; an error breaks the connection off, so that half a file is not taken for a whole one.
fn pieces(body: FileBody) -> impl futures::Stream<Item = Result<Bytes, UseCaseError>> {
    futures::stream::try_unfold(body, |mut body| async {
        Ok(body.next().await?.map(|piece| (Bytes::from_owner(piece), body)))
    })
}
