//! Tests: the root key in a file and on paper.

use proptest::prelude::*;
use tasuki_vault::key_file::{KeyFileError, UnlockError, key_file_cost, plain_text, sealed_text};
use tasuki_vault::password::Cost;
use tasuki_vault::recovery_sheet::{RecoverySheet, SheetError};
use tasuki_vault::secret::{KeyFingerprint, PassphraseRule};
use tasuki_vault::{LockedKeyring, Passphrase, RootKey};

use crate::support::{Scripted, bytes, keyring, rng, root, text, vector};

fn passphrase(text: &str) -> Passphrase {
    Passphrase::chosen(text).unwrap()
}

#[test]
fn frozen_vectors_of_key_files() {
    let vector = vector("key_file");
    assert_eq!(plain_text(&root()).as_str(), text(&vector, "plain"));
    let passphrase = passphrase(text(&vector, "passphrase"));
    let mut rng = Scripted::new(&[bytes(&vector, "salt")]);
    let sealed = sealed_text(&root(), &passphrase, Cost::default(), &mut rng).unwrap();
    assert_eq!(sealed, text(&vector, "sealed"));
    for file in ["plain", "sealed"] {
        let locked = LockedKeyring::parse(text(&vector, file)).ok().unwrap();
        assert_eq!(locked.needs_passphrase(), file == "sealed");
        assert_eq!(locked.fingerprint(), root().fingerprint());
        assert!(locked.unlock(Some(&passphrase)).ok().unwrap().root() == &root());
    }
    assert_eq!(RecoverySheet::from(&root()).text(), text(&vector, "sheet"));
    assert!(RecoverySheet::parse(text(&vector, "sheet")).ok().unwrap() == root());
}

#[test]
fn every_altered_character_of_a_key_file_is_noticed() {
    let sealed =
        sealed_text(&root(), &passphrase("sixteen characters"), Cost::default(), &mut rng(1)).unwrap();
    for file in [plain_text(&root()).to_string(), sealed] {
        for at in 0..file.len() {
            let mut damaged = file.clone().into_bytes();
            damaged[at] = if damaged[at] == b'7' { b'8' } else { b'7' };
            let damaged = String::from_utf8(damaged).unwrap();
            assert!(LockedKeyring::parse(&damaged).is_err(), "{at}: {damaged}");
        }
    }
}

#[test]
fn a_wrong_passphrase_is_told_from_a_damaged_file() {
    let sealed =
        sealed_text(&root(), &passphrase("sixteen characters"), Cost::default(), &mut rng(1)).unwrap();
    let locked = LockedKeyring::parse(&sealed).ok().unwrap();
    assert_eq!(locked.unlock(None).err(), Some(UnlockError::PassphraseNeeded));
    let wrong = passphrase("sixteen Characters");
    assert_eq!(locked.unlock(Some(&wrong)).err(), Some(UnlockError::WrongPassphrase));
    let damaged = sealed.replace("t=2", "t=3");
    assert_eq!(LockedKeyring::parse(&damaged).err(), Some(KeyFileError::Damaged));
    assert_eq!(LockedKeyring::parse("").err(), Some(KeyFileError::UnknownVersion));
    assert_eq!(LockedKeyring::parse(&"x".repeat(5000)).err(), Some(KeyFileError::TooLong));
    assert_eq!(LockedKeyring::parse("tasuki-root-key-v1\nkey a").err(), Some(KeyFileError::Line(2)));
}

#[test]
fn a_key_file_that_names_another_key_is_damaged() {
    let other = RootKey::generate(&mut rng(9));
    let mixed =
        plain_text(&root()).replace(&root().fingerprint().to_string(), &other.fingerprint().to_string());
    assert_eq!(LockedKeyring::parse(&mixed).err(), Some(KeyFileError::Damaged));
}

