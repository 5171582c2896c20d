//! The one writer of a store: a thread that commits what came together in one transaction.
//!
//! A commit waits for the disk. While it does, further writes gather, and the next commit takes them all: the
//! more workers write, the more a commit carries, and each is still answered only once it is durable. Every
//! write stands in a savepoint of its own, so that one that fails takes no other with it.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection as Database, Transaction, TransactionBehavior, ffi};
use tokio::sync::oneshot;

use crate::store::StoreError;

/// The most writes of one commit: a bound on how long the first of them waits for its answer.
const WRITES_PER_COMMIT_MAX: usize = 256;

/// Runs in the transaction, and gives what answers the caller once the commit has ended.
type Work = Box<dyn FnOnce(&Group<'_>) -> Answer + Send>;
/// `Some` has why nothing of the group was kept.
type Answer = Box<dyn FnOnce(Option<&rusqlite::Error>) + Send>;

/// Writes that are committed together.
struct Group<'a> {
    transaction: Option<Transaction<'a>>,
    /// Why there is none, or why it ended before its commit: a full disk ends it in the middle of a write.
    lost: OnceCell<rusqlite::Error>,
}

/// A handle to the writer. With the last one the thread ends, and the file is closed.
#[derive(Clone)]
pub(super) struct Writer {
    path: Arc<PathBuf>,
    thread: Arc<WriterThread>,
    observer: Arc<OnceLock<CommitObserver>>,
}

/// Is told how long each commit took.
type CommitObserver = Box<dyn Fn(Duration) + Send + Sync>;

struct WriterThread {
    /// `None` only while the thread is being ended.
    works: Option<Sender<Work>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.works.take();
        if let Some(thread) = self.thread.take() {
            // A panic in it was told to whoever waited for the write.
            drop(thread.join());
        }
    }
}

impl Writer {
    pub(super) fn start(path: Arc<PathBuf>, database: Database) -> Self {
        let (works, coming) = channel();
        let observer = Arc::new(OnceLock::new());
        let observed = Arc::clone(&observer);
        let thread = std::thread::spawn(move || write_all(database, &coming, &observed));
        let thread = WriterThread { works: Some(works), thread: Some(thread) };
        Writer { path, thread: Arc::new(thread), observer }
    }

    /// The first observer stays.
    pub(super) fn observe(&self, observer: CommitObserver) {
        self.observer.set(observer).ok();
    }

    /// Comes back when the write is durable. A caller that goes away does not interrupt it.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move |group| {
            let result = group.write(work);
            Box::new(move |failure| {
                // The caller may be gone; what it asked for is done all the same.
                drop(sender.send(failure.map_or(result, |failure| Err(copy(failure)))));
            })
        });
        let sent = self.thread.works.as_ref().is_some_and(|works| works.send(work).is_ok());
        let result = if sent { receiver.await.ok() } else { None };
        // The thread ends only by a panic in a write, and the transaction is rolled back then.
        let gone = || Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_ABORT), None));
        result.unwrap_or_else(gone).map_err(|source| StoreError::from_sqlite(&self.path, source))
    }
}

fn write_all(mut database: Database, coming: &Receiver<Work>, observer: &OnceLock<CommitObserver>) {
    while let Ok(first) = coming.recv() {
        let works: Vec<Work> =
            std::iter::once(first).chain(coming.try_iter()).take(WRITES_PER_COMMIT_MAX).collect();
        let start = Instant::now();
        let (answers, failure) = commit(&mut database, works);
        if let Some(observer) = observer.get() {
            observer(start.elapsed());
        }
        for answer in answers {
            answer(failure.as_ref());
        }
    }
}

fn commit(database: &mut Database, works: Vec<Work>) -> (Vec<Answer>, Option<rusqlite::Error>) {
    let (transaction, lost) = match database.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => (Some(transaction), OnceCell::new()),
        Err(error) => (None, OnceCell::from(error)),
    };
    let group = Group { transaction, lost };
    let answers: Vec<Answer> = works.into_iter().map(|work| work(&group)).collect();
    (answers, group.end())
}

impl Group<'_> {
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        if let Some(error) = self.lost.get() {
            return Err(copy(error));
        }
        let transaction = self.transaction.as_ref().expect("what is not lost has a transaction");
        transaction.execute_batch("SAVEPOINT one_write")?;
        match work(transaction) {
            Ok(value) => {
                transaction.execute_batch("RELEASE one_write")?;
                Ok(value)
            }
            Err(error) if transaction.is_autocommit() => {
                // SQLite has rolled everything back; whatever came after would stand outside of a transaction.
                self.lost.set(copy(&error)).expect("it was empty a moment ago");
                Err(error)
            }
            Err(error) => {
                transaction.execute_batch("ROLLBACK TO one_write; RELEASE one_write")?;
                Err(error)
            }
        }
    }

    /// Commits, or says why nothing was kept.
    fn end(self) -> Option<rusqlite::Error> {
        match (self.transaction, self.lost.into_inner()) {
            (Some(transaction), None) => transaction.commit().err(),
            (_, lost) => lost,
        }
    }
}

/// The same failure for one more caller.
fn copy(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => {
            rusqlite::Error::SqliteFailure(*code, message.clone())
        }
        other => rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_ERROR), Some(other.to_string())),
    }
}
