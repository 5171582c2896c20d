//! Keeps two processes from delivering out of one store.
//!
//! The lock is the operating system's, on a file beside the store, so it ends with its process however that
//! ends. Reading the store and giving events back to its queue need no lock: SQLite keeps those apart.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::StoreError;

/// Held for as long as this process delivers out of the store.
#[derive(Debug)]
pub struct StoreLock {
    _file: File,
}

impl StoreLock {
    /// Takes the lock of the store in this file, or says which process has it.
    pub fn take(store: &Path) -> Result<Self, StoreError> {
        let path = lock_file(store);
        let cannot_open = |source| StoreError::CannotLock { path: path.clone(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(cannot_open)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut process = String::new();
                // Only for the message: the holder may not have written it yet.
                file.read_to_string(&mut process).ok();
                let process = process.trim().to_owned();
                return Err(StoreError::InUse { path: store.to_owned(), process });
            }
            Err(TryLockError::Error(source)) => return Err(cannot_open(source)),
        }
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        written.map_err(cannot_open)?;
        Ok(StoreLock { _file: file })
    }

    /// The process that delivers out of the store now, where one does.
    pub fn holder(store: &Path) -> Result<Option<String>, StoreError> {
        if !lock_file(store).exists() {
            return Ok(None);
        }
        match StoreLock::take(store) {
            Ok(_lock) => Ok(None),
            Err(StoreError::InUse { process, .. }) => Ok(Some(process)),
            Err(error) => Err(error),
        }
    }
}

fn lock_file(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;

    #[test]
    fn one_has_it_at_a_time_and_the_other_learns_who() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("acme.sqlite");
        assert_eq!(StoreLock::holder(&store).unwrap(), None);
        let lock = StoreLock::take(&store).unwrap();
        let refused = StoreLock::take(&store).unwrap_err();
        assert_eq!(refused.code(), Code::StoreInUse);
        let process = std::process::id().to_string();
        assert!(refused.to_string().contains(&process), "{refused}");
        assert_eq!(StoreLock::holder(&store).unwrap(), Some(process));
        drop(lock);
        assert_eq!(StoreLock::holder(&store).unwrap(), None);
        StoreLock::take(&store).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let refused = StoreLock::take(&folder.path().join("absent").join("acme.sqlite")).unwrap_err();
        assert_eq!(refused.code(), Code::StoreCannotLock);
    }
}
