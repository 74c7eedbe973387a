//! files: the virus scanner, clamd, over its `INSTREAM` command (`clamd(8)`). A scanner that is down says nothing;
//! nobody may take that for "clean".

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// Bytes of one piece on the way to the scanner.
const PIECE: usize = 64 * 1024;
/// Most bytes of an answer.
const LONGEST_ANSWER: u64 = 1_024;

/// Where the scanner listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Unix(PathBuf),
    /// A port of this machine.
    Tcp(SocketAddr),
}

/// What the scanner says of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It knows nothing bad of it.
    Clean,
    /// It found something: the signature's name, at most 80 plain characters.
    Found(String),
}

/// The scanner did not answer, or not with a verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the virus scanner gave no verdict")]
pub struct NoVerdict;

/// A client of one scanner.
#[derive(Clone, Debug)]
pub struct Scanner {
    address: Address,
    limit: Duration,
}

impl Scanner {
    /// `limit` is the time for one file, the connection included.
    #[must_use]
    pub const fn new(address: Address, limit: Duration) -> Self {
        Self { address, limit }
    }

    /// Asks about one file, its bytes in pieces of any length.
    ///
    /// # Errors
    /// [`NoVerdict`]: down, too slow, or it refused to look (its own size limit, for example).
    pub async fn scan<'a>(
        &self,
        pieces: impl Iterator<Item = &'a [u8]> + Send,
    ) -> Result<Verdict, NoVerdict> {
        let answer = timeout(self.limit, async {
            match &self.address {
                Address::Unix(path) => converse(UnixStream::connect(path).await?, pieces).await,
                Address::Tcp(address) => converse(TcpStream::connect(address).await?, pieces).await,
            }
        });
        let answer = answer.await.map_err(|_| NoVerdict)?.map_err(|_| NoVerdict)?;
        verdict(&answer)
    }
}

async fn converse<'a>(
    mut stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    pieces: impl Iterator<Item = &'a [u8]> + Send,
) -> std::io::Result<Vec<u8>> {
    stream.write_all(b"zINSTREAM\0").await?;
    for piece in pieces.flat_map(|piece| piece.chunks(PIECE)) {
        stream.write_all(&u32::try_from(piece.len()).unwrap_or(u32::MAX).to_be_bytes()).await?;
        stream.write_all(piece).await?;
    }
    stream.write_all(&[0; 4]).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
    Ok(answer)
}

/// `stream: OK`, `stream: NAME FOUND`; anything else is no verdict.
fn verdict(answer: &[u8]) -> Result<Verdict, NoVerdict> {
    let answer = std::str::from_utf8(answer).map_err(|_| NoVerdict)?;
    let answer = answer.trim_end_matches(['\0', '\n']).strip_prefix("stream: ").ok_or(NoVerdict)?;
    match answer.strip_suffix(" FOUND") {
        _ if answer == "OK" => Ok(Verdict::Clean),
        Some(name) => {
            let plain = |letter: &char| letter.is_ascii_graphic();
            Ok(Verdict::Found(name.chars().filter(plain).take(80).collect()))
        }
        None => Err(NoVerdict),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ok_is_clean() {
        assert_eq!(verdict(b"stream: OK\0"), Ok(Verdict::Clean));
        assert_eq!(verdict(b"stream: Eicar-Test FOUND\0"), Ok(Verdict::Found("Eicar-Test".into())));
        for other in [
            &b""[..],
            b"OK\0",
            b"stream: \0",
            b"stream: OK FOUND OK\0",
            b"stream: lstat() failed. ERROR\0",
            b"INSTREAM size limit exceeded. ERROR\0",
            b"stream: \xff FOUND\0",
        ] {
            assert_eq!(verdict(other), Err(NoVerdict), "{other:?}");
        }
    }

    #[tokio::test]
    async fn a_scanner_that_is_down_or_silent_gives_no_verdict() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clamd.ctl");
        let scanner = Scanner::new(Address::Unix(path.clone()), Duration::from_millis(200));
        assert_eq!(scanner.scan([&b"x"[..]].into_iter()).await, Err(NoVerdict));
        let _silent = tokio::net::UnixListener::bind(path).unwrap();
        assert_eq!(scanner.scan([&b"x"[..]].into_iter()).await, Err(NoVerdict));
    }
}
