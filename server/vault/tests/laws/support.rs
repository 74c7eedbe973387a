//! Tests: random sources, the test root key, and reading frozen vectors. A missing vector fails the test.

use std::convert::Infallible;

use rand::rngs::StdRng;
use rand::{SeedableRng, TryCryptoRng, TryRng};
use serde_json::Value;
use tasuki_vault::{Keyring, RootKey};
use zeroize::Zeroizing;

/// A random source that gives exactly the bytes of a vector, and fails the test when they run out.
pub struct Scripted(Vec<u8>);

impl Scripted {
    pub fn new(parts: &[Vec<u8>]) -> Self {
        Self(parts.concat())
    }

    pub fn is_used_up(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryRng for Scripted {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("the vault draws whole byte strings only")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("the vault draws whole byte strings only")
    }

    fn try_fill_bytes(&mut self, place: &mut [u8]) -> Result<(), Infallible> {
        let given: Vec<u8> = self.0.drain(..place.len()).collect();
        place.copy_from_slice(&given);
        Ok(())
    }
}

impl TryCryptoRng for Scripted {}

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// The keyring under root key 00 01 02 … 1f, which all vectors use.
pub fn keyring() -> Keyring {
    Keyring::unlock(root())
}

pub fn root() -> RootKey {
    RootKey::from_bytes(&Zeroizing::new(std::array::from_fn(|at| at as u8)))
}

pub fn other_keyring() -> Keyring {
    Keyring::unlock(RootKey::from_bytes(&Zeroizing::new([0xAB; 32])))
}

pub fn vector(name: &str) -> Value {
    let path = format!("{}/../../tests/vectors/vault/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the frozen vector is there");
    serde_json::from_str(&text).expect("the frozen vector is JSON")
}

pub fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap_or_else(|| panic!("the vector has a text {field}"))
}

pub fn bytes(vector: &Value, field: &str) -> Vec<u8> {
    unhex(text(vector, field))
}

pub fn unhex(hex: &str) -> Vec<u8> {
    assert_eq!(hex.len() % 2, 0);
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

pub fn id(vector: &Value, field: &str) -> uuid::Uuid {
    uuid::Uuid::from_slice(&bytes(vector, field)).unwrap()
}
