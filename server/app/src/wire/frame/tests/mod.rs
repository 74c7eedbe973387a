//! The frames as frozen: a schema and a vector for each, and whatever else may come through the line.

mod samples;

use super::{CLIENT_FRAMES, ClientFrame, FaultKind, SERVER_FRAMES, parse_client_frame, schemas};
use proptest::prelude::*;
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::PathBuf};

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name)
}

/// Compares with the frozen file; `TASUKI_FREEZE=1` writes it instead, for a new frame.
fn frozen(kind: &str, name: &str, value: &Value) -> Value {
    let path = folder(kind).join(format!("{name}.json"));
    if std::env::var_os("TASUKI_FREEZE").is_some() {
        fs::create_dir_all(folder(kind)).unwrap();
        fs::write(&path, format!("{}\n", serde_json::to_string_pretty(value).unwrap())).unwrap();
    }
    serde_json::from_slice(&fs::read(&path).unwrap_or_else(|_| b"null".to_vec())).unwrap()
}

fn names(kind: &str) -> BTreeSet<String> {
    let files = fs::read_dir(folder(kind)).unwrap();
    let name = |file: fs::DirEntry| file.path().file_stem().unwrap().to_str().unwrap().to_owned();
    files.map(|file| name(file.unwrap())).collect()
}

fn every_frame() -> BTreeSet<String> {
    let client = CLIENT_FRAMES.iter().map(|kind| format!("client.{kind}"));
    client.chain(SERVER_FRAMES.iter().map(|kind| format!("server.{kind}"))).collect()
}

#[test]
fn every_frame_has_its_schema_and_no_schema_is_left_over() {
    for (name, schema) in schemas() {
        assert_eq!(frozen("schema", &name, &schema), schema, "{name}: the schema changed");
        let kind = name.split_once('.').unwrap().1;
        assert_eq!(schema["properties"]["type"]["const"], kind, "{name}");
        assert!(schema["required"].as_array().unwrap().contains(&"type".into()), "{name}");
    }
    assert_eq!(names("schema"), every_frame());
}

#[test]
fn every_frame_has_its_vector() {
    for (name, vector) in samples::client() {
        let frozen = frozen("frames", &format!("client.{name}"), &vector);
        assert_eq!(frozen, vector, "{name}: the vector changed");
        let frame = parse_client_frame(frozen.to_string().as_bytes()).unwrap();
        assert_eq!(frame.text(), name);
    }
    for frame in samples::server() {
        let made: Value = serde_json::from_slice(&frame.bytes()).unwrap();
        let name = format!("server.{}", frame.text());
        assert_eq!(frozen("frames", &name, &made), made, "{name}: the vector changed");
        assert_eq!(made["type"], frame.text());
    }
    assert_eq!(names("frames"), every_frame());
}

#[test]
fn an_unknown_field_in_any_frame_is_refused_and_the_request_is_named() {
    for (name, mut vector) in samples::client() {
        vector["surprise"] = 1.into();
        let fault = parse_client_frame(vector.to_string().as_bytes()).unwrap_err();
        assert!(matches!(fault.kind, FaultKind::Form(_)), "{name}");
        assert_eq!(fault.id.map(|id| id.0), vector["id"].as_u64(), "{name}");
    }
}

#[test]
fn faults_name_the_field_and_never_its_value() {
    let (_, mut post) = samples::client().into_iter().find(|(name, _)| *name == "post_message").unwrap();
    post["post"]["intent"] = "canary".into();
    let fault = parse_client_frame(post.to_string().as_bytes()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Form("post.intent".into()));
    assert!(!format!("{fault:?}").contains("canary"));
    let id = parse_client_frame(br#"{"type":"ping","id":9007199254740992}"#).unwrap_err();
    assert_eq!(id.kind, FaultKind::Form("id".into()));
    assert!(matches!(
        parse_client_frame(br#"{"type":"ping","id":9007199254740991}"#),
        Ok(ClientFrame::Ping(_))
    ));
    for twice in [r#"{"type":"ping","id":1,"id":2}"#, r#"{"type":"ping","id":1} {}"#, "[]", "", "\u{0}"] {
        assert!(parse_client_frame(twice.as_bytes()).is_err(), "{twice}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = parse_client_frame(&bytes);
    }

    #[test]
    fn no_edit_of_a_true_frame_makes_it_panic(
        which in 0..12_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let mut bytes = samples::client()[which].1.to_string().into_bytes();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = parse_client_frame(&bytes);
    }
}
