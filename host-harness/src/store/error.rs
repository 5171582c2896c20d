//! What can be wrong with a store file, told apart as far as a person has to act differently.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::code::Code;

/// Why a store cannot be opened or used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot open the store `{}`: check that its folder exists and that this user may write in it", .path.display())]
    CannotOpen {
        path: PathBuf,
        #[source]
        source: rusqlite::Error,
    },
    #[error("the store `{}` is read-only: make the file and its folder writable for this user", .path.display())]
    ReadOnly { path: PathBuf },
    #[error("the store `{}` is damaged or is not a store: restore it from a backup", .path.display())]
    Corrupt {
        path: PathBuf,
        #[source]
        source: rusqlite::Error,
    },
    #[error("the store `{}` is locked by another process: end it, or give this one its own file", .path.display())]
    Locked { path: PathBuf },
    #[error("the disk under the store `{}` is full: make room", .path.display())]
    Full { path: PathBuf },
    #[error("the store `{}` has schema {found}, and this version knows schemas up to {known}: run the newer version", .path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("the store `{}` is delivered from by process {process}: end it, or let it do the work", .path.display())]
    InUse { path: PathBuf, process: String },
    #[error("the lock file `{}` cannot be used: check that this user may write in its folder", .path.display())]
    CannotLock {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the store `{}` refuses an operation", .path.display())]
    Failed {
        path: PathBuf,
        #[source]
        source: rusqlite::Error,
    },
}

impl StoreError {
    pub fn code(&self) -> Code {
        match self {
            StoreError::CannotOpen { .. } => Code::StoreCannotOpen,
            StoreError::ReadOnly { .. } => Code::StoreReadOnly,
            StoreError::Corrupt { .. } => Code::StoreCorrupt,
            StoreError::Locked { .. } => Code::StoreLocked,
            StoreError::Full { .. } => Code::StoreFull,
            StoreError::Newer { .. } => Code::StoreNewer,
            StoreError::Failed { .. } => Code::StoreFailed,
            StoreError::InUse { .. } => Code::StoreInUse,
            StoreError::CannotLock { .. } => Code::StoreCannotLock,
        }
    }

    pub(super) fn from_sqlite(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::CannotOpen) => StoreError::CannotOpen { path, source },
            Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StoreError::Corrupt { path, source }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path },
            Some(ErrorCode::DiskFull) => StoreError::Full { path },
            _ => StoreError::Failed { path, source },
        }
    }
}
