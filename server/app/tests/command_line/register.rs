//! People and devices from the console, with and without a running server.

use crate::{
    house::House,
    program::{Ended, run},
};
use tasuki_app::{
    console::{self, SOCKET},
    usecase::device_authority::found_authority,
};
use tokio_util::sync::CancellationToken;

async fn typed(house: &House, arguments: &[&str]) -> Ended {
    let settings = house.settings.clone();
    let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
    tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run(&settings, &arguments, "")
    })
    .await
    .unwrap()
}

async fn organization(house: &House) {
    let create = ["organization", "create", "--name", "架空薬局", "--kind", "薬局", "--reason", "加入"];
    typed(house, &create).await.succeeded();
}

async fn through_everything(house: &House) {
    organization(house).await;
    let create = [
        "person",
        "create",
        "--organization",
        "架空薬局",
        "--login",
        "suzuki",
        "--name",
        "鈴木 一郎",
        "--reading",
        "すずき いちろう",
        "--job-type",
        "薬剤師",
    ];
    let silent = typed(house, &create).await;
    assert!(silent.code == 1 && silent.errors.contains("--reason"), "{}", silent.errors);
    let with_reason = |arguments: &[&'static str]| [arguments, &["--reason", "入職"]].concat();
    typed(house, &with_reason(&create)).await.succeeded();
    let again = typed(house, &with_reason(&create)).await;
    assert!(again.code == 1 && again.errors.contains("すでに使われています"), "{}", again.errors);
    let code = typed(house, &with_reason(&["person", "code", "suzuki"])).await.succeeded();
    assert!(code.out.contains("登録コード: "), "{}", code.out);
    typed(house, &with_reason(&["person", "role", "give", "suzuki", "監査"])).await.succeeded();
    let both = typed(house, &with_reason(&["person", "role", "give", "suzuki", "職員管理"])).await;
    assert_eq!(both.code, 1, "{}", both.out);
    let listed = typed(house, &["person", "list"]).await.succeeded().out;
    let line = listed.lines().find(|line| line.contains("suzuki")).unwrap();
    assert!(
        line.contains("鈴木 一郎")
            && line.contains("薬剤師")
            && line.contains("監査")
            && line.contains("有効"),
        "{line}"
    );
    let device =
        ["device", "create", "--organization", "架空薬局", "--label", "調剤室 1", "--kind", "shared"];
    let created = typed(house, &with_reason(&device)).await.succeeded().out;
    assert!(created.contains("受付が閉じています"), "{created}");
    let id = created.lines().find_map(|line| line.strip_prefix("端末のID: ")).unwrap().to_owned();
    typed(house, &with_reason(&["enrolment", "open", "--minutes", "5"])).await.succeeded();
    assert!(typed(house, &["check"]).await.out.contains("▲ 端末登録の受付"));
    typed(house, &with_reason(&["enrolment", "close"])).await.succeeded();
    typed(house, &["device", "revoke", &id, "--reason", "紛失"]).await.succeeded();
    let devices = typed(house, &["device", "list"]).await.succeeded().out;
    assert!(devices.lines().any(|line| line.contains("調剤室 1") && line.contains("失効")), "{devices}");
    typed(house, &with_reason(&["person", "disable", "suzuki"])).await.succeeded();
    assert!(typed(house, &["person", "list"]).await.out.contains("停止"));
    let nobody = typed(house, &with_reason(&["person", "code", "nobody"])).await;
    assert_eq!(nobody.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_devices_without_a_server() {
    for house in House::each().await {
        let open = house.open().await;
        found_authority(&open.services, &crate::house::console()).await.unwrap();
        open.services.store.close().await;
        drop(open);
        through_everything(&house).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_devices_through_a_running_server() {
    for house in House::each().await {
        let open = house.open().await;
        found_authority(&open.services, &crate::house::console()).await.unwrap();
        let stop = CancellationToken::new();
        let (services, data, until) = (open.services.clone(), house.path("data"), stop.clone());
        let serving = tokio::spawn(async move { console::serve(services, &data, until).await });
        while !house.path("data").join(SOCKET).exists() {
            tokio::task::yield_now().await;
        }
        through_everything(&house).await;
        stop.cancel();
        serving.await.unwrap().unwrap();
        open.services.store.close().await;
    }
}
