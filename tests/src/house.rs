//! A house: the whole service on free ports of this machine, over a small consortium made through the use cases.

use crate::Guest;
use sqlx::Connection;
use std::{
    io::Write as _,
    net::{SocketAddr, TcpListener},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tasuki_app::{
    clock::Clock,
    colleague::{Authenticator, Client, Door, Identity, Protocol},
    config::{Config, DatabaseUrl, Number},
    demo::{Credentials, DemoFolder, DeviceCredentials, PersonCredentials, Story},
    shutdown::Shutdown,
    startup::{self, Ports, StartProblem},
    tls::install_provider,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Which database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// In the data folder.
    Sqlite,
    /// On the server that `TASUKI_TEST_POSTGRES` names, in a database of its own.
    Postgres,
}

impl Engine {
    /// What can be tested on this machine: SQLite, and PostgreSQL where `TASUKI_TEST_POSTGRES` is set.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let server = std::env::var_os("TASUKI_TEST_POSTGRES");
        [Self::Sqlite].into_iter().chain(server.map(|_| Self::Postgres)).collect()
    }
}

/// A made house whose doors are closed: a folder with settings, keys, data, credentials and certificates.
pub struct Premises {
    folder: TempDir,
    /// Who can sign in, and with what.
    pub credentials: Credentials,
}

/// A house whose doors are open, in this process.
pub struct House {
    premises: Premises,
    shutdown: Shutdown,
    served: JoinHandle<Result<(), StartProblem>>,
}

impl Premises {
    /// Makes a consortium out of a story.
    ///
    /// # Panics
    /// When a use case of the story refuses.
    pub async fn make(engine: Engine, story: Story) -> Self {
        Self::make_with(engine, story, |_| {}).await
    }

    /// The same with settings adjusted.
    ///
    /// # Panics
    /// When a use case of the story refuses.
    pub async fn make_with(engine: Engine, story: Story, adjust: impl FnOnce(&mut Config)) -> Self {
        install_provider();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let demo = DemoFolder::at(folder.path()).expect("a folder");
        let mut config = demo.config(settings(engine, folder.path()).await);
        adjust(&mut config);
        demo.make_story(config, story).await.expect("the story is told to its end");
        let text = std::fs::read_to_string(demo.credentials()).expect("the credentials");
        Self { credentials: serde_json::from_str(&text).expect("the credentials"), folder }
    }

    /// The settings file, for a server in a process of its own.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.folder.path().join("tasuki.toml")
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder around everything.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What somebody signs in with.
    ///
    /// # Panics
    /// When the story has nobody of that key.
    #[must_use]
    pub fn person(&self, key: &str) -> &PersonCredentials {
        self.credentials.people.iter().find(|person| person.key == key).expect("a person of the story")
    }

    /// Where the device door is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        here(&self.credentials.url)
    }

    /// Where the door for enrolment is.
    #[must_use]
    pub fn enrolment_address(&self) -> SocketAddr {
        here(&self.credentials.enrolment_url)
    }

    /// A client on a device of the story, over HTTP/2; nobody is signed in.
    ///
    /// # Panics
    /// When the certificate does not parse.
    #[must_use]
    pub fn client(&self, device: &DeviceCredentials, protocol: Protocol) -> Client {
        let read = |path: &str| std::fs::read_to_string(path).expect("a file of the credentials");
        let identity = Identity::from_pem(&read(&device.certificate), &read(&device.key));
        let identity = identity.expect("a certificate with its key");
        let authority = read(&self.credentials.ca);
        let door = Door::new(self.address(), "localhost", &authority, Some(&identity), protocol);
        Client::new(door.expect("a door"))
    }

    /// A person at their own device, not signed in.
    #[must_use]
    pub fn guest(&self, key: &str) -> Guest {
        self.guest_over(key, Protocol::Http2)
    }

    /// The same over a chosen version of HTTP.
    ///
    /// # Panics
    /// When the stored security key does not parse.
    #[must_use]
    pub fn guest_over(&self, key: &str, protocol: Protocol) -> Guest {
        let person = self.person(key);
        let mut authenticator = Authenticator::new(&self.credentials.url);
        authenticator.import(&person.passkey).expect("a stored security key");
        let client = self.client(&person.device, protocol);
        Guest::new(client, (&person.login, &person.password), authenticator)
    }
}

impl House {
    /// Makes the small consortium and opens its doors.
    pub async fn start(engine: Engine) -> Self {
        Self::open(Premises::make(engine, small()).await).await
    }

