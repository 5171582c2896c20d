//! What a label can be: words of closed sets, names of connections, and names of operations.
//!
//! There is no way to put an event, an order, a path or a message into a label: it would make a series of its
//! own each time, and could carry what must not leave.

use http::StatusCode;

/// Declares sets of words.
macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$about:meta])* $variant:ident: $word:literal),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($(#[$about])* $variant),+ }

        impl $name {
            /// As metrics and the status page say it.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
    )+};
}

words! {
    /// What became of an event that arrived.
    Arrival {
        Stored: "stored",
        /// It had been taken before.
        Duplicate: "duplicate",
    }

    /// Whom the gateway calls.
    Upstream {
        Amazon: "amazon",
        /// Where access tokens come from.
        AmazonLogin: "amazon-login",
        /// Where the documents of reports are.
        AmazonDocuments: "amazon-documents",
        /// Where the documents of feeds are.
        AmazonFeedDocuments: "amazon-feed-documents",
        KashFlow: "kashflow",
        /// No route leads there.
        Other: "other",
    }

    /// What came of a call of the gateway.
    CallResult {
        Success: "2xx",
        Redirection: "3xx",
        ClientError: "4xx",
        ServerError: "5xx",
        /// The gateway gave the answer in the place of the upstream.
        Gateway: "gateway",
        /// The connection does not grant it.
        Refused: "refused",
        NoAnswer: "no-answer",
    }

    /// What the documents of a delivery are.
    Document {
        Customer: "customer",
        Invoice: "sales-invoice",
        CreditNote: "credit-note",
        Payment: "payment",
        Other: "other",
    }

    /// Whether calls go through to an upstream.
    BreakerState {
        Closed: "closed",
        HalfOpen: "half-open",
        Open: "open",
    }

    /// What became of an alert.
    AlertResult {
        Sent: "sent",
        /// It went out in one message with others.
        Combined: "combined",
        /// There is nobody to send it to.
        Logged: "logged",
        /// It is tried again.
        Failed: "failed",
    }
}

impl CallResult {
    /// Of an answer of the upstream itself.
    pub fn of(status: StatusCode) -> Self {
        match status.as_u16() {
            200..=299 => CallResult::Success,
            300..=399 => CallResult::Redirection,
            400..=499 => CallResult::ClientError,
            _ => CallResult::ServerError,
        }
    }
}

impl Document {
    /// Of what the plugin says that it posted.
    pub fn of(effect: &str) -> Self {
        let all = [Document::Customer, Document::Invoice, Document::CreditNote, Document::Payment];
        all.into_iter().find(|document| document.name() == effect).unwrap_or(Document::Other)
    }
}

impl BreakerState {
    pub(super) fn value(self) -> i64 {
        match self {
            BreakerState::Closed => 0,
            BreakerState::HalfOpen => 1,
            BreakerState::Open => 2,
        }
    }
}

/// The name of an operation: `getOrder`, `InsertInvoice`. Letters alone, so that it can be no id and no path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OperationName(String);

impl OperationName {
    /// What has no name of this form is `other`. Of a SOAP action the last segment counts.
    pub fn new(name: &str) -> Self {
        let name = name.rsplit('/').next().unwrap_or_default();
        if matches!(name.len(), 1..=64) && name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            OperationName(name.to_owned())
        } else {
            OperationName::other()
        }
    }

    pub fn other() -> Self {
        OperationName("other".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many events wait, by what they wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct QueueCounts {
    pub ready: u64,
    pub delayed: u64,
    pub in_work: u64,
    pub held: u64,
    pub dead_letter: u64,
}

impl QueueCounts {
    /// Each with the name of its state.
    pub fn by_state(&self) -> [(&'static str, u64); 5] {
        [
            ("ready", self.ready),
            ("delayed", self.delayed),
            ("in-work", self.in_work),
            ("held", self.held),
            ("dead-letter", self.dead_letter),
        ]
    }
}
