//! Tests: sealed values and wrapped keys open only where they belong.

use proptest::prelude::*;
use tasuki_vault::keyring::{WrappedKeyError, WrongRootKey};
use tasuki_vault::seal::{LONGEST, OVERHEAD, key_of};
use tasuki_vault::{KeyId, OpenError, Scope, SealError, Slot, WrappedKey};
use uuid::Uuid;

use crate::support::{Scripted, bytes, id, keyring, other_keyring, rng, vector};

fn slot(row: u128) -> Slot {
    Slot::new("message", "body", Uuid::from_u128(row))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_was_sealed_opens(plaintext in prop::collection::vec(any::<u8>(), 0..2000), row: u128, seed: u64) {
        let keyring = keyring();
        let mut rng = rng(seed);
        let (key, _) = keyring.new_data_key(Scope::Room(Uuid::from_u128(1)), 1, &mut rng);
        let sealed = keyring.seal(key, &slot(row), &plaintext, &mut rng).unwrap();
        prop_assert_eq!(sealed.as_bytes().len(), plaintext.len() + OVERHEAD);
        prop_assert_eq!(key_of(sealed.as_bytes()).unwrap(), key);
        let opened = keyring.open(&slot(row), sealed.as_bytes()).unwrap();
        prop_assert_eq!(opened.as_slice(), plaintext.as_slice());
    }

    #[test]
    fn a_flipped_bit_never_opens(plaintext in prop::collection::vec(any::<u8>(), 0..200), at: prop::sample::Index, bit in 0..8_u8) {
        let keyring = keyring();
        let (key, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng(1));
        let mut sealed = keyring.seal(key, &slot(1), &plaintext, &mut rng(2)).unwrap().into_bytes();
        let place = at.index(sealed.len());
        sealed[place] ^= 1 << bit;
        prop_assert!(keyring.open(&slot(1), &sealed).is_err());
    }

    #[test]
    fn a_cut_value_never_opens(plaintext in prop::collection::vec(any::<u8>(), 0..100), at: prop::sample::Index) {
        let keyring = keyring();
        let (key, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng(1));
        let sealed = keyring.seal(key, &slot(1), &plaintext, &mut rng(2)).unwrap().into_bytes();
        prop_assert!(keyring.open(&slot(1), &sealed[..at.index(sealed.len())]).is_err());
    }

    #[test]
    fn foreign_bytes_never_open_and_never_panic(foreign in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(keyring().open(&slot(1), &foreign).is_err());
    }
}

#[test]
fn a_moved_value_never_opens() {
    let keyring = keyring();
    let (key, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng(1));
    let home = Slot::new("message", "body", Uuid::from_u128(1));
    let sealed = keyring.seal(key, &home, b"secret", &mut rng(2)).unwrap();
    for elsewhere in [
        Slot::new("message", "body", Uuid::from_u128(2)),
        Slot::new("message", "note", home.row),
        Slot::new("request", "body", home.row),
        Slot::new("messageb", "ody", home.row),
        Slot::new("", "messagebody", home.row),
    ] {
        assert_eq!(keyring.open(&elsewhere, sealed.as_bytes()).err(), Some(OpenError::Refused));
    }
    assert!(keyring.open(&home, sealed.as_bytes()).is_ok());
}

#[test]
fn another_key_never_opens_even_when_it_is_named() {
    let keyring = keyring();
    let (one, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng(1));
    let (two, _) = keyring.new_data_key(Scope::Consortium, 2, &mut rng(2));
    let mut sealed = keyring.seal(one, &slot(1), b"secret", &mut rng(3)).unwrap().into_bytes();
    sealed[1..17].copy_from_slice(two.0.as_bytes());
    assert_eq!(keyring.open(&slot(1), &sealed).err(), Some(OpenError::Refused));
}

#[test]
fn the_same_plaintext_never_seals_alike() {
    let keyring = keyring();
    let mut rng = rng(1);
    let (key, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng);
    let one = keyring.seal(key, &slot(1), b"same", &mut rng).unwrap();
    let two = keyring.seal(key, &slot(1), b"same", &mut rng).unwrap();
    assert_ne!(one.as_bytes()[49..], two.as_bytes()[49..]);
}

#[test]
fn a_forgotten_key_neither_seals_nor_opens_until_it_is_opened_again() {
    let keyring = keyring();
    let scope = Scope::LogMonth(202_611);
    let (key, wrapped) = keyring.new_data_key(scope, 0, &mut rng(1));
    let sealed = keyring.seal(key, &slot(1), b"secret", &mut rng(2)).unwrap();
    assert!(keyring.contains(key) && keyring.forget(key) && !keyring.contains(key) && !keyring.forget(key));
    assert_eq!(keyring.open(&slot(1), sealed.as_bytes()).err(), Some(OpenError::KeyNotOpen(key)));
    assert_eq!(keyring.seal(key, &slot(1), b"x", &mut rng(3)).err(), Some(SealError::KeyNotOpen(key)));
    keyring.open_data_key(key, scope, 0, &wrapped).unwrap();
    assert_eq!(keyring.open(&slot(1), sealed.as_bytes()).unwrap().as_slice(), b"secret");
}

