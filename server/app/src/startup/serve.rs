//! Opening the doors, and closing them: log tail → authority → door → jobs → console → listen → ready, and back.

use super::{House, StartProblem, tasks};
use crate::{
    console, http,
    jobs::Jobs,
    notify::{READY, STOPPING, notify},
    shutdown::Shutdown,
    tls::{self, Door},
    usecase::{UseCaseError, device_authority, live, rooms::close_look::close_abandoned_looks, service},
};
use std::net::{SocketAddr, TcpListener};
use tokio::task::JoinSet;

/// The sockets that the doors listen on, bound before anything else so that a taken port is known at once.
pub struct Ports {
    device: TcpListener,
    enrolment: SocketAddr,
}

impl Ports {
    /// Binds the device door's port.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn bind(house: &House) -> Result<Self, StartProblem> {
        let server = &house.services.config.server;
        Ok(Self { device: tls::listen(server.listen)?, enrolment: server.enrolment_listen })
    }

    /// Where devices come in; with port 0 in the settings, the one that the system chose.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn device_address(&self) -> Result<SocketAddr, StartProblem> {
        Ok(self.device.local_addr()?)
    }
}

/// Opens the doors and serves until the stop.
///
/// # Errors
/// [`StartProblem::Log`] when the end of the access log is not as it was signed; when the doors cannot be opened, or a port cannot be used.
pub async fn serve(house: House, ports: Ports, shutdown: Shutdown) -> Result<(), StartProblem> {
    let services = house.services.clone();
    services.store.verify_log_tail().await?;
    let identity = device_authority::server_identity(&services, &services.config.server.name).await?;
    let trusted = device_authority::trusted(&services).await?;
    let limits = &services.config.limits;
    let door = Door::for_devices(&identity, trusted, limits, services.clock.clone())?;
    let enrolment = Door::for_enrolment(&identity, limits, services.clock.clone())?;
    services.doors.opened(door.clone());
    device_authority::refresh_doors(&services).await?;
    service::record_start(&services).await?;
    // Before anybody comes in: a house that was closed for a week would refuse everybody on a list that is out of date.
    device_authority::tend_revocations(&services).await?;
    close_abandoned_looks(&services).await?;
    let mut jobs = Jobs::start(services.clone(), &shutdown);
    tasks::begin(&mut jobs);

    let mut rooms = JoinSet::new();
    let (enrols, closing) = (services.clone(), shutdown.clone());
    rooms.spawn(async move {
        let router = http::enrolment::router(enrols.clone());
        let window = (enrols.doors.enrolment(), enrols.clock.clone());
        if let Err(error) = enrolment.serve_while_open(ports.enrolment, router, window, &closing).await {
            tracing::error!(error = ?error, "The door for enrolment could not be opened");
        }
    });
    let (asked, folder, stop) =
        (services.clone(), services.config.server.data_folder.clone(), shutdown.hard().clone());
    rooms.spawn(async move {
        if let Err(error) = console::serve(asked, &folder, stop).await {
            tracing::error!(error = ?error, "The console's socket failed");
        }
    });
    let stopping = shutdown.soft().clone();
    rooms.spawn(async move {
        stopping.cancelled().await;
        notify(STOPPING);
    });
    let (kept, stop) = (services.clone(), shutdown.soft().clone());
    rooms.spawn(async move { live::keep::keep(&kept, stop).await });
    tracing::info!(address = %ports.device_address()?, "The door for devices is open");
    notify(READY);
    door.serve(ports.device, http::router(services.clone()), &shutdown).await?;
    shutdown.cut();
    while rooms.join_next().await.is_some() {}
    service::record_stop(&services).await?;
    jobs.finish().await;
    services.store.close().await;
    drop(house);
    Ok(())
}

impl From<UseCaseError> for StartProblem {
    fn from(error: UseCaseError) -> Self {
        Self::House(Box::new(error))
    }
}
