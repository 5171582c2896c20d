//! Connections that can be closed without an answer.
//!
//! An HTTP server always answers. To lose an answer, the twin has to take the wire away from under it: each
//! connection carries a switch, and once it is thrown nothing more is written.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Accepts connections that can be cut.
pub struct CuttableListener(pub TcpListener);

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (CuttableStream { stream, cut: Switch::default() }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// Cuts one connection.
#[derive(Debug, Clone, Default)]
pub struct Switch(Arc<AtomicBool>);

impl Switch {
    pub fn throw(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_thrown(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Who is at the other end, and the switch of the connection.
#[derive(Debug, Clone)]
pub struct Peer {
    pub address: SocketAddr,
    pub cut: Switch,
}

impl Connected<IncomingStream<'_, CuttableListener>> for Peer {
    fn connect_info(incoming: IncomingStream<'_, CuttableListener>) -> Self {
        Self { address: *incoming.remote_addr(), cut: incoming.io().cut.clone() }
    }
}

/// A connection that fails every write once its switch is thrown.
pub struct CuttableStream {
    stream: TcpStream,
    cut: Switch,
}

impl CuttableStream {
    fn refuse_if_cut(&self) -> io::Result<()> {
        if self.cut.is_thrown() { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.refuse_if_cut()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.refuse_if_cut()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
