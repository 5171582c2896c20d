//! The word to stop, as a source listens to it.

use std::time::Duration;

use tokio::sync::watch;

/// Says whether the sources are to stop. That nobody is left to say so counts as the word itself.
#[derive(Clone)]
pub(super) struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    pub(super) fn new(receiver: watch::Receiver<bool>) -> Self {
        Shutdown(receiver)
    }

    /// Ends when the source is to stop.
    pub(super) async fn requested(&mut self) {
        // The error says that the sender is gone.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    pub(super) fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits, and says whether to go on.
    pub(super) async fn sleep(&mut self, duration: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.requested() => false,
            () = tokio::time::sleep(duration) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleep_ends_by_itself_or_by_the_word() {
        let (sender, receiver) = watch::channel(false);
        let mut shutdown = Shutdown::new(receiver);
        assert!(shutdown.sleep(Duration::from_millis(1)).await);
        sender.send(true).unwrap();
        assert!(!shutdown.sleep(Duration::from_secs(3_600)).await);
        shutdown.requested().await;
    }

    #[tokio::test]
    async fn a_source_that_nobody_can_stop_any_more_stops() {
        let (sender, receiver) = watch::channel(false);
        drop(sender);
        Shutdown::new(receiver).requested().await;
    }
}
