//! Another password for oneself: the present one, a fresh passkey, and then every session ends.

use super::{check_password::typed, entries, password_rules::OwnWords, tools};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::{Action, Detail},
    policy::{Caller, ChangePassword, Grant, ReadOwnPage, RefusalReason},
    problem::{FieldProblem, FieldRule},
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::{
        credential, person,
        session::{self, Ending},
    },
};
use tasuki_vault::password::PasswordHash;
use zeroize::Zeroizing;

/// What was typed.
pub struct PasswordChange {
    /// The present password.
    pub current: Zeroizing<String>,
    /// The one to come.
    pub new: Zeroizing<String>,
}

/// Changes one's password. Every session of the person ends, this one too.
///
/// # Errors
/// A refusal without a fresh passkey; `current` with `password.current`; `new` with the rule that it breaks.
pub async fn change_password(
    services: &Services,
    caller: &Caller,
    change: PasswordChange,
) -> Result<(), UseCaseError> {
    let session = tools::own_session(caller)?.clone();
    let person = session.person;
    services.limiter.sign_in(session.device, services.now())?;
    let refusal = |reason| entries::refusal(services, caller, (Action::ChangePassword, reason), Some(person));
    tools::demand_step_up(services, caller, refusal).await?;
    let current = typed("current", &change.current)?;
    let stored = credential::of_person(&services.store, person).await?;
    if !services.sign_in.hasher.verify(current, stored).await?.right {
        return Err(match services.store.refuse(refusal(RefusalReason::Secret)).await {
            WorkError::Refused(_) => wrong_current(),
            other => other.into(),
        });
    }
    let page = services.store.decide(caller, ReadOwnPage { person }).await?;
    let page = services.store.reveal_within_window(page, Detail::default()).await?;
    let own = person::own(&services.store, &page).await?.ok_or(UseCaseError::Missing)?;
    let words = OwnWords::of(services, &page, person).await?;
    let hash = services.sign_in.hasher.hash(words.judge(&own.login, "new", &change.new)?).await?;
    let grant = services.store.decide(caller, ChangePassword { person }).await?;
    services.store.write(Changing { grant, hash }).await?;
    Ok(())
}

fn wrong_current() -> UseCaseError {
    let rule = FieldRule::Own {
        code: "password.current",
        japanese: "いまのパスワードが違います。",
        english: "This is not your present password.",
    };
    FieldProblem::new("current", rule).into()
}

struct Changing {
    grant: Grant<ChangePassword>,
    hash: PasswordHash,
}

impl Work for Changing {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let person = self.grant.act().person;
        let entry = batch.record(&self.grant, Detail::default()).await?;
        credential::store(batch, &entry, person, &self.hash).await?;
        session::end_person(batch, &entry, person, Ending::PasswordChanged).await?;
        Ok(Done::new((), entry))
    }
}
