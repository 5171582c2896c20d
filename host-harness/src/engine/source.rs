//! The names of the contract's sources, as the store and the metrics write them.

use super::Source;

impl Source {
    const ALL: [Source; 4] = [Source::AmazonNotification, Source::Schedule, Source::Upload, Source::Queue];

    /// As the contract names it.
    pub fn name(self) -> &'static str {
        match self {
            Source::AmazonNotification => "amazon-notification",
            Source::Schedule => "schedule",
            Source::Upload => "upload",
            Source::Queue => "queue",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Source::ALL.into_iter().find(|source| source.name() == name)
    }
}
