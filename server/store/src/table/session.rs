//! Table `session`: who is signed in, on which device, until when. Nothing in it is sealed: ids, times, a digest.
//!
//! The live map ([`crate::Sessions`]) is what requests look at; these rows are what a restart and other instances
//! begin from. Every change here demands the proof of its entry, and reaches the map only after the commit.

use crate::{
    backend::Connection,
    batch::{Batch, EntryProof, ProofOf},
    error::StoreError,
    look::Revealed,
    stage::{StagedTable, Value},
    store::Store,
};
use std::sync::Arc;
use tasuki_domain::{
    id::{DeviceId, OrganizationId, PersonId, PostId, SessionId},
    policy::{EndSession, Grant, ReadOwnPage},
    session::{LiveSession, SessionStart},
    time::{DAY, Timestamp},
};
use uuid::Uuid;

const INSERT: StagedTable = StagedTable {
    insert: "INSERT INTO session (session, digest, person, post, organization, device, signed_in_at, expires_at, idle, \
             last_activity_at, locked, ended_at, ending) ",
    tail: "",
};
const LOAD: &str = "SELECT session, digest, person, post, organization, device, signed_in_at, expires_at, idle, \
     last_activity_at, locked FROM session WHERE ended_at = 9223372036854775807 AND expires_at > $1";
const ROTATE: &str = "UPDATE session SET digest = $2, locked = 0, last_activity_at = $3 WHERE session = $1 AND ended_at = 9223372036854775807";
const LOCK: &str = "UPDATE session SET locked = 1 WHERE session = $1";
const ACTIVITY: &str =
    "UPDATE session SET last_activity_at = $2 WHERE session = $1 AND last_activity_at < $2";
const END: &str =
    "UPDATE session SET ended_at = $2, ending = $3 WHERE session = $1 AND ended_at = 9223372036854775807";
const OWN_DEVICE: &str = "SELECT device FROM session WHERE session = $1 AND person = $2 \
     AND ended_at = 9223372036854775807 AND expires_at > $3";
const END_PERSON: &str =
    "UPDATE session SET ended_at = $2, ending = $3 WHERE person = $1 AND ended_at = 9223372036854775807";
const END_POST: &str =
    "UPDATE session SET ended_at = $2, ending = $3 WHERE post = $1 AND ended_at = 9223372036854775807";
const END_DEVICE: &str =
    "UPDATE session SET ended_at = $2, ending = $3 WHERE device = $1 AND ended_at = 9223372036854775807";
const END_ORGANIZATION: &str = "UPDATE session SET ended_at = $2, ending = $3 WHERE organization = $1 AND ended_at = 9223372036854775807";
const FORGET: &str = "DELETE FROM session WHERE ended_at < $1";
const OF_PERSON: &str = "SELECT session, post, device, signed_in_at, expires_at, last_activity_at FROM session \
     WHERE person = $1 AND ended_at = 9223372036854775807 AND expires_at > $2 ORDER BY signed_in_at";

/// Ended rows are kept this long for support; what happened is in the log.
const KEPT: i64 = 30 * DAY;

/// Why a session ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The person signed out.
    SignedOut,
    /// The shift is over.
    Expired,
    /// The person signed out everywhere.
    Everywhere,
    /// The person chose another password.
    PasswordChanged,
    /// An administrator reset the person.
    Reset,
    /// The person, post or role ended.
    RightLost,
    /// The device was revoked.
    DeviceRevoked,
    /// The same person signed in anew on the same device.
    Replaced,
}

impl Ending {
    const fn code(self) -> i64 {
        match self {
            Self::SignedOut => 1,
            Self::Expired => 2,
            Self::Everywhere => 3,
            Self::PasswordChanged => 4,
            Self::Reset => 5,
            Self::RightLost => 6,
            Self::DeviceRevoked => 7,
            Self::Replaced => 8,
        }
    }
}

/// Whose end takes sessions along.
#[derive(Clone, Copy)]
pub(crate) enum Owner {
    Person(PersonId),
    Post(PostId),
    Organization(OrganizationId),
    Device(DeviceId),
}

/// A session of one's own, as one's own page lists it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnSession {
    /// The session.
    pub session: SessionId,
    /// Under which post.
    pub post: PostId,
    /// On which device.
    pub device: DeviceId,
    /// The full sign-in.
    pub signed_in_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Kept at most a minute late.
    pub last_activity_at: Timestamp,
}

