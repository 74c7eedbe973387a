//! One's own passkeys: another one, and one less. Both need a fresh passkey, so that an unattended screen gives nobody
//! a key of their own.

use super::{
    Attestation, PasskeyCreation, entries, flows::Flow, passkeys::Wish, password_rules::OwnWords,
    present_passkey::unknown_flow, tools,
};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::{Action, Detail},
    id::PasskeyId,
    passkey::PasskeyKind,
    policy::{Caller, Grant, RegisterPasskey, RemovePasskey},
    text::DeviceLabel,
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::passkey::{self, NewPasskey},
};
use uuid::Uuid;

/// Which kind of passkey is wished for, and its name for the person.
pub struct PasskeyWish {
    /// The kind.
    pub kind: PasskeyKind,
    /// Such as 「青いキー」.
    pub label: DeviceLabel,
}

/// Asks for a new passkey.
///
/// # Errors
/// A refusal without a fresh passkey; `passkey.shared_device`, `passkey.too_many`.
pub async fn ask_new_passkey(
    services: &Services,
    caller: &Caller,
    wish: PasskeyWish,
) -> Result<PasskeyCreation, UseCaseError> {
    let session = tools::own_session(caller)?.clone();
    let (device, person) = (tools::device_of(services, caller)?, session.person);
    let refusal =
        |reason| entries::refusal(services, caller, (Action::RegisterPasskey, reason), Some(person));
    tools::demand_step_up(services, caller, refusal).await?;
    let id = PasskeyId::from_uuid(Uuid::new_v4());
    let grant = services.store.decide(caller, RegisterPasskey { person, passkey: id }).await?;
    let words = OwnWords::of(services, &grant, person).await?;
    let known = passkey::of_person(&services.store, person).await?;
    if known.len() >= passkey::MOST {
        return Err(UseCaseError::conflict("passkey.too_many"));
    }
    let wish = Wish {
        id,
        person,
        login: &words.name,
        name: &words.name,
        kind: wish.kind,
        label: wish.label.as_str(),
    };
    let tools = &services.sign_in;
    let demand = tools::demand(services, device, person);
    let (options, registering) = tools.passkeys.ask_new(demand, &wish, &known)?;
    let flow = Flow::Register { session: session.session, registering: Box::new(registering) };
    let flow = tools.flows.begin(&tools.pepper, device.device, flow, services.now())?;
    Ok(PasskeyCreation { flow, options })
}

/// Registers the new passkey.
///
/// # Errors
/// `credential` with `passkey.refused`; `passkey.not_a_security_key`, `passkey.copyable`, `passkey.not_attested`,
/// `passkey.taken`.
pub async fn register_passkey(
    services: &Services,
    caller: &Caller,
    flow: &str,
    answer: &Attestation,
) -> Result<PasskeyId, UseCaseError> {
    let session = tools::own_session(caller)?.clone();
    let device = tools::device_of(services, caller)?;
    let tools = &services.sign_in;
    let registering = match tools.flows.take(&tools.pepper, device.device, flow, services.now()) {
        Some((_, Flow::Register { session: own, registering })) if own == session.session => registering,
        _ => return Err(unknown_flow(services, caller, Action::RegisterPasskey).await),
    };
    let new = tools.passkeys.verify_new(&registering, answer)?;
    let act = RegisterPasskey { person: session.person, passkey: new.passkey };
    let grant = services.store.decide(caller, act).await?;
    let id = new.passkey;
    services.store.write(Registration { grant, new }).await?;
    Ok(id)
}

struct Registration {
    grant: Grant<RegisterPasskey>,
    new: NewPasskey,
}

impl Work for Registration {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let detail = Detail::default().with("kind", self.new.fact.kind.text());
        let entry = batch.record(&self.grant, detail).await?;
        passkey::register(batch, &entry, &self.new).await?;
        Ok(Done::new((), entry))
    }
}

/// Removes one of one's passkeys.
///
/// # Errors
/// A refusal without a fresh passkey; `passkey.last`; missing.
pub async fn remove_passkey(services: &Services, caller: &Caller, id: PasskeyId) -> Result<(), UseCaseError> {
    let person = tools::own_session(caller)?.person;
    let refusal = |reason| entries::refusal(services, caller, (Action::RemovePasskey, reason), Some(person));
    tools::demand_step_up(services, caller, refusal).await?;
    let grant = services.store.decide(caller, RemovePasskey { person, passkey: id }).await?;
    services.store.write(Removal(grant)).await?;
    Ok(())
}

struct Removal(Grant<RemovePasskey>);

impl Work for Removal {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let RemovePasskey { person, passkey } = *self.0.act();
        let entry = batch.record(&self.0, Detail::default()).await?;
        passkey::end(batch, &entry, person, passkey).await?;
        Ok(Done::new((), entry))
    }
}
