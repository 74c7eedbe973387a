//! Config room: files that come in, and the virus scanner that looks at them.

use std::{net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Number, problem::two_languages};

/// `[files]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    /// Memory for files that are coming in at the same time; more wait a moment.
    pub upload_memory_bytes: Number<1_048_576, 8_589_934_592>,
    /// How long a file waits for that memory before its sender is told to come back.
    pub upload_wait_seconds: Number<1, 60>,
    /// Until a file that is coming in must be there.
    pub upload_seconds: Number<10, 3_600>,
    /// Pictures drawn anew at the same time; each may take 512 MiB for a moment.
    pub pictures_at_once: Number<1, 64>,
    /// A file that no message took goes after so many hours.
    pub orphan_hours: Number<1, 720>,
    /// The virus scanner (clamd); without one nothing is scanned.
    pub scanner: Option<ScannerAddress>,
    /// Until the scanner must have answered.
    pub scanner_seconds: Number<1, 600>,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            upload_memory_bytes: Number::of(134_217_728),
            upload_wait_seconds: Number::of(10),
            upload_seconds: Number::of(300),
            pictures_at_once: Number::of(2),
            orphan_hours: Number::of(24),
            scanner: None,
            scanner_seconds: Number::of(60),
        }
    }
}

/// Where clamd listens: on this machine only, because files go there in clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerAddress {
    /// A Unix socket, `unix:///run/clamav/clamd.ctl`.
    Unix(PathBuf),
    /// A port of this machine, `tcp://127.0.0.1:3310`.
    Tcp(SocketAddr),
}

impl ScannerAddress {
    /// Checks a text; `None` when it breaks the rule of the key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(path) = text.strip_prefix("unix://") {
            return path.starts_with('/').then(|| Self::Unix(path.into()));
        }
        let address: SocketAddr = text.strip_prefix("tcp://")?.parse().ok()?;
        (address.ip().is_loopback() && address.port() != 0).then_some(Self::Tcp(address))
    }
}

impl Serialize for ScannerAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unix(path) => serializer.collect_str(&format_args!("unix://{}", path.display())),
            Self::Tcp(address) => serializer.collect_str(&format_args!("tcp://{address}")),
        }
    }
}

impl<'de> Deserialize<'de> for ScannerAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(two_languages(
                "unix:///絶対パス、またはこの機械の tcp://127.0.0.1:番号 にしてください",
                "must be unix:///absolute/path, or a port of this machine as tcp://127.0.0.1:number",
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ScannerAddress;

    #[test]
    fn files_never_go_to_another_machine() {
        for wrong in
            ["", "clamd", "unix://relative", "tcp://192.0.2.1:3310", "tcp://127.0.0.1:0", "127.0.0.1:3310"]
        {
            assert_eq!(ScannerAddress::parse(wrong), None, "{wrong}");
        }
        for right in ["unix:///run/clamav/clamd.ctl", "tcp://127.0.0.1:3310", "tcp://[::1]:3310"] {
            let address = ScannerAddress::parse(right).unwrap();
            assert_eq!(serde_json::to_value(address).unwrap(), right);
        }
    }
}
