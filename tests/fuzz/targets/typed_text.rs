//! Whatever a person or a program types into a bounded text: parsing never fails otherwise than by its rules, and what
//! came through is within its bounds and comes through again unchanged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tasuki_domain::id::MessageId;
use tasuki_domain::text::{Body, DeviceLabel, Login, Name, Note, Reading, Title};

macro_rules! holds {
    ($text:expr, $($kind:ident),+) => {$(
        if let Ok(parsed) = $kind::parse("field", $text) {
            let count = parsed.as_str().chars().count();
            assert!(($kind::MINIMUM..=$kind::MAXIMUM).contains(&count), "{} characters", count);
            let again = $kind::parse("field", parsed.as_str()).expect("what was accepted is acceptable");
            assert_eq!(again.as_str(), parsed.as_str());
            assert!(!parsed.as_str().contains(['\u{202E}', '\r', '\0']));
        }
    )+};
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    holds!(text, Body, DeviceLabel, Login, Name, Note, Reading, Title);
    if let Ok(id) = text.parse::<MessageId>() {
        let canonical = id.to_string();
        assert_eq!(canonical.len(), 36);
        assert_eq!(canonical.parse::<MessageId>(), Ok(id));
    }
});