/// Begins a session: the row now, the live object once it is durable.
pub fn begin(batch: &mut Batch, _entry: &EntryProof, session: &Arc<LiveSession>, digest: [u8; 32]) {
    batch.stage(
        &INSERT,
        vec![
            Value::Id(session.session.as_uuid()),
            Value::Bytes(digest.to_vec()),
            Value::Id(session.person.as_uuid()),
            Value::Id(session.post.as_uuid()),
            Value::Id(session.organization.as_uuid()),
            Value::Id(session.device.as_uuid()),
            Value::Int(session.signed_in_at.0),
            Value::Int(session.expires_at.0),
            Value::Int(session.idle),
            Value::Int(session.last_activity().0),
            Value::Int(0),
            Value::Int(i64::MAX),
            Value::Int(0),
        ],
    );
    let live = session.clone();
    batch.after_commit(move |sessions| sessions.insert(digest, live));
}

/// Gives a session that goes on a new token and unlocks it; the old token is worth nothing from then on.
///
/// # Errors
/// When the database fails. `false` when the session has ended meanwhile.
pub async fn renew_token(
    batch: &mut Batch,
    _entry: &EntryProof,
    session: SessionId,
    digest: [u8; 32],
) -> Result<bool, StoreError> {
    let now = batch.now();
    let changed = on!(batch.writing().await?, c => sqlx::query(ROTATE).bind(session.as_uuid()).bind(digest.to_vec())
        .bind(now.0).execute(&mut **c).await.map(|done| done.rows_affected()))?;
    batch.revoked();
    batch.after_commit(move |sessions| sessions.renew_token(session, digest, now));
    Ok(changed == 1)
}

/// Locks a session: content goes from its sockets, the session stays.
///
/// # Errors
/// When the database fails.
pub async fn lock(batch: &mut Batch, _entry: &EntryProof, session: SessionId) -> Result<(), StoreError> {
    on!(batch.writing().await?, c => sqlx::query(LOCK).bind(session.as_uuid()).execute(&mut **c).await.map(drop))?;
    batch.revoked();
    batch.after_commit(move |sessions| sessions.lock_session(session));
    Ok(())
}

/// Keeps when people were last active, so that a restart locks at the right time. No entry of its own: it says
/// nothing that the entries of these sessions' acts do not say.
///
/// # Errors
/// When the database fails.
pub async fn keep_activity(
    batch: &mut Batch,
    sessions: &[(SessionId, Timestamp)],
) -> Result<EntryProof, StoreError> {
    for (session, at) in sessions {
        on!(batch.writing().await?, c => sqlx::query(ACTIVITY).bind(session.as_uuid()).bind(at.0)
            .execute(&mut **c).await.map(drop))?;
    }
    Ok(EntryProof(ProofOf::Earlier(0)))
}

/// On which device the session is that its own person wants to end. `None` for another person's session, for one that
/// is over and for one that never was: they are not told apart.
///
/// # Errors
/// When the database fails.
pub async fn device_of_own(
    batch: &mut Batch,
    grant: &Grant<EndSession>,
) -> Result<Option<DeviceId>, StoreError> {
    let EndSession { person, session } = *grant.act();
    let now = batch.now().0;
    batch.flush().await?;
    let device: Option<Uuid> = on!(batch.reading(), c => sqlx::query_scalar(OWN_DEVICE).bind(session.as_uuid())
        .bind(person.as_uuid()).bind(now).fetch_optional(&mut **c).await)?;
    Ok(device.map(DeviceId::from_uuid))
}

/// Ends one session.
///
/// # Errors
/// When the database fails.
pub async fn end(
    batch: &mut Batch,
    _entry: &EntryProof,
    session: SessionId,
    ending: Ending,
) -> Result<(), StoreError> {
    end_where(batch, END, session.as_uuid(), ending).await?;
    batch.after_commit(move |sessions| drop(sessions.end_session(session)));
    Ok(())
}

/// Ends every session of a person, on every device.
///
/// # Errors
/// When the database fails.
pub async fn end_person(
    batch: &mut Batch,
    _entry: &EntryProof,
    person: PersonId,
    ending: Ending,
) -> Result<(), StoreError> {
    end_where(batch, END_PERSON, person.as_uuid(), ending).await?;
    batch.after_commit(move |sessions| drop(sessions.end_person(person)));
    Ok(())
}

