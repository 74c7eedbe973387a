//! Tests: the export as a file: the frozen one, and foreign bytes.

use proptest::prelude::*;
use tasuki_vault::log::export::{ExportError, ExportReader, ExportWriter, Frame, Header};
use tasuki_vault::log::note::VerifierKey;
use tasuki_vault::log::tree::{Frontier, Hash, leaf_hash};
use tasuki_vault::log::verify::{Trust, verify_export};

use crate::support::{bytes, text, unhex, vector};

#[test]
fn the_frozen_export_is_written_and_verified_as_it_was() {
    let vector = vector("log");
    let key = VerifierKey::parse(text(&vector, "verifier_key")).unwrap();
    let frozen = bytes(&vector, "export");
    let report =
        verify_export(frozen.as_slice(), Trust { key: Some(&key), against: Some(text(&vector, "cosigned")) });
    let report = report.unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.entries, report.heads, report.signed), (7, 2, 7));

    let mut reader = ExportReader::open(frozen.as_slice()).unwrap();
    let mut writer = ExportWriter::begin(Vec::new(), reader.header()).unwrap();
    while let Some(frame) = reader.next_frame().unwrap() {
        match frame {
            Frame::Entry { stored, leaf } => writer.entry(&stored, leaf).unwrap(),
            Frame::Checkpoint(note) => writer.checkpoint(note).unwrap(),
            Frame::End(count) => assert_eq!(count, 7),
        }
    }
    assert_eq!(writer.end().unwrap(), frozen);
}

#[test]
fn what_is_not_an_export_is_refused_at_once() {
    let vector = vector("log");
    let header = String::from_utf8_lossy(&bytes(&vector, "export")).split("\n\n").next().unwrap().to_owned();
    for bad in [
        String::new(),
        "tasuki-log-export v2\n\n".to_owned(),
        format!("{}\n\n", header.replace("first 0", "first 1")),
        format!("{}\n\n", header.replace("first 0", "first x")),
        format!("{header}\npeak AAAA\n\n"),
        format!("{header}\n{}", "peak \n".repeat(3000)),
        "x".repeat(100_000),
    ] {
        assert!(
            matches!(ExportReader::open(bad.as_bytes()).err(), Some(ExportError::NotAnExport)),
            "{bad:.60}"
        );
    }
}

#[test]
fn a_stream_that_fails_is_not_taken_for_a_cut_file() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("disk"))
        }
    }
    assert!(matches!(verify_export(Failing, Trust::default()), Err(ExportError::Stream(_))));
    let frozen = bytes(&vector("log"), "export");
    let half = std::io::Read::chain(&frozen[..frozen.len() / 2], Failing);
    assert!(matches!(verify_export(half, Trust::default()), Err(ExportError::Stream(_))));
}

#[test]
fn frames_out_of_bounds_are_damage_and_too_long_entries_are_not_written() {
    let vector = vector("log");
    let key = VerifierKey::parse(text(&vector, "verifier_key")).unwrap();
    let header = Header { key, before: Frontier::new() };
    let start = ExportWriter::begin(Vec::new(), &header).unwrap().end().unwrap();
    let start = &start[..start.len() - 13];
    for frame in [
        "45ffffffff",
        "4500010000",
        "43000186a0",
        "5a00000009",
        "5a0000000400000000",
        "7800000000",
        "450000001f",
    ] {
        let file = [start, &unhex(frame), &[0; 70_000]].concat();
        let mut reader = ExportReader::open(file.as_slice()).unwrap();
        assert!(matches!(reader.next_frame(), Err(ExportError::Damaged)), "{frame}");
    }
    let mut writer = ExportWriter::begin(Vec::new(), &header).unwrap();
    assert!(matches!(writer.entry(&leaf_hash(b""), &[0; 40_000]), Err(ExportError::TooLong)));
    assert!(matches!(writer.checkpoint(&"x".repeat(70_000)), Err(ExportError::TooLong)));
    let after_end = [writer.end().unwrap(), vec![0]].concat();
    let mut reader = ExportReader::open(after_end.as_slice()).unwrap();
    assert!(matches!(reader.next_frame(), Ok(Some(Frame::End(0)))));
    assert!(matches!(reader.next_frame(), Err(ExportError::Damaged)));
}

proptest! {
    #[test]
    fn no_altered_byte_of_a_whole_export_goes_unnoticed(at: prop::sample::Index, bit in 0..8_u8) {
        let vector = vector("log");
        let key = VerifierKey::parse(text(&vector, "verifier_key")).unwrap();
        let mut file = bytes(&vector, "export");
        let place = at.index(file.len());
        file[place] ^= 1 << bit;
        // The header's own claim of a key does not count when the key is known.
        let in_key = place < file.windows(7).position(|window| window == b"\nfirst ").unwrap_or(0);
        let result = verify_export(file.as_slice(), Trust { key: Some(&key), against: None });
        prop_assert!(in_key || !result.is_ok_and(|report| report.is_sound()), "byte {} bit {}", place, bit);
    }

    #[test]
    fn a_cut_file_is_noticed(at: prop::sample::Index) {
        let file = bytes(&vector("log"), "export");
        let result = verify_export(&file[..at.index(file.len())], Trust::default());
        prop_assert!(!result.is_ok_and(|report| report.is_sound()));
    }

    #[test]
    fn foreign_frames_never_panic(foreign in prop::collection::vec(any::<u8>(), 0..600)) {
        let file = bytes(&vector("log"), "export");
        let header = file.windows(2).position(|window| window == b"\n\n").unwrap() + 2;
        let file = [&file[..header], foreign.as_slice()].concat();
        prop_assert!(!verify_export(file.as_slice(), Trust::default()).unwrap().is_sound());
    }
}

#[test]
fn hashes_survive_their_text() {
    let hash = leaf_hash(b"x");
    assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
    assert_eq!(Hash::parse(&hash.to_string().replace('=', "A")), None);
    assert_eq!(Hash::parse(""), None);
}