#[test]
fn passphrases_have_a_least_length_and_one_form() {
    assert_eq!(Passphrase::chosen("fifteen letters").err(), Some(PassphraseRule::TooShort));
    assert_eq!(Passphrase::presented(&"x".repeat(1025)).err(), Some(PassphraseRule::TooLong));
    let full_width = passphrase("ｓｉｘｔｅｅｎ　ｌｅｔｔｅｒｓ！");
    let sealed = sealed_text(&root(), &full_width, Cost::default(), &mut rng(1)).unwrap();
    let locked = LockedKeyring::parse(&sealed).ok().unwrap();
    assert!(locked.unlock(Some(&passphrase("sixteen letters!"))).is_ok());
    assert_eq!(key_file_cost().to_string(), "m=65536,t=3,p=1");
}

#[test]
fn fingerprints_survive_their_text() {
    let fingerprint = keyring().fingerprint();
    assert_eq!(KeyFingerprint::parse(&fingerprint.to_string()), Some(fingerprint));
    assert_eq!(KeyFingerprint::parse("+1B2-C3D4-E5F6-0718"), None);
    assert_eq!(KeyFingerprint::parse("A1B2"), None);
    assert_ne!(RootKey::generate(&mut rng(1)).fingerprint(), fingerprint);
}

#[test]
fn a_typing_error_on_a_sheet_is_found_by_its_line() {
    let sheet = RecoverySheet::from(&root());
    let lines: Vec<&str> = sheet.text().lines().collect();
    for (number, line) in lines.iter().enumerate().skip(1) {
        for at in line.char_indices().filter(|(at, c)| *at > 2 && *c != '-').map(|(at, _)| at) {
            let mut typed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let wrong = if typed[number].as_bytes()[at] == b'7' { "8" } else { "7" };
            typed[number].replace_range(at..=at, wrong);
            let error = RecoverySheet::parse(&typed.join("\n")).err();
            assert_eq!(error, Some(SheetError::Check(number as u8)), "{typed:?}");
        }
    }
}

#[test]
fn lines_of_a_sheet_are_checked_for_order_length_and_origin() {
    let own = RecoverySheet::from(&root()).text().to_owned();
    let other = RecoverySheet::from(&RootKey::generate(&mut rng(3))).text().to_owned();
    let own: Vec<&str> = own.lines().collect();
    let other: Vec<&str> = other.lines().collect();
    let bare = |line: &str| line.split_once(": ").unwrap().1.to_owned();
    let swapped = [bare(own[1]), bare(own[3]), bare(own[2]), bare(own[4]), bare(own[5])].join("\n");
    assert_eq!(RecoverySheet::parse(&swapped).err(), Some(SheetError::Check(2)));
    let mixed = [own[1], own[2], other[3], own[4], own[5]].join("\n");
    assert_eq!(RecoverySheet::parse(&mixed).err(), Some(SheetError::Mixed));
    assert_eq!(RecoverySheet::parse(&own[1..5].join("\n")).err(), Some(SheetError::LineCount(4)));
    let short = [own[1], "2: ABCD", own[3], own[4], own[5]].join("\n");
    assert_eq!(RecoverySheet::parse(&short).err(), Some(SheetError::Length { line: 2, found: 4 }));
    let strange = [own[1], own[2], own[3], "4: UUUU-UUUU-UUUU-UUUU", own[5]].join("\n");
    assert_eq!(RecoverySheet::parse(&strange).err(), Some(SheetError::Character(4)));
}

#[test]
fn a_sheet_may_be_typed_carelessly() {
    let sheet = RecoverySheet::from(&root()).text().to_lowercase().replace('-', " ").replace('0', "o");
    let typed: String = sheet.lines().skip(1).map(|line| format!("{}\n\n", &line[3..])).collect();
    assert!(RecoverySheet::parse(&typed).ok().unwrap() == root());
}

proptest! {
    #[test]
    fn every_root_key_survives_paper_and_file(seed: u64) {
        let root = RootKey::generate(&mut rng(seed));
        let sheet = RecoverySheet::from(&root);
        prop_assert!(RecoverySheet::parse(sheet.text()).ok().unwrap() == root);
        let locked = LockedKeyring::parse(&plain_text(&root)).ok().unwrap();
        prop_assert!(locked.unlock(None).ok().unwrap().root() == &root);
    }

    #[test]
    fn foreign_text_never_panics(foreign in "\\PC{0,200}") {
        prop_assert!(LockedKeyring::parse(&foreign).is_err());
        prop_assert!(RecoverySheet::parse(&foreign).is_err());
    }
}
