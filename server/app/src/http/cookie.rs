//! The sign-in cookie: opaque, for this host only, out of reach of scripts, never sent from another site.

use super::{Problem, guard::COOKIE};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use zeroize::Zeroizing;

/// An answer that sets the cookie. It has no age of its own: the server ends the session, and a browser that is closed
/// forgets it.
pub(super) fn with_token(token: &Zeroizing<String>, body: impl IntoResponse) -> Result<Response, Problem> {
    let cookie =
        Zeroizing::new(format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Strict", token.as_str()));
    let mut value = HeaderValue::from_str(&cookie).map_err(|_| Problem::failed())?;
    value.set_sensitive(true);
    let mut response = body.into_response();
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}

/// An empty answer that takes the cookie away.
pub(super) fn without_token() -> Response {
    let gone =
        HeaderValue::from_static("__Host-tasuki=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, gone);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_keeps_to_this_host_and_away_from_scripts() {
        let token = Zeroizing::new("secret".to_owned());
        let response = with_token(&token, StatusCode::OK).unwrap();
        let set = response.headers()[header::SET_COOKIE].to_str().unwrap();
        assert_eq!(set, "__Host-tasuki=secret; Path=/; Secure; HttpOnly; SameSite=Strict");
        let gone = without_token();
        assert!(gone.headers()[header::SET_COOKIE].to_str().unwrap().starts_with(&format!("{COOKIE}=;")));
    }
}
