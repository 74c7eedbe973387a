//! What is known of every request before any guard: its id, its device's certificate, where it came from.

use super::Problem;
use crate::{
    tls::{ConnectionToken, Peer},
    usecase::{Services, UseCaseError, identify},
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{net::IpAddr, sync::Arc};
use tasuki_domain::{
    device::DeviceFact,
    id::RequestId,
    policy::{Actor, Caller},
    time::Timestamp,
};
use tracing::Instrument;
use uuid::Uuid;

/// What is known of a request before any guard. Taken from the connection, never from a header.
#[derive(Clone, Debug)]
pub struct RequestFacts {
    /// The request.
    pub request: RequestId,
    /// The device's row in the register, looked up for this request.
    pub device: DeviceFact,
    /// Where the connection came from.
    pub source: IpAddr,
    /// The certificate's serial number, hexadecimal.
    pub certificate: Arc<str>,
    /// When the certificate ends.
    pub certificate_until: Timestamp,
    /// Cancelled when the connection must end.
    pub connection: ConnectionToken,
}

impl RequestFacts {
    /// The caller for an actor in this request.
    #[must_use]
    pub fn caller(&self, actor: Actor) -> Caller {
        Caller {
            actor,
            request: self.request,
            source: Some(self.source),
            certificate: Some(self.certificate.clone()),
        }
    }

    /// The device itself as caller: nobody is signed in.
    #[must_use]
    pub fn device_caller(&self) -> Caller {
        self.caller(Actor::Device { device: self.device.device, organization: self.device.organization })
    }
}

/// Looks the device up in the register, on every request: a revoked or unknown one gets no further.
pub(super) async fn identify_request(
    State(services): State<Services>,
    mut request: Request,
    next: Next,
) -> Response {
    let (Some(peer), Some(connection)) =
        (request.extensions().get::<Peer>().copied(), request.extensions().get::<ConnectionToken>().cloned())
    else {
        return Problem::failed().into_response();
    };
    let Some(device) = identify::device(&services, &peer.device_key) else {
        tracing::warn!("A request of a device that is not in the register was refused");
        return Problem::refused(tasuki_domain::policy::RefusalReason::Device).into_response();
    };
    if let Err(many) = services.limiter.device(device.device, device.organization, services.now()) {
        return Problem::from(UseCaseError::from(many)).into_response();
    }
    let id = Uuid::new_v4();
    let certificate: Arc<str> =
        peer.serial.bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
    request.extensions_mut().insert(RequestFacts {
        request: RequestId::from_uuid(id),
        device,
        source: peer.address.ip(),
        certificate,
        certificate_until: peer.not_after,
        connection,
    });
    let span = tracing::info_span!("request", request.id = %id, method = %request.method());
    next.run(request).instrument(span).await
}
