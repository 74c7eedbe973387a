//! The whole log against itself and against a head from outside: every stored entry, every signed head, every tile.

use super::{
    checkpoint::{self, HeadRow},
    log::{self, StoredEntry},
    log_proof::Prover,
};
use crate::{backend::Connection, error::StoreError, store::Store};
use std::collections::{BTreeSet, VecDeque};
use tasuki_vault::log::{
    Checkpoint, Finding, Hash, Report,
    export::Header,
    note::VerifierKey,
    report::{Completeness, Language},
    tree::{Frontier, leaf_hash},
    verify::{Trust, Verifier},
};

/// Rows read in one statement.
const PIECE: u64 = 1000;
/// Entries whose number is searched for when they stand in a wrong place.
const MOST_SEARCHED: usize = 1000;

/// What the verification of the stored log found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogVerification {
    /// Whether nothing was found.
    pub sound: bool,
    /// Whether the end is known to be complete, up to a head from outside.
    pub complete: bool,
    /// How many things were found.
    pub findings: u64,
    /// How many entries were read.
    pub entries: u64,
    /// The report in Japanese, several lines.
    pub japanese: String,
    /// The report in English, several lines.
    pub english: String,
}

impl From<&Report> for LogVerification {
    fn from(report: &Report) -> Self {
        Self {
            sound: report.is_sound(),
            complete: matches!(report.completeness, Completeness::ProvenUpTo(_)),
            findings: report.findings.len() as u64 + report.more_findings,
            entries: report.entries,
            japanese: report.text(Language::Japanese),
            english: report.text(Language::English),
        }
    }
}

/// Why a verification could not begin.
#[derive(Debug, thiserror::Error)]
pub enum VerifyProblem {
    /// The text is not a public key of a log.
    #[error("this is not a log's public key")]
    Key,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Verifies the whole stored log up to now. `against` is a signed head from outside, `key` the log's public key as
    /// known from elsewhere; without it the key of this house is used.
    ///
    /// # Errors
    /// [`VerifyProblem::Key`], or the database fails. What is wrong with the log is a finding and no error.
    pub async fn verify_log(
        &self,
        against: Option<&str>,
        key: Option<&str>,
    ) -> Result<LogVerification, VerifyProblem> {
        // Signs what is new, so that only what really has no head is called uncovered.
        let _what_is_wrong_is_found_below = self.sign_checkpoint().await;
        let key = match key {
            Some(text) => VerifierKey::parse(text.trim()).map_err(|_| VerifyProblem::Key)?,
            None => self.log_key()?,
        };
        let trust = Trust { key: Some(&key), against };
        let mut report = Pass::run(self, trust, &BTreeSet::new()).await?;
        let strange = strange(&report);
        if !strange.is_empty() {
            // An altered entry may be one that changed places: then its hash fits the number that it had.
            report = Pass::run(self, trust, &strange).await?;
        }
        if let Some(finding) = report.findings.first() {
            self.note_log_damage(finding);
        }
        Ok((&report).into())
    }
}

/// Numbers of entries that are altered, missing or out of place.
fn strange(report: &Report) -> BTreeSet<u64> {
    let mut numbers = BTreeSet::new();
    for finding in &report.findings {
        match finding {
            Finding::Altered { index } | Finding::Unreadable { index } => {
                numbers.insert(*index);
            }
            Finding::Missing { from, to } => {
                numbers.extend((*from..=*to).take(MOST_SEARCHED));
            }
            Finding::Replaced { place: one, bears: two } | Finding::Inserted { before: one, bears: two } => {
                numbers.extend([*one, *two]);
            }
            _ => {}
        }
    }
    numbers.into_iter().take(MOST_SEARCHED).collect()
}

/// One reading of the log.
struct Pass<'a> {
    verifier: Verifier,
    prover: Prover,
    heads: VecDeque<HeadRow>,
    strange: &'a BTreeSet<u64>,
    size: u64,
}

