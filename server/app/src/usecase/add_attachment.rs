//! 添付の追加: a file comes in, is judged by its content, drawn anew if it is a picture, scanned, and kept sealed until a
//! message adopts it. The right is decided before a byte is read, when the file is kept, and again at adoption.

use super::{Services, UploadRefusal, UseCaseError};
use crate::files::{FileName, Kind, PictureRefusal, scanner::Verdict, sniff};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use std::{pin::pin, sync::Arc, time::Duration};
use tasuki_domain::{
    access::Detail,
    attachment::AttachmentFacts,
    id::{AttachmentId, RoomId},
    info_class::InfoClassId,
    policy::{AddAttachment, Grant},
};
use tasuki_store::table::attachment::{self, NewFile};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};
use uuid::Uuid;

/// A sender that is silent for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);

/// A file as a person sends it.
#[derive(Clone, Debug)]
pub struct NewAttachment {
    /// To which room.
    pub room: RoomId,
    /// For a post of which class.
    pub class: InfoClassId,
    /// What it is called there.
    pub name: String,
    /// How many bytes are announced.
    pub announced: Option<u64>,
}

/// A file that was taken.
#[derive(Clone, Debug)]
pub struct Added {
    /// The file, for the message that adopts it.
    pub attachment: AttachmentId,
    /// What is kept: name, kind and size may differ from what was sent.
    pub facts: AttachmentFacts,
    /// Whether there is a small picture of it.
    pub thumbnail: bool,
    /// Whether no message can adopt it before the virus scanner has answered.
    pub held: bool,
}

/// A file that passed, and the memory that it takes.
struct Judged {
    new: NewFile,
    bytes: Vec<u8>,
    held: bool,
    _memory: Vec<OwnedSemaphorePermit>,
}

/// A refusal, and what the log says besides its code.
type Judgement<T> = Result<T, UseCaseError>;

