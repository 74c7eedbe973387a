//! Any bytes as a client's frame: reading never panics, what is read is within its bounds, and a refusal names at most
//! the request and the field, so that it can be sent back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tasuki_fuzz::wire::frame::{ClientFrame, FaultKind, parse_client_frame};

/// Request numbers that every JSON reader keeps exactly.
const LARGEST: u64 = (1 << 53) - 1;

fuzz_target!(|data: &[u8]| {
    match parse_client_frame(data) {
        Ok(frame) => {
            assert!(ClientFrame::TYPES.contains(&frame.text()));
            assert!(frame.id().is_none_or(|id| id.0 <= LARGEST));
            let again = parse_client_frame(data).expect("reading has no memory");
            assert_eq!((again.text(), again.id()), (frame.text(), frame.id()));
            if let ClientFrame::PostMessage(message) = frame
                && let Ok(post) = message.post.into_post(message.room)
            {
                assert!((1..=4000).contains(&post.body.as_str().chars().count()));
            }
        }
        Err(fault) => {
            assert!(fault.id.is_none_or(|id| id.0 <= LARGEST));
            if let FaultKind::Form(field) = fault.kind {
                assert!(field.chars().count() <= 80 && !field.contains(char::is_control));
            }
        }
    }
});
