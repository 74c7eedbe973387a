//! colleague: the cookies of one browser profile, kept by a browser's rules for the `__Host-` prefix.

use std::collections::BTreeMap;

/// Cookies by name. All belong to one host, so path and domain need no comparison.
#[derive(Default, Clone)]
pub(super) struct CookieJar {
    cookies: BTreeMap<String, String>,
}

impl CookieJar {
    /// Takes one `Set-Cookie` value. A `__Host-` cookie without `Secure` and `Path=/`, or with
    /// `Domain`, is dropped, as browsers do (RFC 6265bis section 4.1.3.2); an expired one is removed.
    pub(super) fn take(&mut self, set_cookie: &str) {
        let mut parts = set_cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let attributes: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        let has = |wanted: &str| attributes.iter().any(|attribute| attribute == wanted);
        let domain = attributes.iter().any(|entry| entry.starts_with("domain"));
        if name.starts_with("__Host-") && (!has("secure") || !has("path=/") || domain) {
            return;
        }
        let expired = attributes.iter().any(|attribute| {
            attribute.strip_prefix("max-age=").is_some_and(|age| age == "0" || age.starts_with('-'))
        });
        if expired || value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub(super) fn put(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub(super) fn clear(&mut self) {
        self.cookies.clear();
    }

    /// The `Cookie` header, or None without cookies.
    pub(super) fn header(&self) -> Option<String> {
        let pairs: Vec<String> =
            (self.cookies.iter()).map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::CookieJar;

    #[test]
    fn keeps_a_host_cookie_only_with_secure_path_and_without_domain() {
        let mut jar = CookieJar::default();
        jar.take("__Host-a=1; Path=/; HttpOnly");
        jar.take("__Host-b=1; Secure; Path=/x");
        jar.take("__Host-c=1; Secure; Path=/; Domain=tasuki.example");
        assert_eq!(jar.header(), None);
        jar.take("__Host-d=1; Secure; Path=/; HttpOnly; SameSite=Strict");
        jar.take("theme=dark");
        assert_eq!(jar.header().as_deref(), Some("__Host-d=1; theme=dark"));
        jar.take("__Host-d=; Secure; Path=/; Max-Age=0");
        assert_eq!(jar.header().as_deref(), Some("theme=dark"));
    }
}