#[test]
fn a_wrapped_key_opens_only_for_its_own_scope_epoch_id_and_root() {
    let keyring = keyring();
    let one = Uuid::from_u128(1);
    let scope = Scope::Room(one);
    let (key, wrapped) = keyring.new_data_key(scope, 3, &mut rng(1));
    keyring.forget(key);
    let refused = Err(WrappedKeyError::Refused(key));
    for other in [
        Scope::Patient(one),
        Scope::Person(one),
        Scope::Organization(one),
        Scope::Consortium,
        Scope::LogMonth(1),
        Scope::Room(Uuid::from_u128(2)),
    ] {
        assert_eq!(keyring.open_data_key(key, other, 3, &wrapped), refused, "{other:?}");
    }
    assert_eq!(keyring.open_data_key(key, scope, 4, &wrapped), refused);
    let stranger = KeyId(Uuid::from_u128(9));
    assert_eq!(keyring.open_data_key(stranger, scope, 3, &wrapped), Err(WrappedKeyError::Refused(stranger)));
    assert_eq!(other_keyring().open_data_key(key, scope, 3, &wrapped), refused);
    for at in 0..wrapped.0.len() {
        let mut damaged = wrapped.clone();
        damaged.0[at] ^= 1;
        assert!(keyring.open_data_key(key, scope, 3, &damaged).is_err(), "byte {at}");
        let cut = WrappedKey(wrapped.0[..at].to_vec());
        assert!(keyring.open_data_key(key, scope, 3, &cut).is_err(), "length {at}");
    }
    assert_eq!(keyring.open_count(), 0);
    keyring.open_data_key(key, scope, 3, &wrapped).unwrap();
}

#[test]
fn a_wrong_root_key_is_named_before_anything_is_tried() {
    let (right, wrong) = (keyring(), other_keyring());
    assert_eq!(right.check(right.fingerprint()), Ok(()));
    let error = wrong.check(right.fingerprint()).unwrap_err();
    assert_eq!(error, WrongRootKey { expected: right.fingerprint(), found: wrong.fingerprint() });
    assert!(error.to_string().contains(&right.fingerprint().to_string()));
}

#[test]
fn too_long_a_value_is_refused() {
    let keyring = keyring();
    let (key, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng(1));
    let error = keyring.seal(key, &slot(1), &vec![0; LONGEST + 1], &mut rng(2)).err();
    assert_eq!(error, Some(SealError::Length(LONGEST + 1)));
}

#[test]
fn scopes_survive_their_stored_form() {
    let one = Uuid::from_u128(1);
    for scope in [
        Scope::Consortium,
        Scope::Organization(one),
        Scope::Room(one),
        Scope::Patient(one),
        Scope::Person(one),
        Scope::LogMonth(202_612),
        Scope::LogMonth(-1),
    ] {
        assert_eq!(Scope::from_parts(scope.kind(), scope.id()), Some(scope));
    }
    assert_eq!(Scope::from_parts(1, one), None);
    assert_eq!(Scope::from_parts(6, Uuid::max()), None);
    assert_eq!(Scope::from_parts(7, one), None);
}

#[test]
fn frozen_vector() {
    let vector = vector("seal");
    for case in vector["cases"].as_array().unwrap() {
        let scope =
            Scope::from_parts(case["scope_kind"].as_u64().unwrap() as u8, id(case, "scope_id")).unwrap();
        let epoch = case["epoch"].as_u64().unwrap() as u32;
        let slot = Slot::new("message", "body", id(case, "row"));
        let key = KeyId(id(case, "key_id"));

        let reader = keyring();
        reader.open_data_key(key, scope, epoch, &WrappedKey(bytes(case, "wrapped"))).unwrap();
        assert_eq!(reader.open(&slot, &bytes(case, "sealed")).unwrap().as_slice(), bytes(case, "plaintext"));

        let writer = keyring();
        let drawn = ["drawn_id", "data_key", "wrap_salt", "salt"].map(|field| bytes(case, field));
        let mut rng = Scripted::new(&drawn);
        let (made, wrapped) = writer.new_data_key(scope, epoch, &mut rng);
        assert_eq!((made, wrapped.0), (key, bytes(case, "wrapped")));
        let sealed = writer.seal(key, &slot, &bytes(case, "plaintext"), &mut rng).unwrap();
        assert_eq!(sealed.into_bytes(), bytes(case, "sealed"));
        assert!(rng.is_used_up());
    }
}
