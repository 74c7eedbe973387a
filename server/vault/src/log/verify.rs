//! Vault, log: the offline verifier. It streams an export once, in constant memory, and says where history is not as
//! it was. It needs no database, no network and no keys but the log's public one.
//!
//! What it proves and what not: signed heads prove every entry below them against whoever does not hold the log's
//! key. Against whoever does, and for the end of the log, only a head kept outside helps (`against`).

use std::io::Read;

use super::checkpoint::Checkpoint;
use super::export::{ExportError, ExportReader, Frame, Header};
use super::leaf::Leaf;
use super::note::VerifierKey;
use super::report::{Completeness, Finding, Report};
use super::tree::{Frontier, Hash, leaf_hash};

/// What the verifier is told beside the export.
#[derive(Clone, Copy, Default)]
pub struct Trust<'a> {
    /// The log's key, known from elsewhere. Without it the export's own claim is used, and the report says so.
    pub key: Option<&'a VerifierKey>,
    /// A signed head known from elsewhere (a device, a printout, a witness, an earlier export), as a note.
    pub against: Option<&'a str>,
}

/// Verifies a whole export.
///
/// # Errors
/// [`ExportError::NotAnExport`] and [`ExportError::Stream`]; a file that is cut or damaged further on is a finding.
pub fn verify_export(from: impl Read, trust: Trust<'_>) -> Result<Report, ExportError> {
    let mut reader = ExportReader::open(from)?;
    let mut verifier = Verifier::new(reader.header(), trust);
    loop {
        match reader.next_frame() {
            Ok(Some(Frame::Entry { stored, leaf })) => verifier.entry(&stored, leaf),
            Ok(Some(Frame::Checkpoint(note))) => verifier.checkpoint(note),
            Ok(Some(Frame::End(count))) => verifier.end(count),
            Ok(None) => return Ok(verifier.finish()),
            Err(ExportError::Stream(error)) => return Err(ExportError::Stream(error)),
            Err(_) => {
                verifier.cut();
                return Ok(verifier.finish());
            }
        }
    }
}

/// The verifier itself, for callers that read entries from elsewhere (the server verifies its own log with it).
pub struct Verifier {
    key: VerifierKey,
    key_given: bool,
    against: Option<Result<Checkpoint, ()>>,
    fits: Option<bool>,
    first: u64,
    entries: u64,
    tree: Frontier,
    /// Number that the next entry should bear.
    next: u64,
    /// An entry out of place that waits for the one after it, which shows what happened.
    held: Option<u64>,
    last_at: Option<i64>,
    span: Option<(i64, i64)>,
    heads: u64,
    signed: u64,
    broken: bool,
    findings: Vec<Finding>,
    more: u64,
}

impl Verifier {
    /// Starts before the first entry of an export.
    pub fn new(header: &Header, trust: Trust<'_>) -> Self {
        let key = trust.key.unwrap_or(&header.key).clone();
        let against = trust.against.map(|note| Checkpoint::verify(note, &key).map_err(drop));
        let first = header.before.size();
        let mut verifier = Self {
            key,
            key_given: trust.key.is_some(),
            against,
            fits: None,
            first,
            entries: 0,
            tree: header.before.clone(),
            next: first,
            held: None,
            last_at: None,
            span: None,
            heads: 0,
            signed: first,
            broken: false,
            findings: Vec::new(),
            more: 0,
        };
        verifier.compare_with_known_head();
        verifier
    }

    /// Takes the next entry: the hash stored with it, and its canonical bytes.
    pub fn entry(&mut self, stored: &Hash, bytes: &[u8]) {
        let hash = leaf_hash(bytes);
        let parsed = Leaf::parse(bytes).ok();
        let index = parsed.map_or(self.next, |leaf| leaf.index);
        match parsed {
            None => self.find(Finding::Unreadable { index }),
            Some(_) if hash != *stored => self.find(Finding::Altered { index }),
            Some(_) => {}
        }
        let in_place = self.take_number(index);
        if let Some(leaf) = parsed.filter(|_| in_place) {
            if self.last_at.is_some_and(|last| leaf.at < last) {
                self.find(Finding::TimeWentBack { index });
            }
            self.last_at = Some(leaf.at);
            self.span = Some((self.span.map_or(leaf.at, |(first, _)| first), leaf.at));
        }
        self.entries += 1;
        self.tree.append(hash);
        self.compare_with_known_head();
    }

    /// Takes a signed checkpoint over the entries so far.
    pub fn checkpoint(&mut self, note: &str) {
        let Ok(checkpoint) = Checkpoint::verify(note, &self.key) else {
            self.find(Finding::BadCheckpoint { after: self.tree.size() });
            return;
        };
        let (size, own) = (checkpoint.size, self.tree.size());
        if size == own && checkpoint.root == self.tree.root() {
            self.heads += 1;
            self.signed = size;
        } else if size == own || size == self.numbered() {
            if !self.broken {
                self.find(Finding::RootDiffers { proven: self.signed, size });
            }
            self.broken = true;
        } else {
            self.find(Finding::MisplacedCheckpoint { size, after: own });
        }
    }

