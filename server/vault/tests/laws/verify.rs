//! Tests: the offline verifier names what was done to a log, whoever did it: a clumsy hand, one that also mends the
//! stored hashes, and one that renumbers everything after.

use proptest::prelude::*;
use tasuki_vault::log::checkpoint::LogSigner;
use tasuki_vault::log::export::{ExportWriter, Header};
use tasuki_vault::log::leaf::Leaf;
use tasuki_vault::log::report::{Completeness, Finding, Language, Report};
use tasuki_vault::log::tree::{Frontier, Hash, leaf_hash};
use tasuki_vault::log::verify::{Trust, verify_export};
use uuid::Uuid;

use crate::support::{keyring, other_keyring};

const ORIGIN: &str = "tasuki.example.jp/log";
/// A head is signed after every so many entries.
const EVERY: u64 = 4;

#[derive(Clone)]
struct Row {
    stored: Hash,
    bytes: Vec<u8>,
}

impl Row {
    fn new(index: u64, at: i64, body: &[u8]) -> Self {
        let (nil, actor) = (Uuid::nil(), Uuid::from_u128(7));
        let leaf = Leaf {
            index,
            at,
            action: 1,
            outcome: 1,
            actor_kind: 1,
            actor,
            post: nil,
            organization: nil,
            device: nil,
            session: nil,
            patient: nil,
            object_organization: nil,
            room: nil,
            object: nil,
            object_kind: 0,
            request: nil,
            key_id: nil,
            body,
        };
        let bytes = leaf.encode().unwrap();
        Self { stored: leaf_hash(&bytes), bytes }
    }

    fn renumbered(&self, index: u64) -> Self {
        let leaf = Leaf::parse(&self.bytes).unwrap();
        let bytes = Leaf { index, ..leaf }.encode().unwrap();
        Self { stored: leaf_hash(&bytes), bytes }
    }
}

struct Log {
    signer: LogSigner,
    rows: Vec<Row>,
    /// Signed heads by size, as they were made.
    heads: Vec<(u64, String)>,
}

impl Log {
    fn of(count: u64) -> Self {
        let signer = keyring().log_signer(ORIGIN).ok().unwrap();
        let rows: Vec<Row> =
            (0..count).map(|index| Row::new(index, 1_000_000 + index as i64, &index.to_be_bytes())).collect();
        let heads = (1..=count)
            .filter(|size| size % EVERY == 0 || *size == count)
            .map(|size| (size, signer.sign(size, root(&rows, size))))
            .collect();
        Self { signer, rows, heads }
    }

    fn head(&self, size: u64) -> String {
        self.signer.sign(size, root(&self.rows, size))
    }

    /// Writes an export in which each head follows the entry that it covers, by position.
    fn export(&self) -> Vec<u8> {
        self.export_from(0)
    }

    fn export_from(&self, first: u64) -> Vec<u8> {
        let mut before = Frontier::new();
        self.rows.iter().take(first as usize).for_each(|row| before.append(row.stored));
        let header = Header { key: self.signer.verifier_key().clone(), before };
        let mut writer = ExportWriter::begin(Vec::new(), &header).unwrap();
        let mut heads = self.heads.iter().filter(|(size, _)| *size > first).peekable();
        for (size, row) in (1..).zip(&self.rows).skip(first as usize) {
            writer.entry(&row.stored, &row.bytes).unwrap();
            while let Some((_, note)) = heads.next_if(|(at, _)| *at <= size) {
                writer.checkpoint(note).unwrap();
            }
        }
        for (_, note) in heads {
            writer.checkpoint(note).unwrap();
        }
        writer.end().unwrap()
    }

    fn verify(&self) -> Report {
        verify_export(
            self.export().as_slice(),
            Trust { key: Some(self.signer.verifier_key()), against: None },
        )
        .unwrap()
    }

    fn against(&self, head: &str) -> Report {
        let trust = Trust { key: Some(self.signer.verifier_key()), against: Some(head) };
        verify_export(self.export().as_slice(), trust).unwrap()
    }
}

fn root(rows: &[Row], size: u64) -> Hash {
    let mut frontier = Frontier::new();
    rows.iter().take(size as usize).for_each(|row| frontier.append(leaf_hash(&row.bytes)));
    frontier.root()
}

