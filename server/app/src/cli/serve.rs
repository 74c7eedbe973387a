//! `tasuki serve`.

use super::{Failure, arguments::Serve};
use crate::{clock::Clock, config::Config, shutdown::Shutdown, startup, telemetry};
use std::{process::ExitCode, sync::Arc};

/// Runs the server until it is told to stop.
///
/// # Errors
/// What keeps it from starting, in words for the operator.
pub async fn run(config: Arc<Config>, arguments: Serve) -> Result<ExitCode, Failure> {
    telemetry::install(&config.telemetry)?;
    let shutdown = Shutdown::new(config.server.drain_seconds.seconds());
    shutdown.on_signals()?;
    let ask = || rpassword::prompt_password("パスフレーズ / Passphrase: ");
    let house = startup::open(config, Clock::system(), arguments.demo, ask).await?;
    let ports = startup::Ports::bind(&house)?;
    startup::serve(house, ports, shutdown).await?;
    Ok(ExitCode::SUCCESS)
}
