//! The command line's side of the console.

use super::{Answer, LONGEST, Question, SOCKET};
use std::{io, path::Path};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

/// Asks the running server; `None` when no server is running there.
///
/// # Errors
/// When a server is there but does not answer.
pub async fn ask(folder: &Path, question: &Question) -> io::Result<Option<Answer>> {
    let mut stream = match UnixStream::connect(folder.join(SOCKET)).await {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    stream.write_all(&serde_json::to_vec(question)?).await?;
    stream.shutdown().await?;
    let mut bytes = Vec::new();
    stream.take(LONGEST).read_to_end(&mut bytes).await?;
    Ok(Some(serde_json::from_slice(&bytes)?))
}
