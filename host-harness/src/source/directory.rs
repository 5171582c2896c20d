//! A folder as a source: files that are dropped in become events, and are moved away once they are stored.
//! Notifications as `.json`, settlement files as `.txt`, `.tsv`, `.csv` or `.gz`.
//!
//! A crash between storing and moving leaves a file that is taken again, is a duplicate then, and is moved.
//! Deliberately absent: subfolders, and watching through the operating system, which misses what happens on a
//! file system of the network.

mod drop_folder;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff};

use self::drop_folder::{Contents, Destination, DropFolder, Look};
use super::reception::{PAUSES, Reception};
use super::shutdown::Shutdown;
use crate::code::Code;
use crate::connection::DirectorySettings;
use crate::store::StoreError;

/// One folder at work.
pub(super) struct Directory {
    folder: DropFolder,
    poll: Duration,
    reception: Reception,
    /// What lay there at the last look.
    seen: BTreeMap<OsString, Look>,
    /// What went wrong with a file, until it changes: so that it is said once.
    troubles: BTreeMap<OsString, Trouble>,
    pauses: ExponentialBackoff,
}

struct Trouble {
    look: Look,
    /// Its event is stored or refused, and only the move is missing.
    move_to: Option<Destination>,
}

impl Directory {
    /// The folder itself has to be there: one that is made by the host is one that nobody writes to.
    pub(super) fn open(settings: &DirectorySettings, reception: Reception) -> io::Result<Self> {
        Ok(Directory {
            folder: DropFolder::open(settings.path.clone())?,
            poll: Duration::from_millis(settings.poll_ms),
            reception,
            seen: BTreeMap::new(),
            troubles: BTreeMap::new(),
            pauses: PAUSES.build(),
        })
    }

    pub(super) async fn run(mut self, mut shutdown: Shutdown) {
        loop {
            let sleep = self.look(&shutdown).await;
            if !shutdown.sleep(sleep).await {
                return;
            }
        }
    }

    /// Takes every file that has not changed since the last look, in the order of their names. Gives the time
    /// after which to look again.
    async fn look(&mut self, shutdown: &Shutdown) -> Duration {
        let folder = self.folder.clone();
        let present = match blocking(move || folder.files()).await {
            Ok(present) => present,
            Err(error) => {
                let path = self.folder.path().display();
                let message = format!("the folder {path} cannot be looked at: {error}");
                self.reception.failed(Code::DirectoryUnusable, message);
                return self.pauses.next().unwrap_or(self.poll);
            }
        };
        self.troubles.retain(|name, trouble| present.get(name) == Some(&trouble.look));
        let before = std::mem::replace(&mut self.seen, present.clone());
        for (name, look) in present {
            if before.get(&name) != Some(&look) {
                continue;
            }
            if shutdown.is_requested() {
                break;
            }
            // The store is out of order for every file, so the rest waits as well.
            if self.take(&name, look).await.is_err() {
                return self.pauses.next().unwrap_or(self.poll);
            }
        }
        self.pauses = PAUSES.build();
        self.poll
    }

    async fn take(&mut self, name: &OsString, look: Look) -> Result<(), StoreError> {
        if let Some(destination) = self.troubles.get(name).and_then(|trouble| trouble.move_to) {
            self.move_to(name, look, destination).await;
            return Ok(());
        }
        let (folder, file) = (self.folder.clone(), name.clone());
        match blocking(move || folder.read(&file)).await {
            Ok(Contents::Event(event)) => {
                self.reception.take(&event).await?;
                self.move_to(name, look, Destination::Taken).await;
            }
            Ok(Contents::Refused { code, message }) => {
                self.reception.turned_away(code, message);
                self.move_to(name, look, Destination::Refused).await;
            }
            // Somebody was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!("the file {} cannot be read: {error}", name.display());
                self.trouble(name, look, None, Code::EventFileUnreadable, message);
            }
        }
        Ok(())
    }

    async fn move_to(&mut self, name: &OsString, look: Look, destination: Destination) {
        let (folder, file) = (self.folder.clone(), name.clone());
        match blocking(move || folder.move_to(&file, destination)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let (file, to) = (name.display(), destination.name());
                let message = format!("the file {file} cannot be moved to {to}: {error}");
                self.trouble(name, look, Some(destination), Code::EventFileStuck, message);
            }
            // Moved now, or by somebody who was faster.
            _ => {
                self.troubles.remove(name);
                // A new file of this name is a new file, however alike.
                self.seen.remove(name);
            }
        }
    }

    fn trouble(
        &mut self,
        name: &OsString,
        look: Look,
        move_to: Option<Destination>,
        code: Code,
        message: String,
    ) {
        let known = self.troubles.insert(name.clone(), Trouble { look, move_to });
        if known.is_none_or(|known| known.move_to != move_to) {
            self.reception.failed(code, message);
        }
    }
}

/// File systems answer in their own time.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("no work here panics")
}
