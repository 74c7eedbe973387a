//! Queued items: keys lent to sessions, and what became of what they tagged (decision 15). The keys are derived, never
//! stored; the server's private half never leaves the vault.

use crate::{
    Batch, Connection, Done, Store, Work,
    error::{StoreError, WorkError},
    stage::{StagedTable, Value},
    store::Committed,
};
use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};
use tasuki_domain::{
    access::Detail,
    id::{DeviceId, MessageId, OrganizationId, PersonId, PostId, SessionId},
    policy::{DeliverQueued, Grant, LendQueueKey},
    queued::{LateRefusal, Settled},
    time::Timestamp,
};
use tasuki_vault::queue::QueueError;
use uuid::Uuid;
use zeroize::Zeroizing;

const LENT: StagedTable = StagedTable {
    insert: "INSERT INTO lent_key (lent_key, session, person, post, organization, device, lent_at, until_at) ",
    tail: "",
};
const ITEM: StagedTable = StagedTable {
    insert: "INSERT INTO queued_item (lent_key, item, person, outcome, message, at, reason) ",
    tail: " ON CONFLICT (lent_key, item) DO NOTHING",
};
const FIND: &str =
    "SELECT session, person, post, organization, device, lent_at, until_at FROM lent_key WHERE lent_key = $1";
const SETTLED: &str = "SELECT outcome, message, reason FROM queued_item WHERE lent_key = $1 AND item = $2";
const SINCE: &str = "SELECT item, outcome, message, reason FROM queued_item WHERE person = $1 AND at > $2 ORDER BY at LIMIT 200";

const SETTLED_PEOPLE: &str = "SELECT DISTINCT person FROM queued_item";

/// Who has ever had an item settled; complete only where this instance alone writes. Everybody asks at every hello, and
/// hardly anybody has one.
#[derive(Default)]
pub(crate) struct SettledPeople(RwLock<HashSet<PersonId>>);

impl SettledPeople {
    /// Reads them, at start.
    pub(crate) async fn load(connection: &mut Connection) -> Result<Self, StoreError> {
        let people: Vec<Uuid> =
            on!(connection, c => sqlx::query_scalar(SETTLED_PEOPLE).fetch_all(&mut **c).await)?;
        Ok(Self(RwLock::new(people.into_iter().map(PersonId::from_uuid).collect())))
    }

    fn contains(&self, person: PersonId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&person)
    }

    fn add(&self, person: PersonId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(person);
    }
}

/// The generation of the server's key that items are sealed to.
const GENERATION: u32 = 1;

/// What a session needs to queue posts on its device.
pub struct LentKey {
    /// The id that items name.
    pub id: Uuid,
    /// The key that tags them; for this session alone.
    pub key: Zeroizing<[u8; 32]>,
    /// The server's public key that seals them, an uncompressed P-256 point.
    pub public: [u8; tasuki_vault::queue::PUBLIC_BYTES],
    /// The generation of that key.
    pub generation: u32,
}

/// Who tagged an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tagged {
    /// By which lent key.
    pub lent_key: Uuid,
    /// The client's own id of the item.
    pub item: Uuid,
    /// In which session.
    pub session: SessionId,
    /// Its author.
    pub person: PersonId,
    /// Under which post.
    pub post: PostId,
    /// For which employer.
    pub organization: OrganizationId,
    /// On which device.
    pub device: DeviceId,
    /// Since when the key is lent.
    pub lent_at: Timestamp,
    /// Until when that session could write.
    pub until: Timestamp,
}

/// An item that was opened.
pub struct Opened {
    /// Who tagged it.
    pub tagged: Tagged,
    /// What it says.
    pub plaintext: Zeroizing<Vec<u8>>,
}

type LentRow = (Uuid, Uuid, Uuid, Uuid, Uuid, i64, i64);

impl Store {
    /// Lends a key to a session, durably, with its entry.
    ///
    /// # Errors
    /// A refusal, or the store failed.
    pub async fn lend_queue_key(
        &self,
        grant: Grant<LendQueueKey>,
        id: Uuid,
    ) -> Result<Committed<LentKey>, WorkError> {
        let opener =
            self.inner.keyring.queue_opener(GENERATION).map_err(|_| StoreError::Damaged("queue key"))?;
        let committed = self.write(Lending(Arc::new(grant), id)).await?;
        let key = Zeroizing::new(*opener.lend(id).expose());
        Ok(committed.map(|()| LentKey {
            id,
            key,
            public: *opener.public_key(),
            generation: opener.generation(),
        }))
    }

