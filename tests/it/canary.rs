//! Nothing that somebody typed lies readable on the disk: the database with its side files, and the lines about the
//! running, are searched for canaries in every form.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod search;

use http::{HeaderName, HeaderValue, Method, header};
use search::Search;
use serde_json::{Value, json};
use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Mutex,
};
use tasuki_app::{
    colleague::Call,
    config::{Level, Telemetry},
    telemetry,
};
use tasuki_tests::{Engine, Guest, House, house, now};

/// Words of the story and what stands in their place: each is typed by somebody, through a use case.
const STORY: &[(&str, &str)] = &[
    ("宮本 ハツ", "かなりあかんじゃしめい"),
    ("みやもと はつ", "かなりあかんじゃよみがな"),
    ("そば", "かなりあのあれるぎい"),
    ("佐々木 由美", "かなりあしょくいんめい"),
    ("ささき ゆみ", "かなりあしょくいんよみがな"),
    ("yumi.sasaki", "canary.login.name"),
    ("特別養護老人ホームしらかば", "かなりあのほうじんめい"),
    ("shirakaba", "canary organization"),
    ("0555-10-1000", "0555-10-7391"),
    ("医務室", "かなりあのばしょのなまえ"),
    ("しらかば2階 共用1", "かなりあのたんまつめい"),
    ("201", "canary-room-1"),
];

/// What is said in a room before the doors open.
const WEEK: &str = r#"
[[post]]
patient = "first"
by = "nurse"
at = "-3 09:00"
class = "medical"
body = "かなりあほんぶんのことば canary-message-body"
"#;

const BODY: [&str; 2] = ["かなりあほんぶんのことば", "canary-message-body"];

