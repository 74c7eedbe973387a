//! TLS room: an encrypted connection that can be cut from outside, whoever holds it (HTTP or an upgraded socket).

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use futures::task::AtomicWaker;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
};
use tokio_rustls::server::TlsStream;

use super::{connections::Registration, sources::SourcePermit};

/// The stream, together with its place in the limits, which it gives back when it ends.
pub(super) struct DoorStream {
    inner: TlsStream<TcpStream>,
    registration: Registration,
    _permit: OwnedSemaphorePermit,
    _source: SourcePermit,
}

impl DoorStream {
    pub(super) fn new(
        inner: TlsStream<TcpStream>,
        registration: Registration,
        permit: OwnedSemaphorePermit,
        source: SourcePermit,
    ) -> Self {
        Self { inner, registration, _permit: permit, _source: source }
    }

    /// Passes a step's outcome on unless the connection was cut meanwhile; a waiting step is woken by the cut.
    fn unless_cut<T>(
        &self,
        outcome: Poll<io::Result<T>>,
        waker: &AtomicWaker,
        context: &Context<'_>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_pending() {
            // Register first and look again afterwards, or a cut in between would be slept through.
            waker.register(context.waker());
            if self.registration.life.is_cut() {
                return Poll::Ready(Err(cut()));
            }
        } else {
            self.registration.touch();
        }
        outcome
    }

    fn check(&self) -> io::Result<()> {
        if self.registration.life.is_cut() { Err(cut()) } else { Ok(()) }
    }
}

fn cut() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

impl AsyncRead for DoorStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        let outcome = Pin::new(&mut self.inner).poll_read(context, buffer);
        self.unless_cut(outcome, &self.registration.life.reader, context)
    }
}

impl AsyncWrite for DoorStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        let outcome = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.unless_cut(outcome, &self.registration.life.writer, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.unless_cut(outcome, &self.registration.life.writer, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        let outcome = Pin::new(&mut self.inner).poll_flush(context);
        if outcome.is_ready() {
            // A flush with nothing to do moves no bytes and must not count as activity.
            return outcome;
        }
        self.unless_cut(outcome, &self.registration.life.writer, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        let outcome = Pin::new(&mut self.inner).poll_shutdown(context);
        self.unless_cut(outcome, &self.registration.life.writer, context)
    }
}