    /// Opens an item that this device delivers.
    ///
    /// # Errors
    /// [`WorkError::Missing`] for everything that is not an item of a session on this device; or the store failed.
    pub async fn open_queued(&self, grant: &Grant<DeliverQueued>, item: &[u8]) -> Result<Opened, WorkError> {
        let opener =
            self.inner.keyring.queue_opener(GENERATION).map_err(|_| StoreError::Damaged("queue key"))?;
        let opened = opener.open(item).map_err(|_: QueueError| WorkError::Missing)?;
        let mut connection = self.reading().await?;
        let row: Option<LentRow> = on!(&mut connection, c => sqlx::query_as(FIND).bind(opened.lent_key)
            .fetch_optional(&mut **c).await)
        .map_err(StoreError::from)?;
        let (session, person, post, organization, device, lent_at, until) = row.ok_or(WorkError::Missing)?;
        if device != grant.act().device.as_uuid() {
            return Err(WorkError::Missing);
        }
        let tagged = Tagged {
            lent_key: opened.lent_key,
            item: opened.item,
            session: SessionId::from_uuid(session),
            person: PersonId::from_uuid(person),
            post: PostId::from_uuid(post),
            organization: OrganizationId::from_uuid(organization),
            device: DeviceId::from_uuid(device),
            lent_at: Timestamp(lent_at),
            until: Timestamp(until),
        };
        Ok(Opened { tagged, plaintext: opened.plaintext })
    }

    /// What became of an item before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settled_item(&self, tagged: &Tagged) -> Result<Option<Settled>, StoreError> {
        let mut connection = self.reading().await?;
        let row: Option<(i64, Uuid, i64)> = on!(&mut connection, c => sqlx::query_as(SETTLED).bind(tagged.lent_key)
            .bind(tagged.item).fetch_optional(&mut **c).await)?;
        Ok(row.map(|(outcome, message, reason)| settled(outcome, message, reason)))
    }

    /// Keeps what became of an item, with the entry of its delivery.
    ///
    /// # Errors
    /// A refusal, or the store failed.
    pub async fn settle_item(
        &self,
        grant: Grant<DeliverQueued>,
        tagged: Tagged,
        settled: Settled,
    ) -> Result<Committed<()>, WorkError> {
        self.write(Settling(Arc::new(grant), tagged, settled)).await
    }

    /// What became of the items of a person since a time, oldest first; at most 200.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settled_items(
        &self,
        person: PersonId,
        since: Timestamp,
    ) -> Result<Vec<(Uuid, Settled)>, StoreError> {
        if !self.inner.backend.is_shared() && !self.inner.settled.contains(person) {
            return Ok(Vec::new());
        }
        let mut connection = self.reading().await?;
        let rows: Vec<(Uuid, i64, Uuid, i64)> = on!(&mut connection, c => sqlx::query_as(SINCE)
            .bind(person.as_uuid()).bind(since.0).fetch_all(&mut **c).await)?;
        let of = |(item, outcome, message, reason)| (item, settled(outcome, message, reason));
        Ok(rows.into_iter().map(of).collect())
    }
}

fn settled(outcome: i64, message: Uuid, reason: i64) -> Settled {
    if outcome == 1 {
        return Settled::Posted(MessageId::from_uuid(message));
    }
    let reason = i16::try_from(reason).ok().and_then(LateRefusal::from_code);
    Settled::Refused(reason.unwrap_or(LateRefusal::Other))
}

struct Lending(Arc<Grant<LendQueueKey>>, Uuid);

impl Work for Lending {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let Self(grant, id) = self;
        let session = grant.caller().session().ok_or(WorkError::Missing)?;
        let proof = batch.record(grant, Detail::default().with("lent_key", id)).await?;
        let row = vec![
            Value::Id(*id),
            Value::Id(session.session.as_uuid()),
            Value::Id(session.person.as_uuid()),
            Value::Id(session.post.as_uuid()),
            Value::Id(session.organization.as_uuid()),
            Value::Id(session.device.as_uuid()),
            Value::Int(batch.now().0),
            Value::Int(session.expires_at.0),
        ];
        batch.stage(&LENT, row);
        Ok(Done::new((), proof))
    }
}

struct Settling(Arc<Grant<DeliverQueued>>, Tagged, Settled);

impl Work for Settling {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let Self(grant, tagged, settled) = self;
        let (outcome, message, reason) = match settled {
            Settled::Posted(message) => (1, message.as_uuid(), 0),
            Settled::Refused(reason) => (2, Uuid::nil(), i64::from(reason.code())),
        };
        let detail = Detail::default().with("item", tagged.item).with("author", tagged.person);
        let detail = detail.with("outcome", outcome).with("reason", reason);
        let proof = batch.record(grant, detail).await?;
        let row = vec![
            Value::Id(tagged.lent_key),
            Value::Id(tagged.item),
            Value::Id(tagged.person.as_uuid()),
            Value::Int(outcome),
            Value::Id(message),
            Value::Int(batch.now().0),
            Value::Int(reason),
        ];
        batch.stage(&ITEM, row);
        let person = tagged.person;
        batch.after.push(Box::new(move |inner| inner.settled.add(person)));
        Ok(Done::new((), proof))
    }
}
