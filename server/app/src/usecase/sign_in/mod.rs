//! Signing in: two factors of different kinds, for everyone, always (decisions 16–20).
//!
//! ```text
//! password ─► flow + challenge ─► passkey ─► (choose the post) ─► session        full sign-in, once a shift
//! name ─────► flow + challenge ─► passkey ─► the session of this shift           return (possession + PIN)
//! code ─────► flow ─► password ─► flow ─► passkey registered                     first sign-in, then the full one
//! ```
//!
//! Every step, allowed or refused, has its entry. Unknown, wrong, locked and disabled are answered alike, after the
//! same work; the reason is told only to whoever showed a right passkey.

mod begin_session;
mod change_password;
mod check_password;
mod describe_session;
mod enrolment;
mod entries;
mod first_sign_in;
mod flows;
mod my_passkeys;
mod passkeys;
mod password_rules;
mod present_passkey;
mod read_own_page;
mod read_start_screen;
mod return_to_session;
mod sessions;
mod step_up;
#[cfg(test)]
pub(crate) mod tests;
mod tools;

pub use begin_session::BegunSession;
pub use change_password::{PasswordChange, change_password};
pub use check_password::{PasskeyRequest, Presented, check_password};
pub use describe_session::{SessionView, describe_session};
pub use enrolment::{IssuedCode, confirm_enrolment, issue_enrolment_code, reset_person};
pub use first_sign_in::{
    FirstCode, PasskeyCreation, ask_first_passkey, check_code, choose_first_password, finish_first_sign_in,
};
pub use my_passkeys::{PasskeyWish, ask_new_passkey, register_passkey, remove_passkey};
pub use passkeys::{Assertion, Attestation};
pub use present_passkey::{PasskeyOutcome, PostChoice, PresentedPasskey, present_passkey};
pub use read_own_page::{OwnPage, read_own_page};
pub use read_start_screen::{StartPerson, StartPost, StartScreen, read_start_screen};
pub use return_to_session::{ask_return, finish_return};
pub use sessions::{end_session, end_sessions, expire_sessions, keep_activity, lock_session, sign_out};
pub use step_up::{STEP_UP_LASTS, ask_step_up, finish_step_up};
pub use tools::{AttestationProblem, SignInTools};

/// Fresh randomness from the operating system.
fn entropy() -> impl rand::CryptoRng {
    rand::rand_core::UnwrapErr(rand::rngs::SysRng)
}
