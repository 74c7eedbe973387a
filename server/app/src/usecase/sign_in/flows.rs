//! Steps of a sign-in that are half done: in memory, bounded, single use, at most five minutes, bound to one device.
//! A restart forgets them; the person then begins again.

use super::{
    passkeys::{Asked, Proof, Registering},
    password_rules::OwnWords,
};
use crate::usecase::UseCaseError;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tasuki_domain::{
    id::{DeviceId, PersonId, SessionId},
    time::{MINUTE, Timestamp},
};
use tasuki_vault::{
    password::PasswordHash,
    token::{SessionToken, TokenDigest, TokenKind, TokenPepper},
};
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long a step may wait for the next, in microseconds.
const LASTING: i64 = 5 * MINUTE;
/// The most steps that wait, in all and of one device.
const MOST: usize = 8_192;
const MOST_OF_DEVICE: usize = 64;

/// What waits for its next step.
pub(super) enum Flow {
    /// The password was right; the passkey is asked for.
    Passkey(Passkey),
    /// Both factors were right; the person has several posts here.
    ChoosePost(Proven),
    /// A return: the passkey is asked for. `asked` is `None` for whoever has none that counts.
    Return { person: PersonId, asked: Option<Asked> },
    /// A fresh passkey is asked for in a session.
    StepUp { session: SessionId, asked: Asked },
    /// Another passkey is being registered in a session.
    Register { session: SessionId, registering: Box<Registering> },
    /// A one-time code was right; a password is to be chosen.
    ChoosePassword(Coded),
    /// A password was chosen; the passkey's registration may begin.
    ChoosePasskey(Coded, PasswordHash),
    /// The first passkey is being registered.
    FirstPasskey(Coded, PasswordHash, Box<Registering>),
}

/// A right password.
pub(super) struct Passkey {
    pub(super) person: PersonId,
    /// Blind index of the login, whose failures a full sign-in forgets.
    pub(super) login: Uuid,
    pub(super) asked: Asked,
}

/// Two right factors.
#[derive(Clone, Copy)]
pub(super) struct Proven {
    pub(super) person: PersonId,
    pub(super) login: Uuid,
    pub(super) proof: Proof,
}

/// A right one-time code.
#[derive(Clone)]
pub(super) struct Coded {
    pub(super) person: PersonId,
    pub(super) digest: TokenDigest,
    /// As typed, for the rules about passwords and as the passkey's name.
    pub(super) login: Zeroizing<String>,
    pub(super) words: OwnWords,
}

/// The name of a step that waits, for the client; the digest is what is kept.
pub(super) type FlowKey = [u8; 32];

#[derive(Default)]
pub(super) struct Flows(Mutex<HashMap<FlowKey, Waiting>>);

struct Waiting {
    device: DeviceId,
    until: Timestamp,
    flow: Flow,
}

impl Flows {
    /// Lets a step wait; returns its name for the client.
    pub(super) fn begin(
        &self,
        pepper: &TokenPepper,
        device: DeviceId,
        flow: Flow,
        now: Timestamp,
    ) -> Result<Zeroizing<String>, UseCaseError> {
        let token = SessionToken::generate(&mut super::entropy());
        let key = *token.digest(pepper, TokenKind::Ticket).as_bytes();
        let mut waiting = self.waiting();
        if waiting.len() >= MOST
            || waiting.values().filter(|other| other.device == device).count() >= MOST_OF_DEVICE
        {
            make_room(&mut waiting, device, now);
            if waiting.len() >= MOST {
                return Err(UseCaseError::Busy { retry_after: 5 });
            }
        }
        waiting.insert(key, Waiting { device, until: now.plus(LASTING), flow });
        Ok(token.text())
    }

    /// Takes a step out for good: whatever comes of it, its name is worth nothing afterwards. `None` when it is
    /// unknown, used, too old, or another device's.
    pub(super) fn take(
        &self,
        pepper: &TokenPepper,
        device: DeviceId,
        name: &str,
        now: Timestamp,
    ) -> Option<(FlowKey, Flow)> {
        let key = *SessionToken::parse(name).ok()?.digest(pepper, TokenKind::Ticket).as_bytes();
        let found = self.waiting().remove(&key)?;
        (found.device == device && now < found.until).then_some((key, found.flow))
    }

    /// Lets the next step wait under the same name.
    pub(super) fn go_on(&self, key: FlowKey, device: DeviceId, flow: Flow, now: Timestamp) {
        self.waiting().insert(key, Waiting { device, until: now.plus(LASTING), flow });
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<FlowKey, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets what is too old, and the oldest of a device that has too many.
fn make_room(waiting: &mut HashMap<FlowKey, Waiting>, device: DeviceId, now: Timestamp) {
    waiting.retain(|_, waiting| now < waiting.until);
    let of_device = || waiting.iter().filter(|(_, other)| other.device == device);
    if of_device().count() >= MOST_OF_DEVICE {
        let oldest = of_device().min_by_key(|(_, other)| other.until).map(|(key, _)| *key);
        oldest.map(|key| waiting.remove(&key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasuki_vault::{Keyring, RootKey};

    fn device(number: u128) -> DeviceId {
        DeviceId::from_uuid(Uuid::from_u128(number))
    }

    fn pepper() -> TokenPepper {
        Keyring::unlock(RootKey::generate(&mut super::super::entropy())).token_pepper()
    }

    fn flow() -> Flow {
        Flow::Return { person: PersonId::from_uuid(Uuid::from_u128(1)), asked: None }
    }

    #[test]
    fn a_step_is_used_once_on_its_device_and_in_time() {
        let (flows, pepper, now) = (Flows::default(), pepper(), Timestamp(0));
        let name = flows.begin(&pepper, device(1), flow(), now).ok().unwrap();
        assert!(flows.take(&pepper, device(1), &name, now).is_some());
        assert!(flows.take(&pepper, device(1), &name, now).is_none());
        let name = flows.begin(&pepper, device(1), flow(), now).ok().unwrap();
        assert!(flows.take(&pepper, device(2), &name, now).is_none());
        assert!(flows.take(&pepper, device(1), &name, now).is_none(), "shown to a wrong device, it is spent");
        let name = flows.begin(&pepper, device(1), flow(), now).ok().unwrap();
        assert!(flows.take(&pepper, device(1), &name, now.plus(LASTING)).is_none());
    }

    #[test]
    fn one_device_cannot_fill_the_room_for_the_others() {
        let (flows, pepper) = (Flows::default(), pepper());
        let kept = flows.begin(&pepper, device(2), flow(), Timestamp(0)).ok().unwrap();
        for at in 0..1_000 {
            assert!(flows.begin(&pepper, device(1), flow(), Timestamp(at)).is_ok());
        }
        assert_eq!(flows.waiting().len(), MOST_OF_DEVICE + 1);
        assert!(flows.take(&pepper, device(2), &kept, Timestamp(1_000)).is_some());
    }
}