impl<'a> Pass<'a> {
    async fn run(store: &Store, trust: Trust<'_>, strange: &'a BTreeSet<u64>) -> Result<Report, StoreError> {
        let mut connection = store.reading().await?;
        let signed = checkpoint::last(&mut connection).await?.map_or(0, |(size, ..)| size);
        let signed = u64::try_from(signed).unwrap_or_default();
        let (rows, noted) = log::rows_and_noted(&mut connection).await?;
        // Entries that came since the head was signed are not uncovered but new.
        let new = rows == noted && store.log_damage().is_none() && signed > 0;
        let size = if new { signed.min(rows) } else { rows };
        let key = store.log_key()?;
        let header = Header { key: key.clone(), before: Frontier::new() };
        let prover = Prover::new(store, &mut connection).await?;
        let verifier = Verifier::new(&header, trust);
        let mut pass = Self { verifier, prover, heads: VecDeque::new(), strange, size };
        pass.read(&mut connection).await?;
        let left = Self::left_heads(&mut connection, trust.key.unwrap_or(&key), rows).await?;
        let mut report = pass.verifier.finish();
        if rows < noted {
            report.findings.push(Finding::Missing { from: rows, to: noted - 1 });
        } else if rows > noted {
            report.findings.push(Finding::CountDiffers { noted, found: rows });
        }
        report.findings.extend(left);
        Ok(report)
    }

    async fn read(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let mut next = 0;
        while next < self.size {
            let after = self.size.min(next.saturating_add(PIECE));
            let heads = checkpoint::between(connection, (next, after), log::number(PIECE)).await?;
            self.heads.extend(heads);
            for entry in log::range(connection, (next, after), log::number(PIECE)).await? {
                self.heads_before(entry.index().unwrap_or_default());
                self.entry(connection, &entry).await?;
            }
            self.heads_before(after);
            next = after;
        }
        Ok(())
    }

    /// Gives the verifier the heads over no more than `size` entries.
    fn heads_before(&mut self, size: u64) {
        while let Some((_, _, note)) = self.heads.pop_front_if(|(head, ..)| *head <= log::number(size)) {
            self.verifier.checkpoint(&note);
        }
    }

    async fn entry(&mut self, connection: &mut Connection, entry: &StoredEntry) -> Result<(), StoreError> {
        let index = entry.index().unwrap_or_default();
        let noted = entry.noted();
        let Some(bytes) = entry.canonical(index) else {
            self.verifier.entry(&noted, &[]);
            return Ok(());
        };
        let hash = leaf_hash(&bytes);
        let vouched = match self.prover.signed().cloned().filter(|signed| index < signed.edge.size()) {
            Some(signed) => self.prover.leaf(connection, &signed, index).await?,
            None => None,
        };
        // Whoever changed an entry and its hash alike is told by the tile that a signed head vouches for.
        let expected = [Some(noted), vouched].into_iter().flatten().find(|expected| *expected != hash);
        match expected {
            None => self.verifier.entry(&hash, &bytes),
            Some(expected) => match self.true_number(entry) {
                Some((bytes, hash)) => self.verifier.entry(&hash, &bytes),
                None => self.verifier.entry(&expected, &bytes),
            },
        }
        Ok(())
    }

    /// The entry under the number that it had when it was logged, if it is one of the strange ones.
    fn true_number(&self, entry: &StoredEntry) -> Option<(Vec<u8>, Hash)> {
        let noted = entry.noted();
        let mut others = self.strange.iter().filter(|number| entry.index() != Some(**number));
        others.find_map(|number| {
            let bytes = entry.canonical(*number)?;
            (leaf_hash(&bytes) == noted).then_some((bytes, noted))
        })
    }

    /// Signed heads over more entries than there are: the end was cut off and the heads were left.
    async fn left_heads(
        connection: &mut Connection,
        key: &VerifierKey,
        rows: u64,
    ) -> Result<Option<Finding>, StoreError> {
        let Some((size, _, note)) = checkpoint::last(connection).await? else { return Ok(None) };
        let head = u64::try_from(size).unwrap_or_default();
        let ours = Checkpoint::verify(&note, key).is_ok_and(|checkpoint| checkpoint.size == head);
        Ok((head > rows && ours).then_some(Finding::TailCut { head, size: rows }))
    }
}
