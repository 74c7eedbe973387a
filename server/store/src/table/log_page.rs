//! Pages of the access log for an auditor: newest first, by keyset on the entry's number, within the auditor's scope.

use super::{
    log::{self, COLUMNS, LogBody, LogRow, ProofState, StoredEntry},
    log_proof::{self, InclusionProof, Prover},
};
use crate::{backend::Connection, error::StoreError, look::Revealed, store::Store};
use sqlx::QueryBuilder;
use tasuki_domain::{
    access::{Action, Outcome},
    id::{DeviceId, OrganizationId, PatientId, PersonId},
    policy::{ReadLog, ReadLogEntry},
    time::Timestamp,
};
use uuid::Uuid;

const ONE: &str = "SELECT organization, object_organization FROM access_entry WHERE idx = $1";

/// What a page is narrowed to; an empty filter shows everything in scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LogFilter {
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    /// Who acted.
    pub person: Option<PersonId>,
    /// Whom it concerned.
    pub patient: Option<PatientId>,
    /// What was done.
    pub action: Option<Action>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// On which device.
    pub device: Option<DeviceId>,
}

/// One page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogPage {
    /// Newest first.
    pub rows: Vec<LogRow>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<u64>,
    /// Entries under the newest signed head; the proof states speak of it.
    pub signed: u64,
    /// The entry that records this look; the page holds only what was there before it.
    pub look: u64,
}

/// One entry with its sealed part and its proof.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogDetail {
    /// The clear columns.
    pub row: LogRow,
    /// The sealed part.
    pub body: LogBody,
    /// The bytes that are hashed, for whoever checks the proof; empty when they cannot be put together.
    pub canonical: Vec<u8>,
    /// The way to the newest signed head; `None` while none covers it, or for a damaged entry.
    pub proof: Option<InclusionProof>,
}

/// A stretch of the log by number, and what to pick from it.
struct Stretch<'a> {
    from: i64,
    until: i64,
    filter: &'a LogFilter,
    organization: Option<OrganizationId>,
    most: i64,
}

/// The conditions of a stretch, for a query of either database.
macro_rules! narrow {
    ($query:expr, $stretch:expr) => {
        $query.push(" AND idx >= ").push_bind($stretch.from);
        $query.push(" AND idx < ").push_bind($stretch.until);
        if let Some(person) = $stretch.filter.person {
            $query.push(" AND actor = ").push_bind(person.as_uuid()).push(" AND actor_kind = 1");
        }
        if let Some(patient) = $stretch.filter.patient {
            $query.push(" AND patient = ").push_bind(patient.as_uuid());
        }
        if let Some(device) = $stretch.filter.device {
            $query.push(" AND device = ").push_bind(device.as_uuid());
        }
        if let Some(action) = $stretch.filter.action {
            $query.push(" AND action = ").push_bind(i64::from(action.code()));
        }
        if let Some(outcome) = $stretch.filter.outcome {
            // Said in words as well, so that the index of what was not done is found.
            $query.push(if outcome == Outcome::Done { "" } else { " AND outcome <> 1" });
            $query.push(" AND outcome = ").push_bind(i64::from(outcome.code()));
        }
    };
}