#[test]
fn sound_logs_of_every_small_size_are_sound_and_the_end_is_said_to_be_unknown() {
    for count in 0..40 {
        let log = Log::of(count);
        let report = log.verify();
        assert!(report.is_sound(), "{count}: {:?}", report.findings);
        assert_eq!((report.entries, report.signed, report.root), (count, count, root(&log.rows, count)));
        assert_eq!(report.completeness, Completeness::Unknown);
        for head in 0..=count {
            let report = log.against(&log.head(head));
            assert!(report.is_sound(), "{:?}", report.findings);
            assert_eq!(report.completeness, Completeness::ProvenUpTo(head));
        }
    }
    let text = Log::of(3).verify().text(Language::English);
    assert!(text.contains("cannot be known without a head from outside"), "{text}");
}

#[test]
fn a_part_of_the_log_verifies_from_its_edge() {
    let log = Log::of(23);
    for first in 0..23 {
        let file = log.export_from(first);
        let report = verify_export(file.as_slice(), Trust::default()).unwrap();
        assert!(report.is_sound(), "{first}: {:?}", report.findings);
        assert_eq!((report.first, report.entries, report.key_given), (first, 23 - first, false));
        let edge =
            verify_export(file.as_slice(), Trust { key: None, against: Some(&log.head(first)) }).unwrap();
        assert!(edge.is_sound() && edge.completeness == Completeness::ProvenUpTo(first));
        if first > 1 {
            let trust = Trust { key: None, against: Some(&log.head(1)) };
            let report = verify_export(file.as_slice(), trust).unwrap();
            assert_eq!(report.findings, [Finding::HeadBeforeExport { head: 1 }]);
        }
    }
    // A false edge is noticed at the first head.
    let mut other = Log::of(23);
    other.rows[2] = Row::new(2, 1_000_002, b"other");
    let mut file = other.export_from(7);
    let report = verify_export(file.as_slice(), Trust::default()).unwrap();
    assert_eq!(report.findings, [Finding::RootDiffers { proven: 7, size: 8 }]);
    file.truncate(file.len() - 13);
    assert!(!verify_export(file.as_slice(), Trust::default()).unwrap().is_sound());
}

#[test]
fn a_clumsy_hand_is_named_exactly() {
    let count = 23;
    for at in 0..count {
        let mut log = Log::of(count);
        *log.rows[at as usize].bytes.last_mut().unwrap() ^= 1;
        assert_eq!(log.verify().findings[0], Finding::Altered { index: at }, "altered {at}");

        let mut log = Log::of(count);
        log.rows[at as usize].bytes.truncate(100);
        assert_eq!(log.verify().findings[0], Finding::Unreadable { index: at }, "unreadable {at}");

        let mut log = Log::of(count);
        log.rows.remove(at as usize);
        let found = log.verify().findings;
        // Removing the very last one is a cut tail, which a head signed over it betrays.
        if at + 1 < count {
            assert_eq!(found[0], Finding::Missing { from: at, to: at }, "removed {at}");
        } else {
            assert_eq!(found[0], Finding::Unsigned { from: 20, to: 21 });
            assert_eq!(found[1], Finding::MisplacedCheckpoint { size: 23, after: 22 });
        }

        for bears in [0, at, at + 5, 1000] {
            let mut log = Log::of(count);
            log.rows.insert(at as usize, Row::new(bears, 1_000_000 + at as i64, b"invented"));
            let found = &log.verify().findings[0];
            assert!(
                matches!(found, Finding::Inserted { .. } | Finding::Moved { .. }),
                "inserted {at} {bears}: {found:?}"
            );
            assert!(found.place() <= at + 1, "inserted {at} {bears}: {found:?}");
        }

        for other in at + 1..count {
            let mut log = Log::of(count);
            log.rows.swap(at as usize, other as usize);
            let found = log.verify().findings[0].clone();
            if other == at + 1 {
                assert_eq!(found, Finding::Moved { index: other, before: at }, "swapped {at} {other}");
            } else {
                assert_eq!(found, Finding::Swapped { first: at, second: other }, "swapped {at} {other}");
            }
        }
    }
}