    /// Opens the doors of a made house.
    ///
    /// # Panics
    /// When the server does not start.
    pub async fn open(premises: Premises) -> Self {
        let config = Config::load(Some(&premises.settings())).expect("the settings that were written");
        let shutdown = Shutdown::new(Duration::from_secs(1));
        let ask = || Err(std::io::ErrorKind::Unsupported.into());
        let house = startup::open(Arc::new(config), Clock::system(), true, ask).await;
        let house = house.expect("the house opens");
        let ports = Ports::bind(&house).expect("the port is free");
        let served = tokio::spawn(startup::serve(house, ports, shutdown.clone()));
        Self { premises, shutdown, served }
    }

    /// Somebody who is signed in.
    pub async fn signed_in(&self, key: &str) -> Guest {
        let mut guest = self.guest(key);
        guest.sign_in().await;
        guest
    }

    /// Somebody who is signed in and has just shown the security key again.
    pub async fn administrator(&self, key: &str) -> Guest {
        let mut guest = self.signed_in(key).await;
        guest.step_up().await;
        guest
    }

    /// Closes the doors and gives the made house back.
    ///
    /// # Panics
    /// When the server did not end well.
    pub async fn close(self) -> Premises {
        self.shutdown.begin();
        let ended = tokio::time::timeout(Duration::from_secs(20), self.served).await;
        ended.expect("the server ends in time").expect("no panic").expect("the server ends well");
        self.premises
    }
}

impl std::ops::Deref for House {
    type Target = Premises;

    fn deref(&self) -> &Premises {
        &self.premises
    }
}

/// The story of the small consortium: two employers and the office, one of everybody whom the rules tell apart.
///
/// # Panics
/// When the file beside this one does not parse.
#[must_use]
pub fn small() -> Story {
    story(include_str!("story/small.toml"))
}

/// A story from its text.
///
/// # Panics
/// When it does not parse.
#[must_use]
pub fn story(text: &str) -> Story {
    toml::from_str(text).expect("a story")
}

/// Now, as the wire writes it: microseconds UTC.
#[must_use]
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// The port of an address, on this machine.
fn here(url: &str) -> SocketAddr {
    let digits: String =
        url.chars().rev().skip_while(|last| *last == '/').take_while(char::is_ascii_digit).collect();
    let port = digits.chars().rev().collect::<String>().parse();
    SocketAddr::from(([127, 0, 0, 1], port.expect("an address with a port")))
}

/// Settings with free ports, and allowances that a test does not meet by accident.
async fn settings(engine: Engine, folder: &Path) -> Config {
    let mut config = Config::default();
    let ports: Vec<TcpListener> =
        (0..2).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
    let port = |listener: Option<&TcpListener>| {
        listener.and_then(|listener| listener.local_addr().ok()).map_or(0, |address| address.port())
    };
    config.server.listen.set_port(port(ports.first()));
    config.server.enrolment_listen.set_port(port(ports.last()));
    config.server.drain_seconds = Number::of(1);
    let rate = &mut config.limits.rate;
    (rate.device_per_second, rate.device_burst) = (Number::of(100_000), Number::of(100_000));
    (rate.person_per_second, rate.person_burst) = (Number::of(100_000), Number::of(100_000));
    (rate.organization_per_second, rate.organization_burst) = (Number::of(100_000), Number::of(100_000));
    (rate.sign_in_per_minute, rate.enrolment_per_minute) = (Number::of(10_000), Number::of(10_000));
    if engine == Engine::Postgres {
        let (url, password) = database().await;
        let file = folder.join("database-password");
        let mut private = std::fs::OpenOptions::new();
        let kept = private.write(true).create_new(true).mode(0o600).open(&file);
        kept.and_then(|mut kept| kept.write_all(password.as_bytes())).expect("a file for the password");
        config.database.url = DatabaseUrl::parse(&url).expect("an address without password");
        config.database.password_file = Some(file);
    }
    config
}

/// A database of its own on the server for tests: its address, and the password apart from it.
async fn database() -> (String, String) {
    let server = std::env::var("TASUKI_TEST_POSTGRES").expect("TASUKI_TEST_POSTGRES");
    let name = format!("tasuki_{}", Uuid::new_v4().simple());
    let mut connection = sqlx::PgConnection::connect(&server).await.expect("the server for tests");
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(create).execute(&mut connection).await.expect("a database");
    let address = server.split_once("://").and_then(|(_, rest)| rest.rsplit_once('/'));
    let (user, place) =
        address.and_then(|(place, _)| place.split_once('@')).expect("postgres://user@place/name");
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    (format!("postgres://{user}@{place}/{name}"), password.to_owned())
}
