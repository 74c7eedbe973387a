//! The other door, for devices that have no certificate yet: two routes and their page, only while it is open, and
//! nothing of the device door behind it.

use super::dummy;
use serde_json::{Value, json};
use tasuki_app::{
    colleague::{Client, Door, Protocol},
    http::enrolment,
};
use tasuki_tests::{Engine, House};

/// What the page of this door is made of.
pub const PAGE: [&str; 4] = ["/", "/page.css", "/page.js", "/icon.svg"];

#[tokio::test(flavor = "multi_thread")]
async fn the_enrolment_door_has_two_routes_and_its_page_and_only_while_it_is_open() {
    let house = House::start(Engine::Sqlite).await;
    let (_, description) = enrolment::routes().split_for_parts();
    let known: Vec<&String> = description.paths.paths.keys().collect();
    assert_eq!(known, ["/enrolment", "/enrolment/authority.pem"], "a new route needs a line below");
    let visitor = visitor(&house);
    let wish = json!({ "code": "AAAAA-AAAAA-AAAAA-AAAAA", "password": "tasuki-2026-test" });
    let closed = visitor.get("/enrolment/authority.pem").await;
    assert!(closed.is_err() || closed.is_ok_and(|answer| answer.status == 403), "the door is closed");

    let system = house.administrator("system").await;
    system.expect("POST /api/v1/enrolment/window", &json!({ "minutes": 15 })).await;
    let visitor = self::visitor(&house);
    let pem = visitor.get("/enrolment/authority.pem").await.unwrap();
    assert_eq!(pem.status, 200);
    assert!(pem.body.starts_with(b"-----BEGIN CERTIFICATE-----"));
    let refused = visitor.post("/enrolment", &wish).await.unwrap();
    assert!([403, 422].contains(&refused.status.as_u16()), "{} {}", refused.status, refused.json);
    let care = house.signed_in("care").await;
    visitor.put_cookie("__Host-tasuki", &care.client.cookie("__Host-tasuki").unwrap());
    let api = care.expect("GET /api/v1/openapi.json", &Value::Null).await;
    for path in PAGE {
        assert_eq!(visitor.get(path).await.unwrap().status, 200, "{path} while the door is open");
    }
    let beside = ["/assets/index.js", "/sw.js", "/api/v1/openapi.json"];
    for path in api["paths"].as_object().unwrap().keys().map(String::as_str).chain(beside) {
        let path =
            path.split('{').next().unwrap().to_owned() + if path.contains('{') { dummy::FOREIGN } else { "" };
        assert_eq!(visitor.get(&path).await.unwrap().status, 404, "{path} without a certificate");
    }

    system.expect("DELETE /api/v1/enrolment/window", &Value::Null).await;
    for visitor in [visitor, self::visitor(&house)] {
        let closed = visitor.post("/enrolment", &wish).await;
        assert!(
            closed.is_err() || closed.is_ok_and(|answer| answer.status == 403),
            "the door is closed again"
        );
        let page = visitor.get("/").await;
        assert!(page.is_err() || page.is_ok_and(|answer| answer.status == 403), "and so is its page");
    }
    house.close().await;
}

/// Somebody without a certificate at the door for enrolment.
fn visitor(house: &House) -> Client {
    let authority = std::fs::read_to_string(&house.credentials.ca).unwrap();
    let door = Door::new(house.enrolment_address(), "localhost", &authority, None, Protocol::Http2);
    Client::new(door.unwrap())
}
