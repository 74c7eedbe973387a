//! Config room: which database, and nothing secret about it.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Number, problem::two_languages};

/// `[database]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite` (a file in the data folder), `sqlite:///path/file.db` or `postgres://…` without a password.
    pub url: DatabaseUrl,
    /// File that holds PostgreSQL's password; readable by the server's user only.
    pub password_file: Option<PathBuf>,
    /// Connections for reading.
    pub readers: Number<1, 256>,
    /// Connections for writing; SQLite always has exactly one.
    pub writers: Number<1, 64>,
    /// How long a caller waits for a connection.
    pub wait_ms: Number<100, 60_000>,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: DatabaseUrl::InDataFolder,
            password_file: None,
            readers: Number::of(8),
            writers: Number::of(8),
            wait_ms: Number::of(5_000),
        }
    }
}

/// Where the rows live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The embedded database `tasuki.db` in the data folder.
    InDataFolder,
    /// The embedded database at another absolute path.
    Sqlite(PathBuf),
    /// PostgreSQL; the text carries no password.
    Postgres(String),
}

impl DatabaseUrl {
    /// Checks a text; `None` when it breaks the rule of the key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "sqlite" {
            return Some(Self::InDataFolder);
        }
        if let Some(path) = text.strip_prefix("sqlite://") {
            let absolute = path.starts_with('/') && !path.contains(['?', '#']);
            return absolute.then(|| Self::Sqlite(path.into()));
        }
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"))?;
        is_safe_postgres(rest).then(|| Self::Postgres(text.into()))
    }

    fn text(&self) -> String {
        match self {
            Self::InDataFolder => "sqlite".into(),
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(url) => url.clone(),
        }
    }
}

/// No password inside, and certificates verified unless the database is on this very machine.
fn is_safe_postgres(rest: &str) -> bool {
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = before.split('/').next().unwrap_or_default();
    let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let mut parameters = query.split('&').filter_map(|pair| pair.split_once('='));
    let password = user.contains(':') || parameters.clone().any(|(name, _)| name == "password");
    let verified = parameters.any(|pair| pair == ("sslmode", "verify-full"));
    let other_host = query.split('&').any(|pair| pair.starts_with("host") && !pair.starts_with("host=/"));
    let host = if place.starts_with('[') {
        place.split(']').next().unwrap_or_default().trim_start_matches('[')
    } else {
        place.split(':').next().unwrap_or_default()
    };
    let here = matches!(host, "" | "localhost" | "127.0.0.1" | "::1") && !other_host;
    !password && (verified || here)
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(two_languages(
                "sqlite、sqlite:///絶対パス、またはパスワードを含まない postgres://… にしてください（別の機械なら sslmode=verify-full が必要です）",
                "must be sqlite, sqlite:///absolute/path, or postgres://… without a password (sslmode=verify-full unless on this machine)",
            ))
        })
    }
}
