//! A founded house in a folder of its own, on SQLite or PostgreSQL.

use rand::{rand_core::UnwrapErr, rngs::SysRng};
use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tasuki_app::{
    backup::{RECIPIENTS, RecoveryIdentity},
    clock::Clock,
    config::Config,
    startup,
};
use tasuki_domain::{
    id::RequestId,
    policy::{Actor, Caller, Operator},
};
use tasuki_store::{Founding, Store};
use tasuki_vault::{Keyring, RootKey, key_file::plain_text, recovery_sheet::RecoverySheet};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A PostgreSQL server given for tests, and how to reach it without a password in the URL.
pub struct Server {
    /// `postgres://user@host:port`.
    pub place: String,
    /// The superuser's password.
    pub password: String,
    url: String,
}

impl Server {
    /// The server that the environment names.
    pub fn given() -> Option<Self> {
        let url = std::env::var("TASUKI_TEST_POSTGRES").ok()?;
        let (scheme, rest) = url.split_once("://")?;
        let (user, place) = rest.rsplit_once('@')?;
        let (name, password) = user.split_once(':')?;
        let place = place.rsplit_once('/').map_or(place, |(place, _)| place);
        Some(Self {
            place: format!("{scheme}://{name}@{place}"),
            password: password.to_owned(),
            url: url.clone(),
        })
    }

    /// An empty database of its own.
    pub async fn database(&self) -> String {
        use sqlx::Connection as _;
        let name = format!("tasuki_{}", Uuid::new_v4().simple());
        let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
        format!("{}/{name}", self.place)
    }
}

/// A house that was founded, and what its people keep in their safe.
pub struct House {
    pub folder: tempfile::TempDir,
    pub settings: PathBuf,
    pub identity: RecoveryIdentity,
    pub root: RootKey,
}

impl House {
    /// On SQLite, and on PostgreSQL where a server is given.
    pub async fn each() -> Vec<Self> {
        let mut houses = vec![Self::found(None).await];
        if let Some(server) = Server::given() {
            houses.push(Self::found(Some(&server)).await);
        }
        houses
    }

    /// Founds one.
    pub async fn found(server: Option<&Server>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path(), server).await;
        let root = RootKey::generate(&mut UnwrapErr(SysRng));
        private(&folder.path().join("root.key"), plain_text(&root).as_bytes());
        let identity = RecoveryIdentity::generate();
        fs::create_dir(folder.path().join("data")).unwrap();
        fs::create_dir(folder.path().join("backups")).unwrap();
        fs::write(folder.path().join("data").join(RECIPIENTS), identity.public()).unwrap();
        let house = Self { folder, settings, identity, root };
        let opening = startup::opening(&house.config(), &Clock::system()).unwrap();
        let founding = Founding { origin: "care.test/tasuki".into(), rp_id: "care.test".into() };
        let keyring = Keyring::unlock(RootKey::from_bytes(&Zeroizing::new(*house.root.expose())));
        Store::found(opening, keyring, founding).await.unwrap().close().await;
        house
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn config(&self) -> Arc<Config> {
        Arc::new(Config::load(Some(&self.settings)).unwrap())
    }

    /// Opens it in this process.
    pub async fn open(&self) -> startup::House {
        startup::open(self.config(), Clock::system(), false, || unreachable!()).await.unwrap()
    }

    /// The five lines of the sheet.
    pub fn sheet(&self) -> String {
        RecoverySheet::from(&self.root).text().lines().skip(1).fold(String::new(), |mut text, line| {
            writeln!(text, "{line}").unwrap();
            text
        })
    }
}

/// Settings for a house in this folder.
pub async fn settings(folder: &Path, server: Option<&Server>) -> PathBuf {
    let path = folder.join("tasuki.toml");
    let at = folder.display();
    let mut text = format!(
        "[server]\nname = \"care.test\"\nlisten = \"127.0.0.1:0\"\nenrolment_listen = \"127.0.0.1:0\"\n\
         data_folder = \"{at}/data\"\n[unlock]\nkey_file = \"{at}/root.key\"\n[backup]\nfolder = \"{at}/backups\"\ngenerations = 3\n"
    );
    if let Some(server) = server {
        let password = folder.join("password");
        private(&password, server.password.as_bytes());
        let url = server.database().await;
        write!(text, "[database]\nurl = \"{url}\"\npassword_file = \"{at}/password\"\n").unwrap();
    }
    fs::write(&path, text).unwrap();
    path
}

/// Writes a file for its user only.
pub fn private(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// Somebody at the console.
pub fn console() -> Caller {
    Caller {
        actor: Actor::Operator(Operator { user: "root".into(), host: "home".into(), reason: "test".into() }),
        request: RequestId::from_uuid(Uuid::new_v4()),
        source: None,
        certificate: None,
    }
}
