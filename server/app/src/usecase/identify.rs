//! Who is at the door: the device by its key, the person by a session that is bound to that device.

use super::{Services, UseCaseError};
use std::sync::Arc;
use tasuki_domain::{
    access::{Action, ObjectKind, Target},
    device::{DeviceFact, DeviceKey},
    policy::{Caller, Refusal, RefusalReason},
    session::LiveSession,
};
use tasuki_vault::token::{SessionToken, TokenKind};

/// The live register row that holds this exact public key.
#[must_use]
pub fn device(services: &Services, key: &DeviceKey) -> Option<DeviceFact> {
    let now = services.now();
    services.store.facts().device_with_key(key).filter(|device| device.is_live(now)).copied()
}

/// The session of a token, on the device that it is bound to; its state is the guard's matter. On any other device
/// it is worth nothing, and the attempt is recorded.
///
/// # Errors
/// [`UseCaseError::Refused`] with [`RefusalReason::Session`] or [`RefusalReason::Device`].
pub async fn session(
    services: &Services,
    device: &Caller,
    token: &str,
) -> Result<Arc<LiveSession>, UseCaseError> {
    let refusal =
        |reason, target| Box::new(Refusal { caller: device.clone(), action: Action::SignIn, target, reason });
    let unknown = || UseCaseError::Refused(refusal(RefusalReason::Session, Target::NONE));
    let token = SessionToken::parse(token).map_err(|_| unknown())?;
    let pepper = services.store.keyring().token_pepper();
    let digest = token.digest(&pepper, TokenKind::Session);
    let session = services.store.sessions().find(digest.as_bytes()).ok_or_else(unknown)?;
    if Some(session.device) != device.columns().device {
        let target = Target::object(ObjectKind::Session, session.session.as_uuid());
        return Err(services.store.refuse(refusal(RefusalReason::Device, target)).await.into());
    }
    Ok(session)
}
