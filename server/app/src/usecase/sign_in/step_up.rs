//! 再確認: a fresh passkey in a session, for what administrators and auditors do and for one's own factors.

use super::{
    Assertion, PasskeyRequest,
    begin_session::{self, COUNTER},
    flows::Flow,
    passkeys::Proof,
    present_passkey::{refuse, unknown_flow},
    tools,
};
use crate::usecase::{Services, UseCaseError};
use std::sync::Arc;
use tasuki_domain::{
    access::{Action, Detail},
    policy::{Caller, Grant, StepUp},
    session::LiveSession,
    time::{MINUTE, Timestamp},
};
use tasuki_store::{Batch, Done, Work, WorkError, table::passkey};

/// How long a fresh passkey counts, in microseconds: 10 minutes.
pub const STEP_UP_LASTS: i64 = 10 * MINUTE;

/// Asks for a fresh passkey.
///
/// # Errors
/// `sign_in.no_passkey_here`; too many; busy.
pub async fn ask_step_up(services: &Services, caller: &Caller) -> Result<PasskeyRequest, UseCaseError> {
    let session = tools::own_session(caller)?;
    let device = tools::device_of(services, caller)?;
    let now = services.now();
    services.limiter.sign_in(device.device, now)?;
    let demand = tools::demand(services, device, session.person);
    let passkeys = passkey::of_person(&services.store, session.person).await?;
    let tools = &services.sign_in;
    let (options, asked) = tools
        .passkeys
        .ask(session.person, demand, &passkeys)?
        .ok_or_else(|| UseCaseError::conflict("sign_in.no_passkey_here"))?;
    let flow = Flow::StepUp { session: session.session, asked };
    let flow = tools.flows.begin(&tools.pepper, device.device, flow, now)?;
    Ok(PasskeyRequest { flow, options })
}

/// Takes the fresh passkey; returns until when it counts.
///
/// # Errors
/// [`UseCaseError::SignIn`] for anything wrong.
pub async fn finish_step_up(
    services: &Services,
    caller: &Caller,
    flow: &str,
    answer: &Assertion,
) -> Result<Timestamp, UseCaseError> {
    let session = tools::own_session(caller)?.clone();
    let device = tools::device_of(services, caller)?;
    let tools = &services.sign_in;
    let asked = match tools.flows.take(&tools.pepper, device.device, flow, services.now()) {
        Some((_, Flow::StepUp { session: own, asked })) if own == session.session => asked,
        _ => return Err(unknown_flow(services, caller, Action::StepUp).await),
    };
    let proof = match tools.passkeys.verify(&asked, answer) {
        Ok(proof) => proof,
        Err(wrong) => return Err(refuse(services, caller, Action::StepUp, (session.person, wrong)).await),
    };
    let grant = services.store.decide(caller, StepUp { session: session.session }).await?;
    match services.store.write(Stepping { grant, session, proof }).await {
        Ok(until) => Ok(until.into_value()),
        Err(WorkError::Conflict(COUNTER)) => {
            Err(begin_session::counter_back(services, caller, Action::StepUp, proof).await)
        }
        Err(error) => Err(error.into()),
    }
}

struct Stepping {
    grant: Grant<StepUp>,
    session: Arc<LiveSession>,
    proof: Proof,
}

impl Work for Stepping {
    type Output = Timestamp;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Timestamp>, WorkError> {
        let until = batch.now().plus(STEP_UP_LASTS);
        let detail = Detail::default().with("passkey", self.proof.passkey);
        let entry = batch.record(&self.grant, detail).await?;
        begin_session::use_passkey(batch, &entry, self.proof).await?;
        let session = self.session.clone();
        batch.after_commit(move |_| session.step_up(until));
        Ok(Done::new(until, entry))
    }
}
