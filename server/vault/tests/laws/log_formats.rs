//! Tests: entries, notes, checkpoints and cosignatures, against vectors made elsewhere.

use proptest::prelude::*;
use tasuki_vault::log::checkpoint::{Checkpoint, CheckpointError};
use tasuki_vault::log::cosignature::verify_cosignature;
use tasuki_vault::log::leaf::{FIXED_BYTES, LONGEST_BODY, Leaf, LeafError};
use tasuki_vault::log::note::{Note, NoteError, SignatureKind, VerifierKey};
use tasuki_vault::log::tree::{Frontier, Hash, leaf_hash};
use uuid::Uuid;

use crate::support::{keyring, other_keyring, text, unhex, vector};

#[test]
fn frozen_vector_of_entries_and_roots() {
    let vector = vector("log");
    let leaves = vector["leaves"].as_array().unwrap();
    let mut frontier = Frontier::new();
    for (index, hex) in leaves.iter().enumerate() {
        let bytes = unhex(hex.as_str().unwrap());
        let leaf = Leaf::parse(&bytes).unwrap();
        assert_eq!(leaf.index, index as u64);
        assert_eq!(leaf.at, 1_795_348_800_000_000 + index as i64 * 1000);
        assert_eq!((leaf.action, leaf.outcome, leaf.actor_kind, leaf.object_kind), (0x0102, 3, 1, 0x0405));
        assert_eq!(leaf.body.len(), index * 9);
        assert_eq!(leaf.encode().unwrap(), bytes);
        let hash = leaf.hash().unwrap();
        assert_eq!(hash.0.to_vec(), unhex(vector["leaf_hashes"][index].as_str().unwrap()));
        frontier.append(hash);
        assert_eq!(frontier.root().0.to_vec(), unhex(vector["roots"][index + 1].as_str().unwrap()));
    }
}

#[test]
fn frozen_vector_of_signatures() {
    let vector = vector("log");
    let signer = keyring().log_signer(text(&vector, "origin")).ok().unwrap();
    assert_eq!(signer.verifier_key().to_string(), text(&vector, "verifier_key"));
    let root = Hash(unhex(vector["roots"][7].as_str().unwrap()).try_into().unwrap());
    assert_eq!(signer.sign(7, root), text(&vector, "checkpoint"));

    let key = VerifierKey::parse(text(&vector, "verifier_key")).unwrap();
    let checkpoint = Checkpoint::verify(text(&vector, "cosigned"), &key).unwrap();
    assert_eq!((checkpoint.size, checkpoint.root), (7, root));

    let witness = keyring().witness_signer(text(&vector, "witness")).ok().unwrap();
    assert_eq!(witness.verifier_key().to_string(), text(&vector, "witness_key"));
    let mut note = Note::parse(text(&vector, "checkpoint")).unwrap();
    let at = vector["cosigned_at"].as_u64().unwrap();
    note.signatures.push(witness.cosign(&note.text, at));
    assert_eq!(note.encode(), text(&vector, "cosigned"));
    assert_eq!(verify_cosignature(&note, witness.verifier_key()), Ok(at));
}

/// The example that Go's `sumdb/note` and the C2SP signers are tested with.
#[test]
fn the_well_known_signed_note_verifies() {
    let key =
        VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let note = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n\
                \n\
                \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let parsed = Note::parse(note).unwrap();
    assert_eq!(parsed.verify(&key), Ok(()));
    assert_eq!(parsed.encode(), note);
    let altered = Note::parse(&note.replace("answer", "Answer")).unwrap();
    assert_eq!(altered.verify(&key), Err(NoteError::BadSignature));
}

#[test]
fn a_checkpoint_of_another_key_or_log_does_not_verify() {
    let signer = keyring().log_signer("a.example/log").ok().unwrap();
    let note = signer.sign(1, leaf_hash(b"x"));
    let other_key = other_keyring().log_signer("a.example/log").ok().unwrap();
    let other_log = keyring().log_signer("b.example/log").ok().unwrap();
    assert_eq!(
        Checkpoint::verify(&note, other_key.verifier_key()),
        Err(CheckpointError::Note(NoteError::NotSigned))
    );
    assert_eq!(Checkpoint::verify(&note, other_log.verifier_key()), Err(CheckpointError::OtherLog));
    let forged = note.replace("\n1\n", "\n2\n");
    assert_eq!(
        Checkpoint::verify(&forged, signer.verifier_key()),
        Err(CheckpointError::Note(NoteError::BadSignature))
    );
    assert_ne!(signer.verifier_key().public(), other_log.verifier_key().public(), "a key per origin");
}

#[test]
fn a_cosignature_states_its_time_and_cannot_be_carried_over() {
    let witness = keyring().witness_signer("w.example/1").ok().unwrap();
    let log = keyring().log_signer("a.example/log").ok().unwrap();
    let mut note = Note::parse(&log.sign(1, leaf_hash(b"x"))).unwrap();
    assert_eq!(verify_cosignature(&note, witness.verifier_key()), Err(NoteError::NotSigned));
    assert_eq!(verify_cosignature(&note, log.verifier_key()), Err(NoteError::Key));
    note.signatures.push(witness.cosign(&note.text, 1_795_348_800));
    assert_eq!(verify_cosignature(&note, witness.verifier_key()), Ok(1_795_348_800));
    assert_eq!(note.verify(witness.verifier_key()), Err(NoteError::Key));

    let mut later = note.clone();
    later.signatures[1].bytes[7] ^= 1;
    assert_eq!(verify_cosignature(&later, witness.verifier_key()), Err(NoteError::BadSignature));
    let mut carried = Note::parse(&log.sign(2, leaf_hash(b"y"))).unwrap();
    carried.signatures.push(note.signatures[1].clone());
    assert_eq!(verify_cosignature(&carried, witness.verifier_key()), Err(NoteError::BadSignature));
    note.signatures[1].bytes.truncate(5);
    assert_eq!(verify_cosignature(&note, witness.verifier_key()), Err(NoteError::BadSignature));
}

