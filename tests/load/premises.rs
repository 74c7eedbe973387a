//! The house that is measured: one home whose fifty care workers are all in the care teams of four patients, made
//! through the use cases. Whatever the bench needs of the server stands in its settings.

use crate::{consortium, line::Seat, process::Process};
use futures::{StreamExt, stream};
use serde_json::Value;
use std::{fmt::Write, path::Path};
use tasuki_app::{
    colleague::Protocol,
    config::{Config, Number},
    demo::DeviceCredentials,
};
use tasuki_tests::{
    Engine,
    house::{self, Premises},
};

/// Members of the room.
pub const MEMBERS: usize = 50;
/// Devices of each of them, with a session each: so that a storm comes from many.
const DEVICES: usize = 10;
/// Patients, whose rooms all members may open.
const PATIENTS: usize = 4;
/// Connections that each session holds in the storm: one for each room, so that each has a look of its own.
pub const CONNECTIONS: usize = MEMBERS * DEVICES * PATIENTS;

/// Makes the house.
pub async fn make() -> Premises {
    Premises::make_with(Engine::Sqlite, house::story(&story()), adjust).await
}

/// The settings of tests (allowances that one machine full of generators does not meet), and longer queues: the
/// generator's fifty readers share two cores with the server and may lag behind a flood.
fn adjust(config: &mut Config) {
    config.limits.socket_queue_frames = Number::of(16_384);
    config.limits.handshakes_in_flight = Number::of(256);
}

fn story() -> String {
    let mut text = String::from(
        r#"
[[organization]]
key = "home"
kind = "nursing_home"
name = "特別養護老人ホームはやて"
romaji = "hayate"
telephone = "0555-10-1000"
places = [{ key = "floor", kind = "floor", name = "2階" }]
[[organization]]
key = "office"
kind = "consortium_office"
name = "地域連携協議会事務局"
romaji = "jimukyoku"
telephone = "0555-10-9000"
places = [{ key = "office-room", kind = "office", name = "事務室" }]
"#,
    );
    let mut person = |key: &str, login: &str, organization: &str, place: &str, rest: &str| {
        let name = "測定 一郎";
        write!(
            text,
            "[[person]]\nkey = \"{key}\"\nlogin = \"{login}\"\nname = \"{name}\"\nreading = \"そくてい いちろう\"\n\
             organization = \"{organization}\"\nplace = \"{place}\"\n{rest}\n"
        )
        .expect("text grows");
    };
    person("yoshida", "keiko.yoshida", "office", "office-room", "job_type = 11\ndevice = \"office-pc\"");
    let manager = "job_type = 11\ndevice = \"home-pc\"\nroles = [{ role = \"staff_administration\", organization = \"home\" }]";
    person("staff", "shinji.kimura", "home", "floor", manager);
    for member in 0..MEMBERS {
        let device = format!("job_type = 6\ndevice = \"{}\"", device(member, 0));
        person(&key(member), &format!("member.{member:03}"), "home", "floor", &device);
    }
    let mut desk = |key: &str, organization: &str, place: &str| {
        write!(
            text,
            "[[device]]\nkey = \"{key}\"\norganization = \"{organization}\"\nplace = \"{place}\"\nkind = \"desktop\"\nlabel = \"{key}\"\n"
        )
        .expect("text grows");
    };
    desk("office-pc", "office", "office-room");
    desk("home-pc", "home", "floor");
    (0..MEMBERS).flat_map(|member| (0..DEVICES).map(move |number| device(member, number))).for_each(|key| {
        desk(&key, "home", "floor");
    });
    for patient in 0..PATIENTS {
        write!(
            text,
            "[[patient]]\nkey = \"p{patient}\"\nname = \"患者 {patient}\"\nreading = \"かんじゃ\"\nsex = \"female\"\nbirth = \"1938-05-06\"\n\
             organization = \"home\"\nplace = \"floor\"\nroom = \"20{patient}\"\ncare_level = \"要介護4\"\nteam = []\nfloor = \"floor\"\n"
        )
        .expect("text grows");
    }
    text
}

fn key(member: usize) -> String {
    format!("m{member:03}")
}

fn device(member: usize, number: usize) -> String {
    format!("m{member:03}-{number}")
}

/// Everybody who is signed in, and the rooms.
pub struct Visitors {
    /// A seat for each member and device, the members' first devices first.
    pub seats: Vec<Seat>,
    /// The rooms of all patients.
    pub rooms: Vec<String>,
}

/// Signs every member in on every device, through the door.
pub async fn sign_in(premises: &Premises, _server: &Process) -> Visitors {
    let authority = std::fs::read_to_string(&premises.credentials.ca).expect("the authority");
    let all = stream::iter(0..MEMBERS)
        .map(|member| seats_of(premises, &authority, member))
        .buffered(8)
        .collect::<Vec<(Vec<Seat>, Vec<String>)>>()
        .await;
    let rooms = all.first().map(|(_, rooms)| rooms.clone()).unwrap_or_default();
    assert_eq!(rooms.len(), PATIENTS, "a member sees the patients' rooms");
    let turn = |number: usize| all.iter().filter_map(move |(seats, _)| seats.get(number).cloned());
    let seats: Vec<Seat> = (0..DEVICES).flat_map(turn).collect();
    assert_eq!(seats.len(), MEMBERS * DEVICES);
    Visitors { seats, rooms }
}

/// One member's seats, and the rooms that this member sees.
async fn seats_of(premises: &Premises, authority: &str, member: usize) -> (Vec<Seat>, Vec<String>) {
    let mut guest = premises.guest_over(&key(member), Protocol::Http1);
    let certificates = Path::new(&premises.person(&key(member)).device.certificate).parent();
    let certificates = certificates.expect("a folder of certificates");
    let (mut seats, mut rooms) = (Vec::new(), Vec::new());
    for number in 0..DEVICES {
        let path = |ending: &str| certificates.join(format!("{}.{ending}", device(member, number)));
        let path = |ending: &str| path(ending).display().to_string();
        let files = DeviceCredentials {
            certificate: path("pem"),
            key: path("key"),
            p12: path("p12"),
            p12_password: String::new(),
        };
        guest.client = premises.client(&files, Protocol::Http1);
        guest.sign_in().await;
        let read = |file: &str| std::fs::read_to_string(file).expect("a certificate");
        let pair = (&*read(&files.certificate), &*read(&files.key));
        let door = consortium::door(premises.address(), authority, pair);
        seats.push(Seat { door, cookie: guest.client.cookie("__Host-tasuki") });
        if rooms.is_empty() {
            let known = guest.expect("GET /api/v1/rooms", &Value::Null).await;
            let known = known.get("rooms").and_then(Value::as_array).cloned().unwrap_or_default();
            let room = |room: &Value| room.get("room").and_then(Value::as_str).map(str::to_owned);
            rooms = known.iter().filter_map(room).collect();
            rooms.sort_unstable();
        }
    }
    (seats, rooms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_has_everybody_in_it() {
        let story = house::story(&story());
        assert_eq!(story.person.len(), MEMBERS + 2);
        assert_eq!(story.device.len(), MEMBERS * DEVICES + 2);
        assert_eq!(story.patient.len(), PATIENTS);
        let device = |key: &str| story.device.iter().any(|device| device.key == key);
        assert!(story.person.iter().all(|person| device(&person.device)));
    }
}
