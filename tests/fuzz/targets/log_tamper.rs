//! A true export, edited: whatever is altered, cut, doubled or moved, the verifier either finds it against the head that
//! we kept, or the entries are still exactly the true ones.
//!
//! The input is a list of edits of six bytes: what (1), where (2), how many bytes (2), with what (1).
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tasuki_fuzz::{TrueLog, leaves};
use tasuki_vault::log::report::Completeness;
use tasuki_vault::log::verify::{Trust, verify_export};

static TRUE: LazyLock<TrueLog> = LazyLock::new(TrueLog::write);

/// Most edits of one input.
const MOST_EDITS: usize = 24;

fn edit(export: &mut Vec<u8>, what: u8, place: usize, count: usize, with: u8) {
    let start = place % (export.len() + 1);
    let end = start.saturating_add(count).min(export.len());
    match what % 5 {
        0 => export[start..end].iter_mut().take(4).for_each(|byte| *byte ^= with),
        1 => drop(export.drain(start..end)),
        2 => {
            let copy = export[start..end].to_vec();
            export.splice(start..start, copy);
        }
        3 => {
            let moved: Vec<u8> = export.drain(start..end).collect();
            let to = (start + usize::from(with) * 16) % (export.len() + 1);
            export.splice(to..to, moved);
        }
        _ => drop(export.splice(start..start, std::iter::repeat_n(with, count % 64))),
    }
}

fuzz_target!(|data: &[u8]| {
    let mut export = TRUE.export.clone();
    for piece in data.chunks_exact(6).take(MOST_EDITS) {
        let number = |low: usize| usize::from(u16::from_be_bytes([piece[low], piece[low + 1]]));
        edit(&mut export, piece[0], number(1), number(3), piece[5]);
    }
    let trust = Trust { key: Some(&TRUE.key), against: Some(&TRUE.head) };
    let Ok(report) = verify_export(export.as_slice(), trust) else {
        assert_ne!(export, TRUE.export);
        return;
    };
    if export == TRUE.export {
        assert!(report.is_sound());
        assert_eq!(report.completeness, Completeness::ProvenUpTo(TrueLog::ENTRIES));
    } else if report.is_sound() && report.completeness != Completeness::Unknown {
        assert_eq!(leaves(&export).ok().as_ref(), Some(&TRUE.leaves), "a change went unnoticed");
    }
});
