//! Opening the house, line by line: settings → lock → key → store → door → listen. Each line takes what the line
//! above returned; the first that fails says why, and no port opens before the last.

mod serve;
mod tasks;

pub use serve::{Ports, serve};

use crate::{
    clock::Clock,
    config::{Config, ConfigProblems, DatabaseUrl, read_secret_file},
    data_lock::DataLock,
    tls::TlsError,
    unlock::{UnlockProblem, unlock},
    usecase::{Services, sign_in::AttestationProblem},
};
use secrecy::ExposeSecret;
use std::{io, sync::Arc};
use tasuki_store::{Opening, Store, StoreError, table::checkpoint::LogProblem};

/// Origin lines of demonstration logs begin with this.
pub const DEMO_ORIGIN: &str = "demo.";

/// What keeps the server from starting.
#[derive(Debug, thiserror::Error)]
pub enum StartProblem {
    /// Settings name files that are missing or open to others.
    #[error("{}", .0.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Settings(ConfigProblems),
    /// Another process writes already.
    #[error("another tasuki process is using this data folder")]
    InUse,
    /// The data folder or a port cannot be used.
    #[error("a file or port cannot be used")]
    Io(#[from] io::Error),
    /// The root key does not open.
    #[error(transparent)]
    Unlock(#[from] UnlockProblem),
    /// The store does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The end of the access log is not as it was signed.
    #[error(
        "the access log is not as it was signed, so the server does not start on it; run `tasuki audit verify` and keep \
         this data as evidence: {0}"
    )]
    Log(#[from] LogProblem),
    /// Demonstration data without `--demo`.
    #[error("this is demonstration data: `tasuki serve` takes it only with --demo")]
    Demo,
    /// The settings name another server than the data.
    #[error(
        "server.name is {configured}, but passkeys of this data are bound to {stored}; it cannot change after init"
    )]
    Name {
        /// As configured.
        configured: String,
        /// As stored by `init`.
        stored: String,
    },
    /// Something in the house itself failed.
    #[error("the house cannot be opened")]
    House(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The list of attestation authorities cannot be used.
    #[error(transparent)]
    Attestation(#[from] AttestationProblem),
    /// The door cannot be built.
    #[error("the door cannot be opened")]
    Tls(#[from] TlsError),
}

/// The open house, before its doors open.
pub struct House {
    /// What the use cases are given.
    pub services: Services,
    _lock: DataLock,
}

/// Opens the house; `ask` is called for a passphrase where one is needed.
///
/// # Errors
/// [`StartProblem`]: nothing has been changed and no port is open.
pub async fn open(
    config: Arc<Config>,
    clock: Clock,
    demo: bool,
    ask: impl FnMut() -> io::Result<String>,
) -> Result<House, StartProblem> {
    let problems = config.problems_on_this_machine();
    if !problems.is_empty() {
        return Err(StartProblem::Settings(ConfigProblems(problems)));
    }
    let lock = DataLock::take(&config.server.data_folder)?.ok_or(StartProblem::InUse)?;
    let keyring = unlock(&config, ask)?;
    let store = Store::open(opening(&config, &clock)?, keyring).await?;
    if store.origin().starts_with(DEMO_ORIGIN) && !demo {
        return Err(StartProblem::Demo);
    }
    let configured = config.server.name.as_str();
    if store.rp_id() != configured {
        return Err(StartProblem::Name { configured: configured.into(), stored: store.rp_id().into() });
    }
    store.synchronise_sessions().await?;
    Ok(House { services: Services::new(store, clock, config).with_attestation()?, _lock: lock })
}

/// How the configured database is opened.
///
/// # Errors
/// When the password file cannot be read.
pub fn opening(config: &Config, clock: &Clock) -> Result<Opening, StartProblem> {
    let url = match &config.database.url {
        DatabaseUrl::InDataFolder => {
            format!("sqlite://{}", config.server.data_folder.join("tasuki.db").display())
        }
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let told = clock.clone();
    let mut opening = Opening::new(url, Arc::new(move || told.now()));
    opening.batch = config.limits.writer.batch.count();
    opening.queue = config.limits.writer.queue.count();
    opening.look_window = i64::try_from(config.log.look_window_seconds.get()).unwrap_or(60) * 1_000_000;
    opening.readers = config.database.readers.small();
    opening.wait = config.database.wait_ms.milliseconds();
    if let Some(file) = &config.database.password_file {
        let secret = read_secret_file("database.password_file", file)
            .map_err(|problem| StartProblem::Settings(ConfigProblems(vec![problem])))?;
        opening.password =
            Some(zeroize::Zeroizing::new(String::from_utf8_lossy(secret.expose_secret()).into_owned()));
    }
    Ok(opening)
}