/// Takes a file in.
///
/// # Errors
/// [`UseCaseError::Refused`]; [`UseCaseError::Upload`] with the rule that the file broke, recorded as failed;
/// [`UseCaseError::Busy`]; [`UseCaseError::Conflict`] `attachment.too_many_waiting`.
pub async fn add_attachment<E>(
    services: &Services,
    caller: &tasuki_domain::policy::Caller,
    new: NewAttachment,
    body: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<Added, UseCaseError> {
    let attachment = AttachmentId::from_uuid(Uuid::new_v4());
    let act = AddAttachment { room: new.room, class: new.class, attachment };
    let grant = Arc::new(services.store.decide(caller, act).await?);
    match keep(services, &grant, new, body).await {
        Ok(added) => Ok(added),
        Err(error) => Err(record(services, &grant, error).await?),
    }
}

/// Records that an allowed file was not taken, and by which rule; gives the error back.
async fn record(
    services: &Services,
    grant: &Grant<AddAttachment>,
    error: UseCaseError,
) -> Result<UseCaseError, UseCaseError> {
    let rule = match &error {
        UseCaseError::Upload(refusal) => refusal.code(),
        UseCaseError::Conflict(conflict) => conflict.0,
        _ => return Ok(error),
    };
    services.store.append(grant.failed(Detail::default().with("rule", rule))).await?;
    Ok(error)
}

async fn keep<E>(
    services: &Services,
    grant: &Arc<Grant<AddAttachment>>,
    new: NewAttachment,
    body: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<Added, UseCaseError> {
    let Judged { new, bytes, held, _memory } = judge(services, new, body).await?;
    let (facts, thumbnail) = (new.facts.clone(), !new.thumbnail.is_empty());
    let incoming = attachment::begin(&services.store, grant.clone(), new).await?;
    incoming.fill(&bytes).await?.complete(held).await?;
    Ok(Added { attachment: grant.act().attachment, facts, thumbnail, held })
}

async fn judge<E>(
    services: &Services,
    new: NewAttachment,
    body: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Judgement<Judged> {
    let intake = &services.intake;
    let name = FileName::parse(&new.name).map_err(UploadRefusal::File)?;
    let announced = new.announced.unwrap_or(intake.largest);
    if announced > intake.largest {
        return Err(UploadRefusal::TooLarge.into());
    }
    let mut memory = vec![intake.room(announced).await?];
    let bytes =
        timeout(intake.limit, receive(body, announced)).await.map_err(|_| UploadRefusal::TooSlow)??;
    let (bytes, name, kind) = look_inside(bytes, name).await?;
    let file = match kind.is_picture() {
        true => {
            let (file, more) = redraw(services, &bytes, name).await?;
            memory.extend(more);
            file
        }
        false => Clean { name, kind, bytes, thumbnail: Vec::new(), size: (0, 0) },
    };
    let held = scan(services, &file.bytes).await?;
    let length = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
    let (width, height) = file.size;
    let facts = AttachmentFacts {
        name: file.name.as_str().to_owned(),
        kind: file.kind,
        bytes: length,
        width,
        height,
    };
    Ok(Judged { new: NewFile { facts, thumbnail: file.thumbnail }, bytes: file.bytes, held, _memory: memory })
}

/// Takes the bytes in, never more than were announced.
async fn receive<E>(
    body: impl Stream<Item = Result<Bytes, E>> + Send,
    announced: u64,
) -> Result<Vec<u8>, UploadRefusal> {
    let mut body = pin!(body);
    let most = usize::try_from(announced).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    while let Some(piece) = timeout(SILENCE, body.next()).await.map_err(|_| UploadRefusal::TooSlow)? {
        let piece = piece.map_err(|_| UploadRefusal::Interrupted)?;
        if bytes.len().saturating_add(piece.len()) > most {
            return Err(UploadRefusal::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Judges the whole file, on a thread where it keeps nobody waiting.
async fn look_inside(bytes: Vec<u8>, name: FileName) -> Judgement<(Vec<u8>, FileName, Kind)> {
    let judged = tokio::task::spawn_blocking(move || {
        let kind = sniff(&bytes, &name);
        (bytes, name, kind)
    });
    let (bytes, name, kind) = judged.await.map_err(UseCaseError::failed)?;
    Ok((bytes, name, kind.map_err(UploadRefusal::File)?))
}

/// What is kept of a file.
struct Clean {
    name: FileName,
    kind: Kind,
    bytes: Vec<u8>,
    thumbnail: Vec<u8>,
    size: (u32, u32),
}

/// Draws a picture anew: without the place where it was taken, and without anything that hid in it.
async fn redraw(
    services: &Services,
    original: &[u8],
    name: FileName,
) -> Judgement<(Clean, Option<OwnedSemaphorePermit>)> {
    let intake = &services.intake;
    let picture = intake.cleaner.clean(original).await.map_err(|refusal| {
        if refusal == PictureRefusal::HelperUnavailable {
            tracing::error!("The picture helper could not be started");
        }
        UploadRefusal::Picture(refusal)
    })?;
    let length = u64::try_from(picture.bytes.len()).unwrap_or(u64::MAX);
    if length > intake.largest {
        return Err(UploadRefusal::Picture(PictureRefusal::TooLarge).into());
    }
    // Whoever sent a small file that became a large one waits for the memory of the large one as well.
    let grown = length.saturating_sub(u64::try_from(original.len()).unwrap_or(0));
    let more = if grown > 0 { Some(intake.room(grown).await?) } else { None };
    let size = (picture.width, picture.height);
    let (kind, bytes, thumbnail) = (picture.kind, picture.bytes, picture.thumbnail);
    Ok((Clean { name: name.for_kind(kind), kind, bytes, thumbnail, size }, more))
}

/// Asks the virus scanner, where there is one; whether the file is held because it gave no verdict.
async fn scan(services: &Services, bytes: &[u8]) -> Judgement<bool> {
    let Some(scanner) = &services.intake.scanner else { return Ok(false) };
    match scanner.scan(std::iter::once(bytes)).await {
        Ok(Verdict::Clean) => Ok(false),
        Ok(Verdict::Found(signature)) => {
            tracing::warn!(scanner.signature = signature, "The virus scanner found something in a file");
            Err(UploadRefusal::Infected.into())
        }
        Err(_) => {
            tracing::error!("The virus scanner gave no verdict; the file is held");
            Ok(true)
        }
    }
}
