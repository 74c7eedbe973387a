//! One's own page: where one is signed in, and with which passkeys.

use super::tools;
use crate::usecase::{Services, UseCaseError};
use std::collections::HashMap;
use tasuki_domain::{
    access::Detail,
    id::DeviceId,
    policy::{Caller, ReadOwnPage},
};
use tasuki_store::table::{
    device,
    passkey::{self, Passkey},
    person::{self, PersonRecord},
    session::{self, OwnSession},
};

/// What the page shows.
pub struct OwnPage {
    /// The person's own row of the register.
    pub person: PersonRecord,
    /// Where one is signed in.
    pub sessions: Vec<OwnSession>,
    /// One's passkeys.
    pub passkeys: Vec<Passkey>,
    /// What the stickers say of the devices that these name: all were in this person's hands.
    pub labels: HashMap<DeviceId, String>,
}

/// Reads one's own page; the look is recorded.
///
/// # Errors
/// A refusal.
pub async fn read_own_page(services: &Services, caller: &Caller) -> Result<OwnPage, UseCaseError> {
    let person = tools::own_session(caller)?.person;
    let grant = services.store.decide(caller, ReadOwnPage { person }).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let person = person::own(&services.store, &look).await?.ok_or(UseCaseError::Missing)?;
    let sessions = session::of_person(&services.store, &look).await?;
    let passkeys = passkey::listed(&services.store, &look).await?;
    let devices = sessions.iter().map(|session| session.device);
    let devices = devices.chain(passkeys.iter().filter_map(|passkey| passkey.fact.device));
    let labels = device::labels(&services.store, &look, devices).await?;
    Ok(OwnPage { person, sessions, passkeys, labels })
}
