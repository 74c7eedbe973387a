//! The running server's side of the console: one question and one answer per connection, from root or its own user.

use super::{Answer, LONGEST, Question, SOCKET, execute, host, user_name};
use crate::{explain::explain, usecase::Services};
use rustix::process::geteuid;
use std::{io, path::Path, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};
use tokio_util::sync::CancellationToken;

/// Longest wait for a question.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listens in the data folder until the stop.
///
/// # Errors
/// When the socket cannot be made.
pub async fn serve(services: Services, folder: &Path, stop: CancellationToken) -> io::Result<()> {
    let path = folder.join(SOCKET);
    // The data lock is ours: a socket that is still there was left by a process that is gone.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted?.0,
            () = stop.cancelled() => break,
        };
        let services = services.clone();
        tokio::spawn(async move {
            if let Err(error) = answer(&services, stream).await {
                tracing::debug!(error = ?error, "A console connection ended early");
            }
        });
    }
    std::fs::remove_file(&path)
}

async fn answer(services: &Services, mut stream: UnixStream) -> io::Result<()> {
    let user = stream.peer_cred()?.uid();
    if user != 0 && user != geteuid().as_raw() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut bytes = Vec::new();
    let (reading, mut writing) = stream.split();
    tokio::time::timeout(PATIENCE, reading.take(LONGEST).read_to_end(&mut bytes)).await??;
    let answer = match serde_json::from_slice::<Question>(&bytes) {
        Err(_) => {
            Answer::Not("the running server does not know this command: is it of the same version?".into())
        }
        Ok(question) => match execute(services, as_seen(question, user)).await {
            Ok(value) => Answer::Done(value),
            Err(error) => Answer::Not(explain(&error)),
        },
    };
    writing.write_all(&serde_json::to_vec(&answer)?).await?;
    writing.shutdown().await
}

/// The kernel's word on who asks goes before what the question says; the machine is this one.
fn as_seen(question: Question, user: u32) -> Question {
    let name = user_name(user);
    let behind_sudo = question.user.starts_with(&format!("{name} (sudo: "));
    let user = if behind_sudo { question.user } else { name };
    Question { user, host: host(), ..question }
}
