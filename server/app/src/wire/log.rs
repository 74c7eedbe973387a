//! wire: the access log as auditors read it, its signed heads and its proofs.

use super::page;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tasuki_domain::{
    access::{Action, Outcome},
    id::{DeviceId, OrganizationId, PatientId, PersonId},
    problem::{FieldProblem, FieldRule},
    time::{Interval, Timestamp},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which page of the log.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct LogQuestion {
    /// Whose entries: those in which the actor's or the object's organization is this one. Left out: the auditor's only
    /// scope; needed when there are several.
    #[param(value_type = Option<Uuid>)]
    pub organization: Option<OrganizationId>,
    /// Not before this, µs UTC.
    pub from: Option<i64>,
    /// Before this, µs UTC.
    pub until: Option<i64>,
    /// Who acted.
    #[param(value_type = Option<Uuid>)]
    pub person: Option<PersonId>,
    /// Whom it concerned.
    #[param(value_type = Option<Uuid>)]
    pub patient: Option<PatientId>,
    /// What was done, for example `open_room`.
    pub action: Option<String>,
    /// How it ended: `done`, `refused` or `failed`.
    pub outcome: Option<String>,
    /// On which device.
    #[param(value_type = Option<Uuid>)]
    pub device: Option<DeviceId>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 200; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

impl LogQuestion {
    /// The action by its name.
    ///
    /// # Errors
    /// `action` with `field.choice`.
    pub fn action(&self) -> Result<Option<Action>, FieldProblem> {
        choice("action", self.action.as_deref(), Action::from_text)
    }

    /// The outcome by its name.
    ///
    /// # Errors
    /// `outcome` with `field.choice`.
    pub fn outcome(&self) -> Result<Option<Outcome>, FieldProblem> {
        choice("outcome", self.outcome.as_deref(), |text| match text {
            "done" => Some(Outcome::Done),
            "refused" => Some(Outcome::Refused),
            "failed" => Some(Outcome::Failed),
            _ => None,
        })
    }

    /// The period, either end of which may be open.
    ///
    /// # Errors
    /// `until` with `field.interval` when it is not after `from`.
    pub fn period(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), FieldProblem> {
        match (self.from, self.until) {
            (Some(from), Some(until)) if until <= from => {
                Err(FieldProblem::new("until", FieldRule::Interval))
            }
            (from, until) => Ok((from.map(Timestamp), until.map(Timestamp))),
        }
    }

    /// Before which entry the page begins, and its size.
    ///
    /// # Errors
    /// `cursor` with `field.form`, `limit` with `field.range`.
    pub fn page(&self) -> Result<(Option<u64>, u16), FieldProblem> {
        let read = |text: &str| text.parse().map_err(|_| FieldProblem::new("cursor", FieldRule::Form));
        let before = self.cursor.as_deref().map(read).transpose()?;
        Ok((before, u16::try_from(page::limit(self.limit)?).unwrap_or(page::MOST)))
    }
}

fn choice<T>(
    field: &'static str,
    text: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, FieldProblem> {
    text.map(|text| read(text).ok_or(FieldProblem::new(field, FieldRule::Choice))).transpose()
}

/// Which period leaves the house, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuestion {
    /// Whose entries, as for a page; not for `proof`, which always holds everybody's.
    #[param(value_type = Option<Uuid>)]
    pub organization: Option<OrganizationId>,
    /// Not before this, µs UTC.
    pub from: i64,
    /// Before this, µs UTC.
    pub until: i64,
    /// `csv`, or `proof`: the provable form that `tasuki audit verify --export` checks.
    pub format: String,
    /// Of a CSV: `utf-8`, `utf-8-bom` (which Excel recognises) or `shift_jis`; `utf-8-bom` when left out.
    pub charset: Option<String>,
}

impl ExportQuestion {
    /// The period.
    #[must_use]
    pub const fn period(&self) -> Interval {
        Interval { from: Timestamp(self.from), until: Timestamp(self.until) }
    }
}

/// Between which two trees.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProofQuestion {
    /// Entries in the older tree.
    pub old: u64,
    /// Entries in the newer tree; at most those under the newest signed head.
    pub new: u64,
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogPage {
    /// Whose entries these are; null: the whole consortium's.
    #[schema(value_type = Option<Uuid>)]
    pub organization: Option<OrganizationId>,
    /// Newest first.
    pub entries: Vec<LogEntry>,
    /// Where the next page begins; null at the end.
    pub next: Option<String>,
    /// How many entries the newest signed head covers.
    pub signed: u64,
    /// The entry that records this very look. The page holds only what was there before it.
    pub look: u64,
}

/// One entry as a page shows it. People and organizations bear the names that they had then; patients stay pseudonyms.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogEntry {
    /// Position in the log, from 0.
    pub index: u64,
    /// When, µs UTC.
    pub at: i64,
    /// The action's number; it never changes its meaning.
    pub action_code: u16,
    /// The action's name; null in a damaged entry.
    pub action: Option<&'static str>,
    /// The action in Japanese.
    pub action_ja: Option<&'static str>,
    /// The group of the action in Japanese.
    pub category_ja: &'static str,
    /// `done`, `refused`, `failed`; null in a damaged entry.
    #[schema(value_type = Option<String>, pattern = "^(done|refused|failed)$")]
    pub outcome: Option<Outcome>,
    /// 1 person, 2 device, 3 operator at the console, 4 the program itself, 5 witness.
    pub actor_kind: u8,
    /// The person or device; null for others.
    pub actor: Option<Uuid>,
    /// The person's name.
    pub name: Option<String>,
    /// The post that was acted under.
    pub post: Option<Uuid>,
    /// The number of its job type.
    pub job_type: Option<i16>,
    /// The word for it.
    pub job_type_ja: Option<String>,
    /// The actor's organization.
    pub organization: Option<Uuid>,
    /// Its name.
    pub organization_name: Option<String>,
    /// The device.
    pub device: Option<Uuid>,
    /// What its sticker says.
    pub device_label: Option<String>,
    /// The patient concerned, as a pseudonym.
    pub patient: Option<Uuid>,
    /// The room.
    pub room: Option<Uuid>,
    /// What the object is, in Japanese; empty when there is none.
    pub object_kind_ja: &'static str,
    /// The object.
    pub object: Option<Uuid>,
    /// The organization that the object belongs to.
    pub object_organization: Option<Uuid>,
    /// Its name.
    pub object_organization_name: Option<String>,
    /// `proven`: in the tree under the newest signed head, computed from the stored bytes for this answer. `pending`:
    /// newer than that head. `damaged`: not the bytes that were logged.
    #[schema(pattern = "^(proven|pending|damaged)$")]
    pub state: &'static str,
}

/// One entry with what is sealed in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogDetail {
    /// What a page shows of it.
    pub entry: LogEntry,
    /// The patient's name then.
    pub patient_name: Option<String>,
    /// `open`, `erased` (the key of its month was destroyed) or `damaged`.
    #[schema(pattern = "^(open|erased|damaged)$")]
    pub body: &'static str,
    /// Where the request came from.
    pub source: Option<String>,
    /// The serial number of the device's certificate, hexadecimal.
    pub certificate: Option<String>,
    /// Why it was refused, as a code.
    pub refusal: Option<String>,
    /// Why it was refused, in Japanese.
    pub refusal_ja: Option<&'static str>,
    /// What else was noted: ranges, versions, counts, an operator's reason.
    pub more: BTreeMap<String, String>,
    /// The session.
    pub session: Option<Uuid>,
    /// The request.
    pub request: Uuid,
    /// The bytes that the leaf hash is over, base64; see `server/access-log.md`.
    pub canonical: String,
    /// The way to the newest signed head; null while none covers the entry.
    pub proof: Option<Inclusion>,
    /// The entry that records this look.
    pub look: u64,
}

/// The way from an entry to a signed head.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inclusion {
    /// Entries under the head.
    pub size: u64,
    /// Its root, base64.
    pub root: String,
    /// The signed note.
    pub note: String,
    /// Hashes, deepest first, base64 (RFC 6962 2.1.1).
    pub path: Vec<String>,
}

/// A signed head, to be kept: it shows later that nothing below it was changed or cut off.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogHead {
    /// The log's name.
    pub origin: String,
    /// How many entries it covers.
    pub size: u64,
    /// The root over them, base64.
    pub root: String,
    /// The signed note (C2SP tlog-checkpoint).
    pub note: String,
    /// When it was signed, µs UTC.
    pub at: i64,
    /// The public key under which it verifies.
    pub key: String,
}

/// The proof that one tree is the beginning of another.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogConsistency {
    /// Entries in the older tree.
    pub old: u64,
    /// Its root, base64.
    pub old_root: String,
    /// Entries in the newer tree.
    pub new: u64,
    /// Its root, base64.
    pub new_root: String,
    /// Hashes, base64 (RFC 6962 2.1.2).
    pub path: Vec<String>,
}