impl Store {
    /// A page of at most `most` rows before entry `before` (or before the look itself). Rows are those in which the
    /// actor's or the object's organization is the one that the look is allowed for; the consortium's auditor sees all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_page(
        &self,
        look: &Revealed<ReadLog>,
        filter: &LogFilter,
        before: Option<u64>,
        most: u16,
    ) -> Result<LogPage, StoreError> {
        let mut connection = self.reading().await?;
        let end = before.map_or(look.entry(), |before| before.min(look.entry()));
        let from = match filter.from {
            Some(at) => log::first_since(&mut connection, at, end).await?,
            None => 0,
        };
        let until = match filter.until {
            Some(at) => log::first_since(&mut connection, at, end).await?.min(end),
            None => end,
        };
        let stretch = Stretch {
            from: log::number(from),
            until: log::number(until),
            filter,
            organization: look.act().organization,
            most: i64::from(most) + 1,
        };
        let mut entries = newest_first(&mut connection, &stretch).await?;
        let more = entries.len() > usize::from(most);
        entries.truncate(usize::from(most));
        let mut prover = Prover::new(self, &mut connection).await?;
        let mut rows = Vec::with_capacity(entries.len());
        for entry in &entries {
            rows.push(told(self, &mut connection, &mut prover, entry).await?);
        }
        let next = rows.last().filter(|_| more).map(|row| row.index);
        let signed = prover.signed().map_or(0, |signed| signed.edge.size());
        Ok(LogPage { rows, next, signed, look: look.entry() })
    }

    /// One entry with its sealed part; `None` when there is none in the look's scope.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_entry(
        &self,
        look: &Revealed<ReadLogEntry>,
        index: u64,
    ) -> Result<Option<LogDetail>, StoreError> {
        let mut connection = self.reading().await?;
        let found = log::range(&mut connection, (index, index.saturating_add(1)), 1).await?;
        let scope = look.act().organization.map(OrganizationId::as_uuid);
        let in_scope = |entry: &StoredEntry| {
            scope.is_none_or(|own| entry.organization == own || entry.object_organization == own)
        };
        let Some(entry) = found.into_iter().find(in_scope) else { return Ok(None) };
        let mut prover = Prover::new(self, &mut connection).await?;
        let row = told(self, &mut connection, &mut prover, &entry).await?;
        let proof = match (prover.signed(), entry.sound()) {
            (Some(signed), Some(leaf)) if row.state == ProofState::Proven => {
                log_proof::inclusion(&mut connection, signed, (index, leaf)).await?
            }
            _ => None,
        };
        let canonical = entry.canonical(index).unwrap_or_default();
        Ok(Some(LogDetail { body: entry.open(self), row, canonical, proof }))
    }

    /// The organizations of an entry's actor and object, to choose under which of several scopes it may be read; not
    /// for showing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_entry_organizations(
        &self,
        index: u64,
    ) -> Result<[Option<OrganizationId>; 2], StoreError> {
        let mut connection = self.reading().await?;
        let index = log::number(index);
        let found: Option<(Uuid, Uuid)> =
            on!(&mut connection, c => sqlx::query_as(ONE).bind(index).fetch_optional(&mut **c).await)?;
        let id = |id: Uuid| (!id.is_nil()).then(|| OrganizationId::from_uuid(id));
        Ok(found.map_or([None, None], |(actor, object)| [id(actor), id(object)]))
    }
}

/// A row with its proof state; damage that shows itself here is told to the operator too.
pub(crate) async fn told(
    store: &Store,
    connection: &mut Connection,
    prover: &mut Prover,
    entry: &StoredEntry,
) -> Result<LogRow, StoreError> {
    let state = prover.state(connection, entry).await?;
    if state == ProofState::Damaged {
        let index = entry.index().unwrap_or_default();
        store.note_log_damage(&tasuki_vault::log::Finding::Altered { index });
    }
    Ok(entry.told(state))
}

async fn newest_first(
    connection: &mut Connection,
    stretch: &Stretch<'_>,
) -> Result<Vec<StoredEntry>, StoreError> {
    Ok(on!(connection, c => {
        let mut query = QueryBuilder::new("SELECT ");
        query.push(COLUMNS).push(" FROM access_entry WHERE ");
        match stretch.organization.filter(|_| !stretch.filter.is_selective()) {
            // Both columns are indexed: take the newest of each and join them, so that a long log stays quick.
            Some(organization) => {
                query.push("idx IN (");
                for (position, column) in ["organization", "object_organization"].into_iter().enumerate() {
                    query.push(if position == 0 { "SELECT idx FROM (" } else { " UNION SELECT idx FROM (" });
                    query.push("SELECT idx FROM access_entry WHERE ").push(column).push(" = ");
                    query.push_bind(organization.as_uuid());
                    narrow!(query, stretch);
                    query.push(" ORDER BY idx DESC LIMIT ").push_bind(stretch.most);
                    query.push(if position == 0 { ") one" } else { ") two" });
                }
                query.push(")");
            }
            None => {
                query.push("idx >= 0");
                narrow!(query, stretch);
                if let Some(organization) = stretch.organization.map(OrganizationId::as_uuid) {
                    query.push(" AND (organization = ").push_bind(organization);
                    query.push(" OR object_organization = ").push_bind(organization).push(")");
                }
            }
        }
        query.push(" ORDER BY idx DESC LIMIT ").push_bind(stretch.most);
        query.build_query_as().fetch_all(&mut **c).await
    })?)
}

impl LogFilter {
    /// Whether an index of its own finds the rows, so that the scope is the smaller sieve.
    const fn is_selective(&self) -> bool {
        self.person.is_some()
            || self.patient.is_some()
            || self.device.is_some()
            || self.action.is_some()
            || matches!(self.outcome, Some(Outcome::Refused | Outcome::Failed))
    }
}