#[test]
fn a_run_of_missing_entries_is_named_whole() {
    let mut log = Log::of(23);
    log.rows.drain(6..11);
    assert_eq!(log.verify().findings[0], Finding::Missing { from: 6, to: 10 });
}

#[test]
fn an_earlier_time_is_named() {
    let mut log = Log::of(9);
    log.rows[5] = Row::new(5, 999_999, b"back-dated");
    let found = log.verify().findings;
    assert_eq!(found, [Finding::TimeWentBack { index: 5 }, Finding::RootDiffers { proven: 4, size: 8 }]);
}

#[test]
fn a_hand_that_mends_the_stored_hashes_is_caught_between_two_heads() {
    for at in 0..23_u64 {
        let mut log = Log::of(23);
        log.rows[at as usize] = Row::new(at, 1_000_000 + at as i64, b"other");
        let proven = at / EVERY * EVERY;
        let size = (proven + EVERY).min(23);
        assert_eq!(log.verify().findings, [Finding::RootDiffers { proven, size }], "{at}");
    }
}

#[test]
fn a_hand_that_renumbers_everything_is_caught_too() {
    for at in 0..22_u64 {
        let mut removed = Log::of(23);
        removed.rows.remove(at as usize);
        removed.rows = (0..).zip(&removed.rows).map(|(index, row)| row.renumbered(index)).collect();
        let proven = at / EVERY * EVERY;
        let found = removed.verify().findings;
        let size = proven + EVERY;
        if size < 23 {
            assert_eq!(found[0], Finding::RootDiffers { proven, size }, "removed {at}");
        }
        assert!(!found.is_empty());

        let mut inserted = Log::of(23);
        inserted.rows.insert(at as usize, Row::new(at, 1_000_000 + at as i64, b"invented"));
        inserted.rows = (0..).zip(&inserted.rows).map(|(index, row)| row.renumbered(index)).collect();
        let found = inserted.verify().findings;
        assert_eq!(found[0], Finding::RootDiffers { proven, size: size.min(23) }, "inserted {at}");
    }
}

#[test]
fn whoever_holds_the_signing_key_is_caught_by_a_head_kept_outside() {
    let honest = Log::of(23);
    for at in 0..23_u64 {
        let mut rewritten = Log::of(23);
        rewritten.rows[at as usize] = Row::new(at, 1_000_000 + at as i64, b"other");
        let size = 23;
        rewritten.heads = vec![(size, rewritten.head(size))];
        assert!(rewritten.verify().is_sound(), "consistent in itself");
        for kept in at + 1..=23 {
            let report = rewritten.against(&honest.head(kept));
            assert!(
                matches!(report.findings[..], [Finding::Rewritten { head, .. }] if head == kept),
                "{at} {kept}"
            );
            assert_eq!(report.completeness, Completeness::Unknown);
        }
        if at > 0 {
            assert!(rewritten.against(&honest.head(at)).is_sound(), "up to there nothing was changed");
        }
    }
}

#[test]
fn a_cut_tail_is_caught_by_a_head_kept_outside_and_only_by_it() {
    let honest = Log::of(23);
    for left in 0..23 {
        let cut = Log::of(left);
        assert!(cut.verify().is_sound());
        for kept in left + 1..=23 {
            let report = cut.against(&honest.head(kept));
            assert_eq!(report.findings, [Finding::TailCut { head: kept, size: left }]);
        }
    }
}

#[test]
fn foreign_and_forged_heads_are_not_believed() {
    let log = Log::of(8);
    let foreign = other_keyring().log_signer(ORIGIN).ok().unwrap();
    let other_log = keyring().log_signer("other.example/log").ok().unwrap();
    for head in
        [foreign.sign(8, root(&log.rows, 8)), other_log.sign(8, root(&log.rows, 8)), "nonsense".to_owned()]
    {
        assert_eq!(log.against(&head).findings, [Finding::OtherLog]);
        let mut with_bad = Log::of(8);
        with_bad.heads.insert(0, (4, head));
        assert_eq!(with_bad.verify().findings, [Finding::BadCheckpoint { after: 4 }]);
    }
    let mut late = Log::of(8);
    late.heads.push((8, late.head(3)));
    assert_eq!(late.verify().findings, [Finding::MisplacedCheckpoint { size: 3, after: 8 }]);
}

