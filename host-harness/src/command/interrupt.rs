//! Ctrl-C and SIGTERM as a command takes them that ends between two deliveries and never within one.
//!
//! Deliberately absent: a second signal that would end it at once; SIGKILL does, and nothing is lost by it.

use std::pin::pin;
use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Whether the command is to end.
pub(super) struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
    requested: bool,
}

impl Interrupt {
    /// From now on neither signal ends the process.
    pub(super) fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen to the signals of the system");
        Ok(Interrupt {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            requested: false,
        })
    }

    /// Whether to go on now.
    pub(super) async fn goes_on(&mut self) -> bool {
        self.sleep(Duration::ZERO).await
    }

    /// Does the work to its end. `on_request` is called where a signal comes meanwhile.
    pub(super) async fn finish<T>(&mut self, work: impl Future<Output = T>, on_request: impl FnOnce()) -> T {
        let mut work = pin!(work);
        tokio::select! {
            biased;
            output = &mut work => return output,
            () = self.signalled() => {}
        }
        on_request();
        work.await
    }

    /// Waits, and says whether to go on.
    pub(super) async fn sleep(&mut self, duration: Duration) -> bool {
        if self.requested {
            return false;
        }
        tokio::select! {
            biased;
            () = self.signalled() => false,
            () = tokio::time::sleep(duration) => true,
        }
    }

    async fn signalled(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        self.requested = true;
    }
}
