//! The passkey step of a full sign-in, and the choice of the post.

use super::{
    Assertion, BegunSession,
    begin_session::{self, FullSignIn},
    entries,
    flows::{Flow, FlowKey, Proven},
    passkeys::Wrong,
    tools,
};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Action,
    device::DeviceFact,
    id::{PersonId, PlaceId, PostId},
    job_type::JobTypeId,
    policy::{Caller, PostFact, RefusalReason},
    problem::{FieldProblem, FieldRule},
};

/// What the client sends.
pub struct PresentedPasskey {
    /// Name of the half-done step.
    pub flow: String,
    /// The passkey's answer; absent when only the post was still to be chosen.
    pub answer: Option<Assertion>,
    /// Under which post to act, where there are several.
    pub post: Option<PostId>,
}

/// What came of it.
pub enum PasskeyOutcome {
    /// Signed in.
    Begun(BegunSession),
    /// Both factors are right; the same flow may be used once more, with one of these posts.
    ChoosePost(Vec<PostChoice>),
}

/// A post to act under.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PostChoice {
    /// The post.
    pub post: PostId,
    /// As what.
    pub job_type: JobTypeId,
    /// At which place; `None` is the whole organization.
    pub place: Option<PlaceId>,
}

/// Checks the passkey and begins the session.
///
/// # Errors
/// [`UseCaseError::SignIn`] for anything wrong; after a right passkey the reason: no live post at the device's
/// organization.
pub async fn present_passkey(
    services: &Services,
    caller: &Caller,
    presented: PresentedPasskey,
) -> Result<PasskeyOutcome, UseCaseError> {
    let device = tools::device_of(services, caller)?;
    let (tools, now) = (&services.sign_in, services.now());
    let (key, proven) = match tools.flows.take(&tools.pepper, device.device, &presented.flow, now) {
        Some((key, Flow::Passkey(waiting))) => {
            let answer = presented.answer.ok_or(FieldProblem::new("credential", FieldRule::Missing))?;
            let proof = match tools.passkeys.verify(&waiting.asked, &answer) {
                Ok(proof) => proof,
                Err(wrong) => {
                    return Err(refuse(services, caller, Action::SignIn, (waiting.person, wrong)).await);
                }
            };
            (key, Proven { person: waiting.person, login: waiting.login, proof })
        }
        Some((key, Flow::ChoosePost(proven))) => (key, proven),
        Some(_) | None => return Err(unknown_flow(services, caller, Action::SignIn).await),
    };
    go_on(services, caller, device, (key, proven), presented.post).await
}

async fn go_on(
    services: &Services,
    caller: &Caller,
    device: DeviceFact,
    (key, proven): (FlowKey, Proven),
    wanted: Option<PostId>,
) -> Result<PasskeyOutcome, UseCaseError> {
    let now = services.now();
    let facts = services.store.facts();
    let mut posts: Vec<PostFact> = facts
        .posts_of(proven.person, now)
        .filter(|post| post.organization == device.organization)
        .copied()
        .collect();
    posts.sort_unstable_by_key(|post| post.post);
    let chosen = match (wanted, posts.as_slice()) {
        (Some(wanted), _) => posts.iter().find(|post| post.post == wanted).copied(),
        (None, [only]) => Some(*only),
        (None, []) => None,
        (None, _) => {
            services.sign_in.flows.go_on(key, device.device, Flow::ChoosePost(proven), now);
            return Ok(PasskeyOutcome::ChoosePost(posts.iter().map(choice).collect()));
        }
    };
    let Some(post) = chosen else {
        let reason = (Action::SignIn, RefusalReason::Post);
        let refusal = entries::refusal(services, caller, reason, Some(proven.person));
        return Err(services.store.refuse(refusal).await.into());
    };
    let full = FullSignIn { device, post, proof: proven.proof, login: proven.login };
    begin_session::begin(services, caller, full).await.map(PasskeyOutcome::Begun)
}

const fn choice(post: &PostFact) -> PostChoice {
    PostChoice { post: post.post, job_type: post.job_type, place: post.place }
}

/// Records a wrong passkey (and flags one whose counter went back); gives the one answer of failed steps.
pub(super) async fn refuse(
    services: &Services,
    caller: &Caller,
    action: Action,
    (person, wrong): (PersonId, Wrong),
) -> UseCaseError {
    if let Some(passkey) = wrong.copied {
        let proof = super::passkeys::Proof { person, passkey, counter: 0 };
        return begin_session::counter_back(services, caller, action, proof).await;
    }
    let refusal = entries::refusal(services, caller, (action, RefusalReason::Secret), Some(person));
    as_failed(services.store.refuse(refusal).await)
}

/// Records a step under an unknown, used or foreign name.
pub(super) async fn unknown_flow(services: &Services, caller: &Caller, action: Action) -> UseCaseError {
    let refusal = entries::refusal(services, caller, (action, RefusalReason::Secret), None);
    as_failed(services.store.refuse(refusal).await)
}

/// A recorded refusal is told as the one answer; a failure of the store is told as such.
fn as_failed(error: tasuki_store::WorkError) -> UseCaseError {
    match error {
        tasuki_store::WorkError::Refused(_) => UseCaseError::SignIn,
        other => other.into(),
    }
}