#[test]
fn entries_after_the_last_head_are_said_to_be_unsigned() {
    let mut log = Log::of(10);
    log.heads.pop();
    assert_eq!(log.verify().findings, [Finding::Unsigned { from: 8, to: 9 }]);
}

#[test]
fn every_finding_has_words_in_both_languages_and_findings_are_bounded() {
    let mut log = Log::of(1500);
    log.rows.iter_mut().for_each(|row| row.stored = Hash([0; 32]));
    let report = log.verify();
    assert_eq!(report.findings.len(), Report::MOST_FINDINGS);
    assert_eq!(report.more_findings, 500);
    let (japanese, english) = (report.text(Language::Japanese), report.text(Language::English));
    assert!(japanese.starts_with("ログは元のままではありません。") && japanese.contains("記録 0 は書き換え"));
    assert!(english.starts_with("The log is NOT as it was.") && english.contains("Entry 0 was altered."));
    assert!(japanese.contains("500 件") && english.contains("and 500 more"));
}

#[derive(Clone, Debug)]
enum Mutation {
    Alter(usize),
    AlterAndMend(usize),
    Remove(usize),
    Insert(usize, u64),
    Swap(usize, usize),
    Duplicate(usize),
    Cut(usize),
}

fn mutation(count: usize) -> impl Strategy<Value = Mutation> {
    let place = 0..count;
    prop_oneof![
        place.clone().prop_map(Mutation::Alter),
        place.clone().prop_map(Mutation::AlterAndMend),
        place.clone().prop_map(Mutation::Remove),
        (place.clone(), any::<u64>()).prop_map(|(at, bears)| Mutation::Insert(at, bears)),
        (place.clone(), place.clone())
            .prop_filter("two places", |(one, two)| one != two)
            .prop_map(|(one, two)| Mutation::Swap(one, two)),
        place.clone().prop_map(Mutation::Duplicate),
        place.prop_map(Mutation::Cut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn every_single_mutation_is_found(mutation in mutation(50)) {
        let honest = Log::of(50);
        let kept = honest.head(50);
        let mut log = Log::of(50);
        match mutation.clone() {
            Mutation::Alter(at) => log.rows[at].bytes[30] ^= 4,
            Mutation::AlterAndMend(at) => {
                log.rows[at].bytes[30] ^= 4;
                log.rows[at].stored = leaf_hash(&log.rows[at].bytes);
            }
            Mutation::Remove(at) => drop(log.rows.remove(at)),
            Mutation::Insert(at, bears) => log.rows.insert(at, Row::new(bears, 0, b"invented")),
            Mutation::Swap(one, two) => log.rows.swap(one, two),
            Mutation::Duplicate(at) => log.rows.insert(at, log.rows[at].clone()),
            Mutation::Cut(at) => {
                log.rows.truncate(at);
                log.heads.retain(|(size, _)| *size <= at as u64);
                let own = log.head(at as u64);
                log.heads.push((at as u64, own));
            }
        }
        let is_cut = matches!(mutation, Mutation::Cut(_));
        prop_assert_eq!(log.verify().is_sound(), is_cut, "a cut needs a head from outside; all else shows");
        let report = log.against(&kept);
        prop_assert!(!report.is_sound());
        // What was only added after the known head leaves everything below it proven.
        let intact = honest.rows.iter().zip(&log.rows).filter(|(one, two)| one.bytes == two.bytes).count() == 50;
        let expected = if intact { Completeness::ProvenUpTo(50) } else { Completeness::Unknown };
        prop_assert_eq!(report.completeness, expected);
    }

    #[test]
    fn rows_in_any_disorder_never_panic(order in prop::collection::vec(0..30_usize, 0..60)) {
        let whole = Log::of(30);
        let mut log = Log::of(30);
        log.rows = order.iter().map(|at| whole.rows[*at].clone()).collect();
        let sound = log.verify().is_sound();
        prop_assert!(!sound || order == (0..30).collect::<Vec<_>>());
    }
}
