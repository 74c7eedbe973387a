//! wire: one's session, and the start screen of a device.

use super::matrix::Word;
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{DeviceId, OrganizationId, PersonId, PostId, SessionId},
    role::{HeldRole, Scope},
    time::Timestamp,
};
use utoipa::{IntoParams, ToSchema};

/// One's session.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub session: SessionId,
    /// Who one is.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// Under which post one acts.
    #[schema(value_type = Uuid)]
    pub post: PostId,
    /// As what: a number of the table of job types; null when the post has ended.
    pub job_type: Option<i16>,
    /// For which employer: the owner of the device.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// On which device.
    #[schema(value_type = Uuid)]
    pub device: DeviceId,
    /// Locked: nothing but a return and signing out is possible.
    pub locked: bool,
    /// The full sign-in, µs UTC.
    pub signed_in_at: i64,
    /// When it ends by itself, µs UTC.
    pub expires_at: i64,
    /// Locks after so many µs without activity.
    pub idle: i64,
    /// The last activity, µs UTC.
    pub last_activity_at: i64,
    /// Until when a fresh passkey counts, µs UTC; 0 without one.
    pub stepped_up_until: i64,
    /// What one administers.
    pub roles: Vec<Role>,
}

/// A role that one holds.
#[derive(Serialize, ToSchema)]
pub struct Role {
    /// `staff_administration`, `system_administration`, `audit` or `maintenance`.
    pub role: &'static str,
    /// For which organization; null for the whole consortium.
    #[schema(value_type = Option<Uuid>)]
    pub organization: Option<OrganizationId>,
}

impl From<HeldRole> for Role {
    fn from(held: HeldRole) -> Self {
        let organization = match held.scope {
            Scope::Organization(organization) => Some(organization),
            Scope::Consortium => None,
        };
        Self { role: held.role.text(), organization }
    }
}

/// A fresh passkey counts.
#[derive(Serialize, ToSchema)]
pub struct SteppedUp {
    /// Until then, µs UTC.
    pub stepped_up_until: i64,
}

/// What to show on the start screen.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StartQuestion {
    /// Everybody of the employer, not only those who work where the device stands.
    #[serde(default)]
    pub all: bool,
}

/// This device and who may sign in on it.
#[derive(Serialize, ToSchema)]
pub struct StartScreen {
    /// The device.
    #[schema(value_type = Uuid)]
    pub device: DeviceId,
    /// `shared`, `personal` or `desktop`.
    pub kind: &'static str,
    /// Its owner.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// The owner's name.
    pub organization_name: String,
    /// Where it stands, from the top down; empty when it moves.
    pub place: Vec<String>,
    /// Locks after so many µs without activity.
    pub idle: i64,
    /// A sign-in ends by itself after so many hours.
    pub longest_hours: i64,
    /// Whether a return takes the passkey alone.
    pub return_by_passkey: bool,
    /// When the certificate that the device shows ends (µs UTC): from then on no request of it is answered.
    #[schema(value_type = i64)]
    pub certificate_until: Timestamp,
    /// Who may sign in here, by reading.
    pub people: Vec<StartPerson>,
    /// The words of their job types.
    pub job_types: Vec<Word>,
    /// Who is signed in already, locked or not; null when nobody is.
    pub session: Option<Session>,
}

/// Somebody who may sign in here.
#[derive(Serialize, ToSchema)]
pub struct StartPerson {
    /// The person.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// The version of the name.
    pub version: i64,
    /// As written.
    pub name: String,
    /// In kana.
    pub reading: String,
    /// In Latin letters; may be empty.
    pub romaji: String,
    /// The posts to act under here.
    pub posts: Vec<StartPost>,
    /// Signed in this shift: name and passkey suffice.
    pub returns: bool,
}

/// A post to act under.
#[derive(Serialize, ToSchema)]
pub struct StartPost {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub post: PostId,
    /// A number of the table of job types.
    pub job_type: i16,
    /// Where, from the top down; empty for the whole employer.
    pub place: Vec<String>,
}

/// A session of one's own page.
#[derive(Serialize, ToSchema)]
pub struct OwnSession {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub session: SessionId,
    /// Under which post.
    #[schema(value_type = Uuid)]
    pub post: PostId,
    /// On which device.
    #[schema(value_type = Uuid)]
    pub device: DeviceId,
    /// Of which kind that is: `shared`, `personal` or `desktop`; null when it left the register.
    pub kind: Option<&'static str>,
    /// What its sticker says; null when that cannot be read.
    pub label: Option<String>,
    /// The full sign-in, µs UTC.
    pub signed_in_at: i64,
    /// When it ends by itself, µs UTC.
    pub expires_at: i64,
    /// Kept at most two minutes late, µs UTC.
    pub last_activity_at: i64,
}
