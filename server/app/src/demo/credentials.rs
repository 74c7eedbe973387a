//! What a program needs to act as the demonstration's people: `demo/credentials.json`.

use crate::colleague::StoredPasskey;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The device door.
    pub url: String,
    /// The enrolment door; closed until an administrator opens it.
    pub enrolment_url: String,
    /// PEM file of the authority.
    pub ca: String,
    /// Everybody.
    pub people: Vec<PersonCredentials>,
    /// People who are registered and have never signed in.
    #[serde(default)]
    pub newcomers: Vec<Newcomer>,
}

/// Somebody who is registered and has never signed in: whoever has the code signs in as them, with a key of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newcomer {
    /// Name within the story.
    pub key: String,
    /// The person's id.
    pub person: Uuid,
    /// Login name.
    pub login: String,
    /// Name.
    pub name: String,
    /// Employer's name.
    pub organization: String,
    /// Japanese name of the job type.
    pub job_type: String,
    /// Names of the roles.
    pub roles: Vec<String>,
    /// The one-time code, confirmed by a second person; none before the server was first served, and none any more
    /// after it was used.
    pub code: Option<String>,
    /// Until when it may be used (µs UTC).
    pub code_until: Option<i64>,
    /// The device on which this person signs in.
    pub device: DeviceCredentials,
}

/// One person.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonCredentials {
    /// Name within the story.
    pub key: String,
    /// Login name.
    pub login: String,
    /// Name.
    pub name: String,
    /// Employer's name.
    pub organization: String,
    /// Japanese name of the job type.
    pub job_type: String,
    /// Names of the roles.
    pub roles: Vec<String>,
    /// Password.
    pub password: String,
    /// Security key, importable into a browser's virtual authenticator.
    pub passkey: StoredPasskey,
    /// The device on which this person signs in.
    pub device: DeviceCredentials,
}

/// A device: paths of files beside the credentials.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceCredentials {
    /// PEM file of the certificate.
    pub certificate: String,
    /// PEM file of the key.
    pub key: String,
    /// PKCS#12 file with both.
    pub p12: String,
    /// Its password.
    pub p12_password: String,
}
