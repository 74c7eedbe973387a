//! Any bytes at all as an access-log export, an entry, or a signed note: the verifier never panics, never calls a
//! stranger's file the log that we know, and what it parses it writes back alike.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tasuki_fuzz::{TrueLog, leaves};
use tasuki_vault::log::Leaf;
use tasuki_vault::log::note::Note;
use tasuki_vault::log::report::{Completeness, Language};
use tasuki_vault::log::verify::{Trust, verify_export};

static TRUE: LazyLock<TrueLog> = LazyLock::new(TrueLog::write);

fuzz_target!(|data: &[u8]| {
    if let Ok(report) = verify_export(data, Trust::default()) {
        assert!(!report.text(Language::Japanese).is_empty());
        assert!(!report.text(Language::English).is_empty());
    }
    let trust = Trust { key: Some(&TRUE.key), against: Some(&TRUE.head) };
    if let Ok(report) = verify_export(data, trust)
        && report.is_sound()
        && report.completeness == Completeness::ProvenUpTo(TrueLog::ENTRIES)
        && report.first == 0
    {
        assert_eq!(leaves(data).ok().as_ref(), Some(&TRUE.leaves), "another history passed for ours");
    }
    if let Ok(leaf) = Leaf::parse(data) {
        assert_eq!(leaf.encode().as_deref(), Ok(data));
    }
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(note) = Note::parse(text)
    {
        assert_eq!(Note::parse(&note.encode()), Ok(note));
    }
});