#[test]
fn malformed_notes_keys_and_checkpoints_are_refused() {
    let good = keyring().log_signer("a.example/log").ok().unwrap().sign(1, leaf_hash(b"x"));
    for bad in [
        String::new(),
        "\n\n".to_owned(),
        good.trim_end().to_owned(),
        good.replace('\u{2014}', "-"),
        good.replace("\n\n", "\n"),
        good.replace("a.example/log\n1", "a.example/log\r\n1"),
        format!("{good}\u{2014} name short\n"),
        format!("{good}\n"),
    ] {
        assert_eq!(Note::parse(&bad), Err(NoteError::Malformed), "{bad:?}");
    }
    let line = good.lines().last().unwrap();
    assert_eq!(Note::parse(&format!("{good}{}", format!("{line}\n").repeat(64))), Err(NoteError::TooLong));
    assert_eq!(Note::parse(&"x".repeat(70_000)), Err(NoteError::TooLong));

    let text = Note::parse(&good).unwrap().text;
    assert!(Checkpoint::parse_text(&format!("{text}extension\n")).is_ok());
    for bad in [
        text.replace("\n1\n", "\n01\n"),
        text.replace("\n1\n", "\n-1\n"),
        text.replace("\n1\n", "\n18446744073709551616\n"),
        text.replace("=\n", "\n"),
        format!("{text}\n"),
        format!("{text}{}", "extension\n".repeat(17)),
        text.trim_end().to_owned(),
        format!("\n{text}"),
    ] {
        assert_eq!(Checkpoint::parse_text(&bad), Err(CheckpointError::Malformed), "{bad:?}");
    }
    for bad in ["", "a", "a+b", "a+00000000+AAAA", "a b+00000000+", &format!("{}+", "x".repeat(300))] {
        assert_eq!(VerifierKey::parse(bad), Err(NoteError::Key), "{bad}");
    }
    for bad in ["", "a b", "a+b", "a\u{7}", &"x".repeat(256)] {
        assert_eq!(VerifierKey::new(bad, SignatureKind::Ed25519, [0; 32]), Err(NoteError::Name), "{bad}");
    }
    let key = keyring().log_signer("a.example/log").ok().unwrap().verifier_key().clone();
    assert_eq!(VerifierKey::parse(&key.to_string()), Ok(key.clone()));
    let wrong_id = key.to_string().replace(&key.key_id_text(), "00000000");
    assert_eq!(VerifierKey::parse(&wrong_id), Err(NoteError::Key));
}

fn ids() -> impl Strategy<Value = [Uuid; 11]> {
    any::<[u128; 11]>().prop_map(|ids| ids.map(Uuid::from_u128))
}

proptest! {
    #[test]
    fn every_entry_survives_its_bytes_and_every_other_length_is_refused(
        numbers in any::<(u64, i64, u16, u8, u8, u16)>(),
        ids in ids(),
        body in prop::collection::vec(any::<u8>(), 0..300),
        at: prop::sample::Index,
    ) {
        let (index, at_time, action, outcome, actor_kind, object_kind) = numbers;
        let [actor, post, organization, device, session, patient, object_organization, room, object, request, key_id] = ids;
        let leaf = Leaf {
            index, at: at_time, action, outcome, actor_kind, actor, post, organization, device, session, patient,
            object_organization, room, object, object_kind, request, key_id, body: &body,
        };
        let bytes = leaf.encode().unwrap();
        prop_assert_eq!(bytes.len(), FIXED_BYTES + body.len());
        prop_assert_eq!(Leaf::parse(&bytes), Ok(leaf));
        prop_assert!(Leaf::parse(&bytes[..at.index(bytes.len())]).is_err());
        let longer = [bytes, vec![0]].concat();
        prop_assert_eq!(Leaf::parse(&longer), Err(LeafError::Length));
    }

    #[test]
    fn foreign_bytes_and_text_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), foreign in "\\PC{0,200}") {
        prop_assert!(Leaf::parse(&bytes).is_err());
        prop_assert!(Note::parse(&foreign).is_err());
        drop((Checkpoint::parse_text(&foreign), VerifierKey::parse(&foreign)));
    }
}

#[test]
fn other_versions_and_bodies_too_long_are_refused() {
    let vector = vector("log");
    let bytes = unhex(vector["leaves"][0].as_str().unwrap());
    let mut other = bytes.clone();
    other[4] = 2;
    assert_eq!(Leaf::parse(&other), Err(LeafError::UnknownVersion(2)));
    other[0] = 0;
    assert_eq!(Leaf::parse(&other), Err(LeafError::NotAnEntry));
    let body = vec![0; LONGEST_BODY + 1];
    let long = Leaf { body: &body, ..Leaf::parse(&bytes).unwrap() };
    assert_eq!(long.encode().unwrap_err().0, LONGEST_BODY + 1);
}
