//! The running server's side of the console: one question and one answer per connection, from root or its own user.

use super::{Answer, LONGEST, Question, SOCKET, execute};
use crate::usecase::Services;
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
        Ok(question) => match execute(services, question).await {
            Ok(value) => Answer::Done(value),
            Err(error) => Answer::Not(words(&error)),
        },
    };
    writing.write_all(&serde_json::to_vec(&answer)?).await?;
    writing.shutdown().await
}

/// An error in words for the operator, with its causes.
pub(super) fn words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}
