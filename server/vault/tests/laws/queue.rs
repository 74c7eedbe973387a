//! Tests: queued items, also one that a browser's WebCrypto made.

use proptest::prelude::*;
use tasuki_vault::queue::{LONGEST, LentKey, OVERHEAD, QueueError, QueueSealer};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::support::{bytes, id, keyring, other_keyring, rng, vector};

const LENT: Uuid = Uuid::from_u128(11);
const ITEM: Uuid = Uuid::from_u128(12);

fn sealed(plaintext: &[u8]) -> Vec<u8> {
    let opener = keyring().queue_opener(1).unwrap();
    let sealer = QueueSealer::new(*opener.public_key(), opener.generation());
    sealer.seal(&opener.lend(LENT), ITEM, plaintext, &mut rng(1)).unwrap()
}

#[test]
fn an_item_made_by_webcrypto_opens() {
    let vector = vector("queue");
    let opener = keyring().queue_opener(1).unwrap();
    assert_eq!(opener.public_key().to_vec(), bytes(&vector, "server_public"));
    assert_eq!(opener.lend(id(&vector, "lent_id")).expose().to_vec(), bytes(&vector, "lent_key"));
    let opened = opener.open(&bytes(&vector, "sealed")).ok().unwrap();
    assert_eq!(opened.lent_key, id(&vector, "lent_id"));
    assert_eq!(opened.item, id(&vector, "item"));
    assert_eq!(opened.plaintext.as_slice(), bytes(&vector, "plaintext"));
}

#[test]
fn another_sessions_key_does_not_tag_for_this_one() {
    let opener = keyring().queue_opener(1).unwrap();
    let sealer = QueueSealer::new(*opener.public_key(), 1);
    let stolen = LentKey::from_bytes(LENT, &Zeroizing::new(*opener.lend(Uuid::from_u128(99)).expose()));
    let item = sealer.seal(&stolen, ITEM, b"x", &mut rng(1)).unwrap();
    assert_eq!(opener.open(&item).err(), Some(QueueError::NotTagged));
}

#[test]
fn another_generation_and_another_installation_do_not_open() {
    let item = sealed(b"x");
    let next = keyring().queue_opener(2).unwrap();
    assert_eq!(next.open(&item).err(), Some(QueueError::OtherGeneration(1)));
    let other = other_keyring().queue_opener(1).unwrap();
    assert_eq!(other.open(&item).err(), Some(QueueError::NotTagged));
}

#[test]
fn an_item_sealed_to_another_key_does_not_open_although_it_is_tagged() {
    let opener = keyring().queue_opener(1).unwrap();
    let other = other_keyring().queue_opener(1).unwrap();
    let sealer = QueueSealer::new(*other.public_key(), 1);
    let item = sealer.seal(&opener.lend(LENT), ITEM, b"x", &mut rng(1)).unwrap();
    assert_eq!(opener.open(&item).err(), Some(QueueError::Refused));
}

#[test]
fn lengths_and_public_keys_are_bounded() {
    let opener = keyring().queue_opener(1).unwrap();
    let lent = opener.lend(LENT);
    let sealer = QueueSealer::new(*opener.public_key(), 1);
    assert_eq!(sealer.seal(&lent, ITEM, &vec![0; LONGEST + 1], &mut rng(1)).err(), Some(QueueError::Length));
    let longest = sealer.seal(&lent, ITEM, &vec![0; LONGEST], &mut rng(1)).unwrap();
    assert_eq!(longest.len(), LONGEST + OVERHEAD);
    assert!(opener.open(&longest).is_ok());
    assert_eq!(opener.open(&[longest, vec![0]].concat()).err(), Some(QueueError::Length));
    let mut off_curve = *opener.public_key();
    off_curve[64] ^= 1;
    assert_eq!(
        QueueSealer::new(off_curve, 1).seal(&lent, ITEM, b"x", &mut rng(1)).err(),
        Some(QueueError::PublicKey)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn items_come_back(plaintext in prop::collection::vec(any::<u8>(), 0..500)) {
        let opened = keyring().queue_opener(1).unwrap().open(&sealed(&plaintext)).ok().unwrap();
        prop_assert_eq!((opened.lent_key, opened.item), (LENT, ITEM));
        prop_assert_eq!(opened.plaintext.as_slice(), plaintext.as_slice());
    }

    #[test]
    fn a_flipped_bit_or_a_cut_is_refused(at: prop::sample::Index, bit in 0..8_u8) {
        let opener = keyring().queue_opener(1).unwrap();
        let mut item = sealed(b"seven of nine");
        let place = at.index(item.len());
        prop_assert!(opener.open(&item[..place]).is_err());
        item[place] ^= 1 << bit;
        prop_assert!(opener.open(&item).is_err());
    }
}