/// Ends what a person, a post, a device or an employer had open, in the transaction that ends them: a row left behind
/// would bring the session back with the next look at the table.
pub(crate) async fn end_with(batch: &mut Batch, owner: Owner) -> Result<(), StoreError> {
    let (sql, id, ending) = match owner {
        Owner::Person(person) => (END_PERSON, person.as_uuid(), Ending::RightLost),
        Owner::Post(post) => (END_POST, post.as_uuid(), Ending::RightLost),
        Owner::Organization(organization) => (END_ORGANIZATION, organization.as_uuid(), Ending::RightLost),
        Owner::Device(device) => (END_DEVICE, device.as_uuid(), Ending::DeviceRevoked),
    };
    end_where(batch, sql, id, ending).await?;
    batch.after_commit(move |sessions| {
        sessions.end(|live| match owner {
            Owner::Person(person) => live.person == person,
            Owner::Post(post) => live.post == post,
            Owner::Organization(organization) => live.organization == organization,
            Owner::Device(device) => live.device == device,
        });
    });
    Ok(())
}

async fn end_where(batch: &mut Batch, sql: &'static str, id: Uuid, ending: Ending) -> Result<(), StoreError> {
    let now = batch.now().0;
    batch.flush().await?;
    on!(batch.writing().await?, c => sqlx::query(sql).bind(id).bind(now).bind(ending.code()).execute(&mut **c).await.map(drop))?;
    batch.revoked();
    Ok(())
}

/// Forgets rows of sessions that ended long ago.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(batch: &mut Batch, _entry: &EntryProof) -> Result<(), StoreError> {
    let before = batch.now().plus(-KEPT).0;
    on!(batch.writing().await?, c => sqlx::query(FORGET).bind(before).execute(&mut **c).await.map(drop))?;
    Ok(())
}

/// Every session that lives at `now`, with the digest of its token.
///
/// # Errors
/// When the database fails, or a row is damaged.
pub async fn load(
    connection: &mut Connection,
    now: Timestamp,
) -> Result<Vec<([u8; 32], LiveSession)>, StoreError> {
    type Row = (Uuid, Vec<u8>, Uuid, Uuid, Uuid, Uuid, i64, i64, i64, i64, i64);
    let rows: Vec<Row> = on!(connection, c => sqlx::query_as(LOAD).bind(now.0).fetch_all(&mut **c).await)?;
    rows.into_iter()
        .map(
            |(
                session,
                digest,
                person,
                post,
                organization,
                device,
                signed_in,
                expires,
                idle,
                active,
                locked,
            )| {
                let digest = digest.try_into().map_err(|_| StoreError::Damaged("session"))?;
                let start = SessionStart {
                    session: SessionId::from_uuid(session),
                    person: PersonId::from_uuid(person),
                    post: PostId::from_uuid(post),
                    organization: OrganizationId::from_uuid(organization),
                    device: DeviceId::from_uuid(device),
                    signed_in_at: Timestamp(signed_in),
                    expires_at: Timestamp(expires),
                    idle,
                };
                let live = LiveSession::new(start, Timestamp(active));
                if locked != 0 {
                    live.lock();
                }
                Ok((digest, live))
            },
        )
        .collect()
}

/// The sessions of the person whose own page is shown.
///
/// # Errors
/// When the database fails.
pub async fn of_person(store: &Store, look: &Revealed<ReadOwnPage>) -> Result<Vec<OwnSession>, StoreError> {
    let person = look.act().person.as_uuid();
    let mut connection = store.reading().await?;
    let rows: Vec<(Uuid, Uuid, Uuid, i64, i64, i64)> = on!(&mut connection, c => sqlx::query_as(OF_PERSON)
        .bind(person).bind(look.at().0).fetch_all(&mut **c).await)?;
    Ok(rows
        .into_iter()
        .map(|(session, post, device, signed_in, expires, active)| OwnSession {
            session: SessionId::from_uuid(session),
            post: PostId::from_uuid(post),
            device: DeviceId::from_uuid(device),
            signed_in_at: Timestamp(signed_in),
            expires_at: Timestamp(expires),
            last_activity_at: Timestamp(active),
        })
        .collect())
}

impl Store {
    /// Takes the live sessions in: at start, and on an instance whose neighbours may have begun or ended some.
    /// Sessions that are known and no longer in the table end here.
    ///
    /// # Errors
    /// When the database fails, or a row is damaged.
    pub async fn synchronise_sessions(&self) -> Result<(), StoreError> {
        let before = self.sessions().known();
        let mut connection = self.reading().await?;
        let rows = load(&mut connection, self.now()).await?;
        self.sessions().synchronise(&before, rows);
        Ok(())
    }
}
