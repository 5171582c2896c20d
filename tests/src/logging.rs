//! For tests that read the log of their own thread while others run beside them.

use std::sync::LazyLock;

use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;

/// Where tracing knows of one subscriber alone, it asks the thread that meets a line first whether anybody wants it,
/// and remembers the answer; on the thread of another test that is nobody. With a second one it asks both.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));

/// Every line is offered to the subscriber of its thread from now on. To be called before that is set.
pub fn offer_every_line() {
    LazyLock::force(&SECOND);
}