    /// Takes the end mark with the count that the writer noted.
    pub fn end(&mut self, noted: u64) {
        if noted != self.entries {
            self.find(Finding::CountDiffers { noted, found: self.entries });
        }
    }

    /// Notes that the file ended too early.
    pub fn cut(&mut self) {
        self.find(Finding::FileCut { after: self.tree.size() });
    }

    /// Closes the account.
    pub fn finish(mut self) -> Report {
        let after = self.numbered();
        if let Some(held) = self.held.take() {
            self.settle_out_of_place(held);
        }
        if self.signed < self.tree.size() && !self.broken {
            self.find(Finding::Unsigned { from: self.signed, to: self.tree.size() - 1 });
        }
        let completeness = self.judge_known_head(after);
        pair_up(&mut self.findings, self.next);
        // What is known exactly stands before what a head says of a whole stretch.
        self.findings
            .sort_by_key(|finding| (finding.place(), matches!(finding, Finding::RootDiffers { .. })));
        Report {
            root: self.tree.root(),
            key: self.key,
            key_given: self.key_given,
            first: self.first,
            entries: self.entries,
            heads: self.heads,
            signed: self.signed,
            span: self.span,
            completeness,
            findings: self.findings,
            more_findings: self.more,
        }
    }

    /// Checks an entry's number against its place; true when it is the expected one.
    fn take_number(&mut self, found: u64) -> bool {
        if let Some(held) = self.held.take() {
            if found == self.next.saturating_add(1) {
                self.find(Finding::Replaced { place: self.next, bears: held });
                self.next = found;
            } else if found == self.next {
                self.find(Finding::Inserted { before: self.next, bears: held });
            } else {
                self.settle_out_of_place(held);
            }
        }
        if found == self.next {
            self.next = self.next.saturating_add(1);
            return true;
        }
        self.held = Some(found);
        false
    }

    /// An entry out of place of which the next one says nothing better.
    fn settle_out_of_place(&mut self, held: u64) {
        if held > self.next {
            self.find(Finding::Missing { from: self.next, to: held - 1 });
            self.next = held.saturating_add(1);
        } else {
            self.find(Finding::Inserted { before: self.next, bears: held });
        }
    }

    /// How many entries the numbers, rather than the count, say there are.
    fn numbered(&self) -> u64 {
        self.held.map_or(self.next, |held| self.next.max(held.saturating_add(1)))
    }

    fn compare_with_known_head(&mut self) {
        if let Some(Ok(known)) = &self.against
            && known.size == self.tree.size()
        {
            self.fits = Some(known.root == self.tree.root());
        }
    }

    fn judge_known_head(&mut self, numbered: u64) -> Completeness {
        let head = match &self.against {
            None => return Completeness::Unknown,
            Some(Err(())) => {
                self.find(Finding::OtherLog);
                return Completeness::Unknown;
            }
            Some(Ok(known)) => known.size,
        };
        match self.fits {
            Some(true) => return Completeness::ProvenUpTo(head),
            Some(false) => self.find(Finding::Rewritten { head, proven: self.signed.min(head) }),
            None if head < self.first => self.find(Finding::HeadBeforeExport { head }),
            None if head <= numbered => self.find(Finding::Rewritten { head, proven: self.signed.min(head) }),
            None => self.find(Finding::TailCut { head, size: self.tree.size() }),
        }
        Completeness::Unknown
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < Report::MOST_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }
}

/// Turns two half observations into one: a missing entry that turned up elsewhere was moved, two that stand in
/// each other's place were swapped. `end` is the number that should come next: an entry that bears it and stands
/// earlier was the last one, moved.
fn pair_up(findings: &mut Vec<Finding>, end: u64) {
    let mut at = 0;
    while let Some(finding) = findings.get(at).cloned() {
        let partner = findings.iter().skip(at + 1).position(|other| whole(&finding, other).is_some());
        if let Some(partner) = partner {
            let other = findings.remove(at + 1 + partner);
            if let (Some(place), Some(whole)) = (findings.get_mut(at), whole(&finding, &other)) {
                *place = whole;
            }
        }
        at += 1;
    }
    for finding in findings {
        if let Finding::Inserted { before, bears } = *finding
            && bears == end
        {
            *finding = Finding::Moved { index: bears, before };
        }
    }
}

fn whole(one: &Finding, other: &Finding) -> Option<Finding> {
    match (one, other) {
        (Finding::Inserted { before, bears }, Finding::Missing { from, to })
        | (Finding::Missing { from, to }, Finding::Inserted { before, bears })
            if from == to && from == bears =>
        {
            Some(Finding::Moved { index: *bears, before: *before })
        }
        (
            Finding::Replaced { place, bears },
            Finding::Replaced { place: other_place, bears: other_bears },
        )
        | (
            Finding::Replaced { place, bears },
            Finding::Inserted { before: other_place, bears: other_bears },
        ) if place == other_bears && bears == other_place => {
            Some(Finding::Swapped { first: *place.min(bears), second: *place.max(bears) })
        }
        _ => None,
    }
}
