use super::*;
use tasuki_domain::{
    access::{Action, ActorColumns, ActorKind, Detail, NewEntry, Outcome, Target},
    id::RequestId,
    time::Timestamp,
};
use tasuki_vault::RootKey;

fn keyring() -> Keyring {
    Keyring::unlock(RootKey::generate(&mut crate::store::entropy()))
}

fn founding() -> Founding {
    Founding { origin: "care.test/log".into(), rp_id: "care.test".into() }
}

fn opening(folder: &tempfile::TempDir) -> Opening {
    let url = format!("sqlite://{}", folder.path().join("tasuki.sqlite").display());
    Opening::new(url, Arc::new(|| Timestamp(1_790_000_000_000_000)))
}

fn entry() -> NewEntry {
    NewEntry {
        action: Action::Start,
        outcome: Outcome::Done,
        actor: ActorColumns {
            kind: ActorKind::Job,
            actor: Uuid::nil(),
            post: None,
            organization: None,
            device: None,
            session: None,
        },
        target: Target::NONE,
        request: RequestId::from_uuid(Uuid::nil()),
        detail: Detail::default().with("version", 1),
    }
}

#[tokio::test]
async fn refuses_an_empty_database_and_a_second_founding() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Store::open(opening(&folder), keyring()).await, Err(StoreError::Empty)));
    let store = Store::found(opening(&folder), keyring(), founding()).await.unwrap();
    store.close().await;
    assert!(matches!(Store::found(opening(&folder), keyring(), founding()).await, Err(StoreError::NotEmpty)));
    assert!(matches!(Store::open(opening(&folder), keyring()).await, Err(StoreError::WrongKey(_))));
}

#[tokio::test]
async fn entries_are_numbered_without_gaps_however_they_are_batched() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::found(opening(&folder), keyring(), founding()).await.unwrap();
    let all = futures::future::join_all((0..100).map(|_| store.append(entry()))).await;
    let mut indices: Vec<u64> = all.into_iter().map(|committed| committed.unwrap().entry()).collect();
    indices.sort_unstable();
    assert_eq!(indices, (0..100).collect::<Vec<_>>());
    assert_eq!(*store.log_size().borrow(), 100);
}

#[tokio::test]
async fn the_log_refuses_update_delete_and_replace() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::found(opening(&folder), keyring(), founding()).await.unwrap();
    store.append(entry()).await.unwrap();
    let mut connection = store.inner.backend.writer().await.unwrap();
    for sql in [
        "UPDATE access_entry SET outcome = 2",
        "DELETE FROM access_entry",
        "REPLACE INTO access_entry SELECT * FROM access_entry",
    ] {
        let refused = connection.run(sql).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
    }
}
