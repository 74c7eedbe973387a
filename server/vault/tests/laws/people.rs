//! Tests: passwords, tokens, codes, blind indexes, backup tags, the device authority's key.

use proptest::prelude::*;
use tasuki_vault::blind_index::normalised_login_name;
use tasuki_vault::password::{
    Cost, Password, PasswordError, PasswordHash, PasswordRule, dummy_hash, hash, verify,
};
use tasuki_vault::token::{OneTimeCode, SessionToken, TokenDigest, TokenError, TokenKind};

use crate::support::{Scripted, bytes, id, keyring, other_keyring, rng, text, vector};

fn password(text: &str) -> Password {
    Password::chosen(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn frozen_vector_of_passwords() {
    let vector = vector("password");
    let typed = Password::presented(text(&vector, "typed")).ok().unwrap();
    let hashed = hash(&typed, Cost::default(), &mut Scripted::new(&[bytes(&vector, "salt")])).ok().unwrap();
    assert_eq!(hashed.as_str(), text(&vector, "hash"));
    let stored = PasswordHash::parse(text(&vector, "hash")).ok().unwrap();
    assert_eq!(verify(&password("passワード1"), &stored), Ok(true));
    assert_eq!(verify(&password("passワード2"), &stored), Ok(false));
}

#[test]
fn a_dummy_hash_is_the_same_work_and_never_matches() {
    let dummy = dummy_hash(Cost::default(), &mut rng(1));
    let reread = PasswordHash::parse(dummy.as_str()).ok().unwrap();
    assert!(!reread.needs_rehash(Cost::default()));
    assert_eq!(verify(&password("password"), &dummy), Ok(false));
}

#[test]
fn raised_costs_ask_for_a_new_hash() {
    let stored = dummy_hash(Cost::default(), &mut rng(1));
    assert!(!stored.needs_rehash(Cost::default()));
    assert!(stored.needs_rehash(Cost::new(32 * 1024, 2, 1).unwrap()));
    assert!(stored.needs_rehash(Cost::new(19 * 1024, 3, 1).unwrap()));
    assert!(stored.needs_rehash(Cost::new(19 * 1024, 2, 2).unwrap()));
    let dear = dummy_hash(Cost::new(32 * 1024, 3, 1).unwrap(), &mut rng(1));
    assert!(!dear.needs_rehash(Cost::default()));
}

#[test]
fn costs_below_the_floor_and_above_the_ceiling_are_refused() {
    for (memory, passes, lanes) in
        [(19_455, 2, 1), (19_456, 1, 1), (19_456, 2, 0), (1_048_577, 2, 1), (19_456, 65, 1), (19_456, 2, 17)]
    {
        assert_eq!(Cost::new(memory, passes, lanes), None);
    }
    assert_eq!(Cost::parse("m=19456,t=2,p=1"), Some(Cost::default()));
    for text in
        ["m=19456,t=2", "m=19456,t=2,p=1,", "m=019456,t=2,p=1", "t=2,m=19456,p=1", "m=4294967295,t=2,p=1"]
    {
        assert_eq!(Cost::parse(text), None, "{text}");
    }
}

#[test]
fn damaged_hashes_are_refused() {
    let good = dummy_hash(Cost::default(), &mut rng(1));
    let damaged = |from: &str, to: &str| PasswordHash::parse(&good.as_str().replace(from, to)).err();
    assert!(PasswordHash::parse(good.as_str()).is_ok());
    assert_eq!(damaged("argon2id", "argon2i"), Some(PasswordError::Damaged));
    assert_eq!(damaged("v=19", "v=16"), Some(PasswordError::Damaged));
    assert_eq!(damaged("m=19456", "m=4294967295"), Some(PasswordError::Damaged));
    assert_eq!(PasswordHash::parse(&good.as_str()[..60]).err(), Some(PasswordError::Damaged));
    assert_eq!(PasswordHash::parse(&"$".repeat(1000)).err(), Some(PasswordError::Damaged));
}

#[test]
fn password_lengths_are_counted_in_characters_after_normalisation() {
    assert_eq!(Password::chosen("七文字のことば").err(), Some(PasswordRule::TooShort));
    assert!(Password::chosen("八文字のことばだ").is_ok());
    assert!(Password::presented("short").is_ok());
    assert!(Password::chosen(&"あ".repeat(128)).is_ok());
    assert_eq!(Password::chosen(&"あ".repeat(129)).err(), Some(PasswordRule::TooLong));
    assert_eq!(Password::chosen(&"x".repeat(1_000_000)).err(), Some(PasswordRule::TooLong));
    // One sign that unfolds to four characters: 株式会社 as ㍿.
    assert_eq!(password("㍿㍿").expose(), "株式会社株式会社");
}

#[test]
fn frozen_vector_of_tokens() {
    let vector = vector("token");
    let pepper = keyring().token_pepper();
    let token = SessionToken::generate(&mut Scripted::new(&[bytes(&vector, "token")]));
    assert_eq!(token.text().as_str(), text(&vector, "token_text"));
    let digest =
        SessionToken::parse(text(&vector, "token_text")).ok().unwrap().digest(&pepper, TokenKind::Session);
    assert_eq!(digest.as_bytes().to_vec(), bytes(&vector, "session_digest"));
    assert!(digest == token.digest(&pepper, TokenKind::Session));
    let code = OneTimeCode::generate(&mut Scripted::new(&[bytes(&vector, "drawn_code")]));
    assert_eq!(code.text().as_str(), text(&vector, "code"));
    for (kind, field) in
        [(TokenKind::PersonEnrolment, "person_digest"), (TokenKind::DeviceEnrolment, "device_digest")]
    {
        assert_eq!(code.digest(&pepper, kind).as_bytes().to_vec(), bytes(&vector, field));
    }
}

#[test]
fn digests_differ_by_kind_token_and_pepper() {
    let (pepper, other) = (keyring().token_pepper(), other_keyring().token_pepper());
    let (one, two) = (SessionToken::generate(&mut rng(1)), SessionToken::generate(&mut rng(2)));
    let digest = one.digest(&pepper, TokenKind::Session);
    assert!(digest == TokenDigest::from_bytes(*digest.as_bytes()));
    assert!(digest != two.digest(&pepper, TokenKind::Session));
    assert!(digest != one.digest(&pepper, TokenKind::Ticket));
    assert!(digest != one.digest(&other, TokenKind::Session));
}

#[test]
fn malformed_tokens_are_refused() {
    let text = SessionToken::generate(&mut rng(1)).text().to_string();
    for damaged in ["", &text[1..], &format!("{text}A"), &text.replace(&text[5..6], "+"), &"あ".repeat(14)] {
        assert_eq!(SessionToken::parse(damaged).err(), Some(TokenError::Malformed), "{damaged}");
    }
}

#[test]
fn a_code_may_be_typed_carelessly() {
    let pepper = keyring().token_pepper();
    let code = OneTimeCode::generate(&mut rng(5));
    let digest = code.digest(&pepper, TokenKind::PersonEnrolment);
    let shown = code.text().to_string();
    let full_width: String = shown
        .chars()
        .map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap())
        .collect::<String>()
        .replace('\u{FF0D}', "ー");
    for typed in [
        shown.to_lowercase(),
        shown.replace('-', ""),
        shown.replace('-', " \u{2010} "),
        shown.replace('0', "o").replace('1', "l"),
        full_width,
    ] {
        let read = OneTimeCode::parse(&typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert!(read.digest(&pepper, TokenKind::PersonEnrolment) == digest);
    }
    assert_eq!(OneTimeCode::parse(&shown[..20]).err(), Some(TokenError::Malformed));
    assert_eq!(OneTimeCode::parse("").err(), Some(TokenError::Malformed));
    assert_eq!(OneTimeCode::parse(&"A".repeat(1000)).err(), Some(TokenError::Malformed));
}

proptest! {
    #[test]
    fn every_single_wrong_symbol_and_every_exchange_in_a_code_is_found(seed: u64, one in 0..20_usize, two in 0..20_usize, wrong in 0..32_usize) {
        let shown = OneTimeCode::generate(&mut rng(seed)).text().replace('-', "");
        let symbols: Vec<char> = shown.chars().collect();
        let mut mistyped = symbols.clone();
        mistyped[one] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().nth(wrong).unwrap();
        let mut exchanged = symbols.clone();
        exchanged.swap(one, two);
        for typed in [mistyped, exchanged] {
            let result = OneTimeCode::parse(&typed.iter().collect::<String>()).err();
            prop_assert_eq!(result, (typed != symbols).then_some(TokenError::Typo));
        }
    }

    #[test]
    fn foreign_text_is_never_a_hash_and_never_panics(foreign in "\\PC{0,300}") {
        prop_assert!(PasswordHash::parse(&foreign).is_err());
        prop_assert!(SessionToken::parse(&foreign).is_err() || foreign.len() == 43);
        drop(OneTimeCode::parse(&foreign));
    }
}

#[test]
fn frozen_vector_of_blind_indexes() {
    let vector = vector("blind_index");
    let keyring = keyring();
    assert_eq!(normalised_login_name(text(&vector, "typed")), text(&vector, "normalised"));
    let index = keyring.blind_index("person", "login_name").of_login_name(text(&vector, "typed"));
    assert_eq!(index.as_bytes().to_vec(), bytes(&vector, "index"));
    let scoped = keyring.blind_index_within("person", "login_name", id(&vector, "scope"));
    assert_eq!(scoped.of(b"sato.hanako").as_bytes().to_vec(), bytes(&vector, "scoped"));
    assert_eq!(index.as_i64().to_be_bytes(), index.as_bytes()[..8]);
}

#[test]
fn blind_indexes_of_other_columns_and_installations_differ() {
    let keyring = keyring();
    let index = keyring.blind_index("person", "login_name").of(b"sato");
    assert_ne!(index, keyring.blind_index("person", "kana").of(b"sato"));
    assert_ne!(index, keyring.blind_index("personl", "ogin_name").of(b"sato"));
    assert_ne!(index, other_keyring().blind_index("person", "login_name").of(b"sato"));
    assert_eq!(index, keyring.blind_index("person", "login_name").of(b"sato"));
}

#[test]
fn a_backup_tag_is_ours_and_of_this_manifest() {
    let key = keyring().backup_key();
    let tag = key.tag(b"manifest");
    assert!(key.verify(b"manifest", &tag));
    assert!(!key.verify(b"manifesT", &tag));
    assert!(!key.verify(b"manifest", &tag[..31]));
    assert!(!other_keyring().backup_key().verify(b"manifest", &tag));
}

#[test]
fn the_device_authority_is_stable_and_changes_with_its_generation() {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
    let public = |keyring: tasuki_vault::Keyring, generation| {
        let key = keyring.device_authority_pkcs8(generation).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key).unwrap();
        pair.public_key().as_ref().to_vec()
    };
    assert_eq!(public(keyring(), 1), public(keyring(), 1));
    assert_ne!(public(keyring(), 1), public(keyring(), 2));
    assert_ne!(public(keyring(), 1), public(other_keyring(), 1));
}
