//! Tests: a file in chunks opens whole, in order, from its own row, or not at all.

use sha2::{Digest, Sha256};
use tasuki_vault::stream::{CHUNK, HEADER_BYTES, chunk_count};
use tasuki_vault::{KeyId, Keyring, OpenError, Scope, SealError, Slot};
use uuid::Uuid;

use crate::support::{Scripted, bytes, id, keyring, rng, vector};

fn slot(row: u128) -> Slot {
    Slot::new("file_chunk", "bytes", Uuid::from_u128(row))
}

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + 7) as u8).collect()
}

struct Stored {
    header: [u8; HEADER_BYTES],
    chunks: Vec<Vec<u8>>,
}

fn store(keyring: &Keyring, key: KeyId, row: u128, content: &[u8]) -> Stored {
    let mut sealer = keyring.seal_stream(key, &slot(row), &mut rng(row as u64)).unwrap();
    let header = *sealer.header();
    let mut parts: Vec<&[u8]> = content.chunks(CHUNK).collect();
    let last = parts.pop().unwrap_or_default();
    let mut chunks: Vec<Vec<u8>> = parts.iter().map(|part| sealer.seal_chunk(part).unwrap()).collect();
    chunks.push(sealer.seal_last(last).unwrap());
    Stored { header, chunks }
}

#[test]
fn files_of_every_awkward_length_come_back() {
    let keyring = keyring();
    let (key, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng(1));
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5] {
        let stored = store(&keyring, key, 5, &content(length));
        assert_eq!(stored.chunks.len() as u64, chunk_count(length as u64));
        let opener = keyring.open_stream(&slot(5), &stored.header, stored.chunks.len() as u64).unwrap();
        let mut opened = Vec::new();
        for (index, chunk) in stored.chunks.iter().enumerate() {
            opened.extend_from_slice(&opener.open_chunk(index as u64, chunk).unwrap());
        }
        assert!(opened == content(length), "length {length}");
    }
}

#[test]
fn cut_lengthened_swapped_and_foreign_chunks_are_refused() {
    let keyring = keyring();
    let (key, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng(1));
    let stored = store(&keyring, key, 5, &content(2 * CHUNK + 5));
    let foreign = store(&keyring, key, 6, &content(2 * CHUNK + 5));
    let refused = Some(OpenError::Refused);

    let cut = keyring.open_stream(&slot(5), &stored.header, 2).unwrap();
    assert!(cut.open_chunk(0, &stored.chunks[0]).is_ok());
    assert_eq!(cut.open_chunk(1, &stored.chunks[1]).err(), refused, "not sealed as the last");
    assert_eq!(cut.open_chunk(2, &stored.chunks[2]).err(), refused, "beyond the count");

    let longer = keyring.open_stream(&slot(5), &stored.header, 4).unwrap();
    assert_eq!(longer.open_chunk(2, &stored.chunks[2]).err(), refused, "sealed as the last");

    let right = keyring.open_stream(&slot(5), &stored.header, 3).unwrap();
    assert_eq!(right.open_chunk(1, &stored.chunks[0]).err(), refused, "swapped");
    assert_eq!(right.open_chunk(0, &stored.chunks[1]).err(), refused, "swapped");
    assert_eq!(right.open_chunk(0, &foreign.chunks[0]).err(), refused, "of another file");
    let mut damaged = stored.chunks[2].clone();
    damaged[0] ^= 1;
    assert_eq!(right.open_chunk(2, &damaged).err(), refused, "altered");
    assert_eq!(right.open_chunk(2, &[]).err(), refused, "empty");

    let moved = keyring.open_stream(&slot(7), &stored.header, 3).unwrap();
    assert_eq!(moved.open_chunk(0, &stored.chunks[0]).err(), refused, "moved to another row");
    let mut header = stored.header;
    header[20] ^= 1;
    let other_salt = keyring.open_stream(&slot(5), &header, 3).unwrap();
    assert_eq!(other_salt.open_chunk(0, &stored.chunks[0]).err(), refused, "another salt");
}

#[test]
fn only_chunks_of_proper_length_are_sealed() {
    let keyring = keyring();
    let (key, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng(1));
    let mut sealer = keyring.seal_stream(key, &slot(1), &mut rng(2)).unwrap();
    assert_eq!(sealer.seal_chunk(&[0; 10]).err(), Some(SealError::Length(10)));
    assert_eq!(sealer.sealed_chunks(), 0);
    sealer.seal_chunk(&content(CHUNK)).unwrap();
    assert_eq!(sealer.seal_last(&[]).err(), Some(SealError::Length(0)));
    let sealer = keyring.seal_stream(key, &slot(1), &mut rng(2)).unwrap();
    assert_eq!(sealer.seal_last(&content(CHUNK + 1)).err(), Some(SealError::Length(CHUNK + 1)));
}

#[test]
fn damaged_headers_are_refused() {
    let keyring = keyring();
    let (key, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng(1));
    let header = store(&keyring, key, 5, b"x").header;
    for length in 0..HEADER_BYTES {
        let error = keyring.open_stream(&slot(5), &header[..length], 1).err();
        assert_eq!(error, Some(OpenError::Truncated), "{length}");
    }
    let mut unknown = header;
    unknown[0] = 2;
    assert_eq!(keyring.open_stream(&slot(5), &unknown, 1).err(), Some(OpenError::UnknownFormat(2)));
    let long = [header.as_slice(), &[0]].concat();
    assert_eq!(keyring.open_stream(&slot(5), &long, 1).err(), Some(OpenError::Refused));
    keyring.forget(key);
    assert_eq!(keyring.open_stream(&slot(5), &header, 1).err(), Some(OpenError::KeyNotOpen(key)));
}

#[test]
fn frozen_vector() {
    let vector = vector("stream");
    let keyring = keyring();
    let mut rng =
        Scripted::new(&["drawn_id", "data_key", "wrap_salt", "salt"].map(|field| bytes(&vector, field)));
    let (key, _) = keyring.new_data_key(Scope::Consortium, 1, &mut rng);
    let slot = Slot::new("file_chunk", "bytes", id(&vector, "row"));
    let mut sealer = keyring.seal_stream(key, &slot, &mut rng).unwrap();
    assert_eq!(sealer.header().to_vec(), bytes(&vector, "header"));
    let first = sealer.seal_chunk(&content(CHUNK)).unwrap();
    assert_eq!(Sha256::digest(&first).to_vec(), bytes(&vector, "first_sealed_sha256"));
    let last = sealer.seal_last(&bytes(&vector, "last_plaintext")).unwrap();
    assert_eq!(last, bytes(&vector, "last_sealed"));
}
