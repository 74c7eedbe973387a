//! Who asks: identified by certificate and cookie, or at the console, before any rule is looked at.

use crate::{
    access::{ActorColumns, ActorKind, Detail},
    id::{DeviceId, OrganizationId, RequestId},
    session::LiveSession,
};
use std::{net::IpAddr, sync::Arc};
use uuid::Uuid;

/// Who acts.
#[derive(Clone, Debug)]
pub enum Actor {
    /// A person in a session on a device.
    Person(Arc<LiveSession>),
    /// A registered device without a person.
    Device {
        /// The register row.
        device: DeviceId,
        /// Its owner.
        organization: OrganizationId,
    },
    /// Somebody at the server's console.
    Operator(Operator),
    /// The program itself.
    Job(JobKind),
}

/// Somebody at the server's console, who has to say why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operator {
    /// The operating system's user name.
    pub user: String,
    /// The machine's name.
    pub host: String,
    /// Why it is done.
    pub reason: String,
}

/// Which part of the program acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JobKind {
    /// Start and stop.
    Service,
    /// Ends what has run out: sessions, posts, looks.
    Expiry,
    /// Moves urgent calls on.
    Urgent,
    /// Takes away files that no message adopted, and scans held ones.
    Files,
    /// Signs checkpoints.
    Checkpoint,
}

impl JobKind {
    const fn text(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Expiry => "expiry",
            Self::Urgent => "urgent",
            Self::Files => "files",
            Self::Checkpoint => "checkpoint",
        }
    }
}

/// An actor in one request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// In which request.
    pub request: RequestId,
    /// From which address.
    pub source: Option<IpAddr>,
    /// The serial number of the certificate, hexadecimal.
    pub certificate: Option<Arc<str>>,
}

impl Caller {
    /// The program itself.
    #[must_use]
    pub const fn job(job: JobKind, request: RequestId) -> Self {
        Self { actor: Actor::Job(job), request, source: None, certificate: None }
    }

    /// The session of a person.
    #[must_use]
    pub fn session(&self) -> Option<&Arc<LiveSession>> {
        match &self.actor {
            Actor::Person(session) => Some(session),
            _ => None,
        }
    }

    /// The clear columns of an entry.
    #[must_use]
    pub fn columns(&self) -> ActorColumns {
        let nobody = ActorColumns {
            kind: ActorKind::Job,
            actor: Uuid::nil(),
            post: None,
            organization: None,
            device: None,
            session: None,
        };
        match &self.actor {
            Actor::Person(session) => ActorColumns {
                kind: ActorKind::Person,
                actor: session.person.as_uuid(),
                post: Some(session.post),
                organization: Some(session.organization),
                device: Some(session.device),
                session: Some(session.session),
            },
            Actor::Device { device, organization } => ActorColumns {
                kind: ActorKind::Device,
                actor: device.as_uuid(),
                organization: Some(*organization),
                device: Some(*device),
                ..nobody
            },
            Actor::Operator(_) => ActorColumns { kind: ActorKind::Operator, ..nobody },
            Actor::Job(_) => nobody,
        }
    }

    /// What the sealed body of an entry begins with.
    #[must_use]
    pub fn detail(&self) -> Detail {
        let detail = Detail {
            source: self.source,
            certificate: self.certificate.as_deref().map(str::to_owned),
            ..Detail::default()
        };
        match &self.actor {
            Actor::Operator(operator) => detail
                .with("operator", &operator.user)
                .with("host", &operator.host)
                .with("reason", &operator.reason),
            Actor::Job(job) => detail.with("job", job.text()),
            _ => detail,
        }
    }
}
