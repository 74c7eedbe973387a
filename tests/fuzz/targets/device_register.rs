//! Any bytes as a device's certificate (first byte even) or as its request for one (odd): reading never panics, and what
//! is read is what the register can keep.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tasuki_fuzz::tls::{CertificateFacts, DevicePublicKey, Serial};

fuzz_target!(|data: &[u8]| {
    let Some((choice, bytes)) = data.split_first() else { return };
    if choice % 2 == 1 {
        if let Ok(key) = DevicePublicKey::from_request(bytes) {
            let again = DevicePublicKey::from_request(bytes).expect("reading has no memory");
            assert_eq!(key.device_key().ok(), again.device_key().ok());
            assert!(key.device_key().is_ok());
        }
    } else if let Ok(facts) = CertificateFacts::read(&bytes.into()) {
        assert_eq!(Serial::from_bytes(facts.serial.bytes()), Some(facts.serial));
        assert!(facts.serial.bytes().len() <= 20);
    }
});
