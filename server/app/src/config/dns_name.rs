//! Config room: the server's own name. Knows the shape of a DNS name and nothing else.

use std::{fmt, net::IpAddr};

use serde::{Deserialize, Deserializer, Serialize, de};

use super::problem::two_languages;

/// A DNS name in lower case without a final dot (RFC 1123 labels, at most 253 characters); never an address,
/// because passkeys are bound to a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct DnsName(String);

impl DnsName {
    /// Checks a text; `None` when it is not such a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.len() <= 253 && text.split('.').all(is_label);
        let address = text.parse::<IpAddr>().is_ok();
        (fits && !address).then(|| Self(text.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn is_label(label: &str) -> bool {
    let allowed = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    allowed && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

impl<'de> Deserialize<'de> for DnsName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(two_languages(
                "小文字のDNS名にしてください（IPアドレスは使えません。例 tasuki.example.jp）",
                "must be a DNS name in lower case, not an IP address (tasuki.example.jp)",
            ))
        })
    }
}