/// What is typed at the doors, in right requests and in wrong ones.
mod typed {
    pub const NOTE: &str = "かなりあどういのめもがき";
    pub const LOGIN: &str = "canary.wrong.login";
    pub const PASSWORD: &str = "かなりあのあいことば";
    pub const PATH: &str = "canary-in-the-path";
    pub const QUERY: &str = "canary-in-the-query";
    pub const FIELD: &str = "canary-unknown-field";
    pub const HEADER: &str = "canary-user-agent";
    pub const PERSON: &str = "かなりあしんじんのなまえ";
    pub const LABEL: &str = "かなりあのかぎのなまえ";
    pub const PLACE: &str = "かなりあのあたらしいばしょ";
    pub const SOCKET: &str = "かなりあそけっとのことば";
    pub const DRAFT: &str = "かなりあしたがきのことば";
    pub const GROUP: &str = "かなりあぐるうぷのなまえ";
    pub const FILE_NAME: &str = "canary-file-name.txt";
    pub const FILE: &str = "かなりあふぁいるのなかみ\n";
    pub const ALL: [&str; 14] = [
        FILE_NAME, NOTE, LOGIN, PASSWORD, PATH, QUERY, FIELD, HEADER, PERSON, LABEL, PLACE, SOCKET, DRAFT,
        GROUP,
    ];
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_typed_lies_readable_on_the_disk() {
    let lines = tempfile::tempdir().unwrap();
    let log = lines.path().join("lines");
    let writer = Mutex::new(File::create(&log).unwrap());
    let settings = Telemetry { level: Level::Debug, ..Telemetry::default() };
    telemetry::install_into(&settings, writer).unwrap();
    let mut text = include_str!("../src/story/small.toml").to_owned();
    for (word, canary) in STORY {
        assert!(text.contains(word), "{word} is a word of the story");
        text = text.replace(word, canary);
    }
    let premises = tasuki_tests::house::Premises::make(Engine::Sqlite, house::story(&(text + WEEK))).await;
    let house = House::open(premises).await;
    let secrets = type_everything(&house).await;

    let canaries: Vec<&str> = (STORY.iter().map(|(_, canary)| *canary))
        .chain(BODY)
        .chain(typed::ALL)
        .chain([typed::FILE.trim_end()])
        .chain(secrets.iter().map(String::as_str))
        .collect();
    let search = Search::new(canaries);
    // While the server runs, with what lies beside the database.
    let open = files(&house.data());
    assert!(open.iter().any(|path| path.to_string_lossy().ends_with("-wal")), "{open:?}");
    nothing_in(&search, &open);
    let premises = house.close().await;
    nothing_in(&search, &files(&premises.data()));
    assert!(std::fs::metadata(&log).unwrap().len() > 50, "the lines are not empty");
    nothing_in(&search, &[log]);
    // The search does find what is there: the same database with one canary planted at its end.
    let database = premises.data().join("tasuki.db");
    let mut planted = std::fs::read(&database).unwrap();
    assert!(planted.len() > 100_000);
    planted.extend_from_slice(typed::NOTE.as_bytes());
    assert_eq!(search.found(&planted).len(), 1);
}

/// Types canaries into everything that takes text; gives the secrets that were used meanwhile.
async fn type_everything(house: &House) -> Vec<String> {
    let care = house.signed_in("care").await;
    let staff = house.administrator("staff").await;
    let patients = care.expect("GET /api/v1/patients", &Value::Null).await;
    let first = &patients["patients"][0];
    assert_eq!(first["name"], "かなりあかんじゃしめい", "the canary is really in use");
    let patient = first["patient"].as_str().unwrap();
    right_requests(&staff, patient, first["organization"].as_str().unwrap()).await;
    if served(&care, "/api/v1/socket").await {
        live(&care, first["room"].as_str().unwrap()).await;
    }
    kept(&care, first["room"].as_str().unwrap()).await;
    wrong_requests(&care).await;
    let wish = json!({ "kind": "security_key", "label": typed::LABEL });
    care.ask("POST /api/v1/me/passkeys/options", &wish).await.unwrap();
    let cookie = care.client.cookie("__Host-tasuki").unwrap();
    let password = house.person("care").password.clone();
    vec![cookie, house.person("care").passkey.private_key_pkcs8.clone()]
        .into_iter()
        .chain(password.split('-').next().filter(|word| word.len() >= 12).map(str::to_owned))
        .collect()
}

async fn right_requests(staff: &Guest, patient: &str, organization: &str) {
    let consent = json!({ "giver": "patient", "classes": [1, 2], "from": 1_700_000_000_000_000_i64, "note": typed::NOTE });
    accepted(staff, &format!("POST /api/v1/patients/{patient}/consents"), &consent).await;
    let person = json!({
        "organization": organization, "login": "ordinary.login", "name": typed::PERSON,
        "reading": "しんじん", "romaji": "shinjin", "post": { "job_type": 6 },
    });
    accepted(staff, "POST /api/v1/people", &person).await;
    let place = json!({ "organization": organization, "kind": "floor", "name": typed::PLACE });
    accepted(staff, "POST /api/v1/places", &place).await;
}

async fn live(care: &Guest, room: &str) {
    let client = uuid::Uuid::now_v7();
    let post = json!({ "class": 3, "text": typed::SOCKET, "client_id": client, "written_at": now() });
    let mut socket = care.client.socket("/api/v1/socket").await.unwrap();
    socket.send(&json!({ "type": "hello", "id": 1 })).await.unwrap();
    socket.send(&json!({ "type": "open_room", "id": 2, "room": room })).await.unwrap();
    socket.send(&json!({ "type": "post_message", "id": 3, "room": room, "post": post })).await.unwrap();
    let wait = std::time::Duration::from_secs(10);
    let answer = socket.next_where(wait, |frame| frame["id"] == 3).await.unwrap();
    assert_eq!(answer["type"], "ack", "{answer}");
    socket.send_text(&format!("{{\"type\":\"{}\"", typed::FIELD)).await.unwrap();
    socket.close(1000).await;
}

/// What waits for its message: a draft, a file; and a group.
async fn kept(care: &Guest, room: &str) {
    if served(care, "/api/v1/rooms/{room}/draft").await {
        let draft = json!({ "text": typed::DRAFT, "class": 3 });
        accepted(care, &format!("PUT /api/v1/rooms/{room}/draft"), &draft).await;
        let group = json!({ "title": typed::GROUP, "members": [] });
        accepted(care, "POST /api/v1/rooms", &group).await;
    }
    let file = Call::new(Method::POST, &format!("/api/v1/rooms/{room}/attachments?class=3"))
        .bytes("application/octet-stream", typed::FILE.repeat(20))
        .header(HeaderName::from_static("x-file-name"), HeaderValue::from_static(typed::FILE_NAME));
    let kept = care.client.call(file).await.unwrap();
    assert!(kept.status.is_success(), "{} {}", kept.status, kept.json);
}

/// Types something that is taken.
async fn accepted(guest: &Guest, request: &str, body: &Value) {
    guest.expect(request, body).await;
}

/// Whether the description has a path.
async fn served(guest: &Guest, path: &str) -> bool {
    let description = guest.expect("GET /api/v1/openapi.json", &Value::Null).await;
    description["paths"].as_object().unwrap().contains_key(path)
}

async fn wrong_requests(guest: &Guest) {
    let wrong = json!({ "login": typed::LOGIN, "password": typed::PASSWORD });
    let refused = guest.ask("POST /api/v1/sign-in/password", &wrong).await.unwrap();
    assert_eq!(refused.status, 401);
    for request in [
        format!("GET /api/v1/{}", typed::PATH),
        format!("GET /api/v1/directory?words={}", typed::QUERY),
        format!("GET /api/v1/patients?{}=1", typed::QUERY),
        format!("GET /api/v1/patients/{}", typed::PATH),
    ] {
        guest.ask(&request, &Value::Null).await.unwrap();
    }
    let mut unknown = json!({});
    unknown[typed::FIELD] = json!(typed::FIELD);
    guest.ask("PUT /api/v1/me/password", &unknown).await.unwrap();
    let call = Call::new(Method::GET, "/api/v1/me")
        .header(header::USER_AGENT, HeaderValue::from_static(typed::HEADER));
    guest.client.call(call).await.unwrap();
}

fn nothing_in(search: &Search, files: &[PathBuf]) {
    for file in files {
        let found = search.found(&std::fs::read(file).unwrap());
        assert!(found.is_empty(), "{}: {found:?}", file.display());
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let each = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.flat_map(each).filter(|path| path.is_file()).collect()
}
