//! What every use case is given: the open house and its tools. Cheap to clone.

use super::{
    Doors, Intake, UseCaseError,
    rooms::Happened,
    sign_in::{AttestationProblem, SignInTools},
};
use crate::{clock::Clock, config::Config, hub::Hub, limit::Limiter};
use std::{path::PathBuf, sync::Arc};
use tasuki_domain::{
    id::{PatientId, RoomId},
    time::Timestamp,
};
use tasuki_store::{Committed, Store};

/// The open house and its tools.
#[derive(Clone)]
pub struct Services {
    /// Rows, facts, the log.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What the operator has set.
    pub config: Arc<Config>,
    /// The doors of this process, once start-up has opened them.
    pub doors: Doors,
    /// How much anybody may ask for.
    pub limiter: Limiter,
    /// Hashing threads, half-done sign-ins, passkeys.
    pub sign_in: Arc<SignInTools>,
    /// What takes files in.
    pub intake: Arc<Intake>,
    /// Live delivery.
    pub hub: Hub,
}

impl Services {
    /// The tools of an open house. A configured list of attestation authorities is not read yet, and until
    /// [`Services::with_attestation`] has read it no key of theirs can be registered.
    #[must_use]
    pub fn new(store: Store, clock: Clock, config: Arc<Config>) -> Self {
        let hub = Hub::new(store.clone(), config.limits.socket_queue_frames.count());
        let limiter = Limiter::new(&config.limits.rate);
        let sign_in = SignInTools::new(&config, store.rp_id(), store.keyring().token_pepper());
        // The running program itself, also after an update has replaced its file.
        let intake = Arc::new(Intake::new(&config, PathBuf::from("/proc/self/exe")));
        Self {
            store,
            clock,
            config,
            doors: Doors::default(),
            limiter,
            sign_in: Arc::new(sign_in),
            intake,
            hub,
        }
    }

    /// Reads the operator's list of attestation authorities, where one is configured.
    ///
    /// # Errors
    /// When it cannot be read, or holds no certificate.
    pub fn with_attestation(self) -> Result<Self, AttestationProblem> {
        let Some(file) = &self.config.sign_in.attestation_ca_file else { return Ok(self) };
        let tools = SignInTools::new(&self.config, self.store.rp_id(), self.store.keyring().token_pepper());
        let sign_in = Arc::new(tools.attesting(file)?);
        Ok(Self { sign_in, ..self })
    }

    /// Tells those who may hear of it what is durable now; gives it back.
    #[must_use]
    pub(super) fn told(&self, happened: Committed<Happened>) -> Committed<Happened> {
        self.hub.publish(&happened);
        happened
    }

    /// Whoever has the patient's room open learns that it is to be asked for anew; gives the result.
    pub(super) fn patient_changed<T: Copy>(&self, patient: PatientId, changed: Committed<T>) -> T {
        let result = *changed.value();
        if let Some(room) = self.room_of(patient) {
            self.hub.publish(&changed.map(|_| Happened::room(room)));
        }
        result
    }

    /// Does what may end somebody's right to a room, and tells those who lost it.
    pub(super) async fn ending_rights<T>(
        &self,
        room: Option<RoomId>,
        act: impl Future<Output = Result<T, UseCaseError>>,
    ) -> Result<T, UseCaseError> {
        let before = room.map(|room| (room, self.hub.audience(room)));
        let done = act.await?;
        if let Some((room, before)) = before {
            self.hub.tell_lost(room, &before);
        }
        Ok(done)
    }

    /// The room of a patient.
    pub(super) fn room_of(&self, patient: PatientId) -> Option<RoomId> {
        self.store.facts().patient(patient).map(|patient| patient.room)
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
