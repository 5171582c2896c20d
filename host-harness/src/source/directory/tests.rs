//! Files that are dropped in, whole, half, too large and in the way.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;

use super::super::envelope::arrived_event;
use super::*;
use crate::captured_log::Log;
use crate::clock::SystemClock;
use crate::engine::{Export, Source};
use crate::limits::EVENT_BYTES;
use crate::source::intake::tests::MemoryIntake;
use crate::source::settlement_file::tests::{TEXT, gzip};
use crate::source::status::SourceStatus;

struct Bench {
    folder: tempfile::TempDir,
    intake: Arc<MemoryIntake>,
    directory: Directory,
    shutdown: Shutdown,
    stop: watch::Sender<bool>,
}

impl Bench {
    fn new() -> Bench {
        Bench::over(tempfile::tempdir().unwrap(), Arc::default())
    }

    fn over(folder: tempfile::TempDir, intake: Arc<MemoryIntake>) -> Bench {
        let settings = DirectorySettings { path: folder.path().to_owned(), poll_ms: 1_000 };
        let status = Arc::new(SourceStatus::new("directory"));
        let reception = Reception { intake: intake.clone(), clock: Arc::new(SystemClock), status };
        let directory = Directory::open(&settings, reception).unwrap();
        let (stop, receiver) = watch::channel(false);
        Bench { folder, intake, directory, shutdown: Shutdown::new(receiver), stop }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn drop_in(&self, name: &str, body: impl AsRef<[u8]>) {
        fs::write(self.path(name), body).unwrap();
    }

    async fn look(&mut self) -> Duration {
        self.directory.look(&self.shutdown).await
    }

    fn status(&self) -> &SourceStatus {
        &self.directory.reception.status
    }

    fn last_code(&self) -> Option<Code> {
        self.status().last_error().map(|trouble| trouble.code)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn files_are_taken_in_the_order_of_their_names_and_moved() {
    let mut bench = Bench::new();
    bench.drop_in("b.json", r#"{"NotificationType":"TRANSACTION_UPDATE","n":2}"#);
    bench.drop_in("a.json", r#"{"NotificationType":"ORDER_CHANGE","n":1}"#);
    for ignored in [".a.json", "a.json.part", "a.tmp", "a.JSON", "json"] {
        bench.drop_in(ignored, "{}");
    }
    fs::create_dir(bench.path("folder.json")).unwrap();
    std::os::unix::fs::symlink(bench.path("a.tmp"), bench.path("link.json")).unwrap();
    assert_eq!(bench.look().await, Duration::from_secs(1));
    assert_eq!(bench.intake.stored().len(), 0, "a first look tells nothing of whether a file is whole");
    bench.look().await;
    let stored = bench.intake.stored();
    assert_eq!(
        stored.iter().map(|event| event.export).collect::<Vec<_>>(),
        [Export::OnOrder, Export::OnFinancialEvent]
    );
    assert!(stored.iter().all(|event| event.source == Source::Upload));
    assert_eq!(stored[0].body, br#"{"NotificationType":"ORDER_CHANGE","n":1}"#);
    assert_eq!(names(&bench.path("taken")), ["a.json", "b.json"]);
    assert!(
        !bench.path("a.json").exists() && bench.path("a.tmp").exists() && bench.path("link.json").exists()
    );
    bench.look().await;
    assert_eq!((bench.status().stored(), bench.status().duplicates(), bench.last_code()), (2, 0, None));
}

#[tokio::test]
async fn a_file_that_is_still_being_written_is_left_alone() {
    let mut bench = Bench::new();
    bench.drop_in("a.json", "{");
    bench.look().await;
    bench.drop_in("a.json", r#"{"half":"#);
    bench.look().await;
    assert!(bench.intake.stored().is_empty());
    bench.drop_in("a.json", r#"{"half":"whole"}"#);
    bench.look().await;
    bench.look().await;
    assert_eq!(bench.intake.stored()[0].body, br#"{"half":"whole"}"#);
}

#[tokio::test]
async fn a_crash_before_the_move_is_put_right_by_the_next_look() {
    let mut bench = Bench::new();
    bench.drop_in("a.json", "{}");
    bench.intake.take_quietly(&arrived_event(b"{}".to_vec(), Source::Upload, None));
    bench.look().await;
    bench.look().await;
    assert_eq!((bench.status().stored(), bench.status().duplicates()), (0, 1));
    assert_eq!(names(&bench.path("taken")), ["a.json"]);
}

#[tokio::test]
async fn nothing_that_was_taken_is_overwritten() {
    let mut bench = Bench::new();
    for content in ["1", "2", "3"] {
        bench.drop_in("a.json", content);
        bench.look().await;
        bench.look().await;
    }
    assert_eq!(names(&bench.path("taken")), ["a-1.json", "a-2.json", "a.json"]);
    assert_eq!(fs::read_to_string(bench.path("taken/a.json")).unwrap(), "1");
    assert_eq!(fs::read_to_string(bench.path("taken/a-2.json")).unwrap(), "3");
}

#[tokio::test]
async fn a_file_that_is_too_large_is_put_aside() {
    let mut bench = Bench::new();
    bench.drop_in("large.json", " ".repeat(EVENT_BYTES + 1));
    bench.drop_in("small.json", " ".repeat(EVENT_BYTES));
    bench.look().await;
    bench.look().await;
    assert_eq!((bench.status().stored(), bench.status().refused()), (1, 1));
    assert_eq!(bench.last_code(), Some(Code::EventFileTooLarge));
    assert_eq!(
        (names(&bench.path("refused")), names(&bench.path("taken"))),
        (vec!["large.json".to_owned()], vec!["small.json".to_owned()])
    );
}

#[tokio::test]
async fn a_settlement_file_is_taken_once_whatever_its_name_and_packing() {
    let mut bench = Bench::new();
    bench.drop_in("2026.txt", TEXT);
    bench.drop_in("again.TSV", TEXT);
    bench.drop_in("packed.csv.GZ", gzip(TEXT));
    bench.drop_in("other.csv", format!("{TEXT}7\t8\t9\n"));
    bench.look().await;
    bench.look().await;
    assert_eq!((bench.status().stored(), bench.status().duplicates(), bench.last_code()), (2, 2, None));
    for event in bench.intake.stored() {
        assert_eq!((event.export, event.source), (Export::OnFinancialEvent, Source::Upload));
        assert_eq!(event.content_type, "application/gzip");
    }
    assert_eq!(names(&bench.path("taken")), ["2026.txt", "again.TSV", "other.csv", "packed.csv.GZ"]);
    bench.drop_in("2026.txt", TEXT);
    bench.look().await;
    bench.look().await;
    let taken = names(&bench.path("taken"));
    assert_eq!(taken, ["2026-1.txt", "2026.txt", "again.TSV", "other.csv", "packed.csv.GZ"]);
    assert_eq!((bench.status().stored(), bench.status().duplicates()), (2, 3));
}

#[tokio::test]
async fn what_only_ends_like_a_settlement_file_is_refused_with_its_code() {
    let (log, _guard) = Log::collect();
    let mut bench = Bench::new();
    bench.drop_in("notes.txt", "to do\n");
    bench.drop_in("saved.csv", TEXT.replace('\t', ","));
    bench.drop_in("empty.tsv", "");
    bench.drop_in("order.json.gz", gzip("{}"));
    bench.drop_in("book.xlsx", "PK\x03\x04");
    bench.look().await;
    bench.look().await;
    assert_eq!((bench.intake.offers(), bench.status().refused()), (0, 4));
    assert_eq!(bench.last_code(), Some(Code::EventFileNoSettlement));
    assert_eq!(log.text().matches("HH-0505").count(), 4, "{}", log.text());
    let refused = names(&bench.path("refused"));
    assert_eq!(refused, ["empty.tsv", "notes.txt", "order.json.gz", "saved.csv"]);
    assert!(bench.path("book.xlsx").exists(), "other endings are left alone");
}

#[tokio::test]
async fn a_store_that_fails_leaves_the_files_and_is_asked_again_later() {
    let mut bench = Bench::new();
    bench.drop_in("a.json", "1");
    bench.drop_in("b.json", "2");
    bench.intake.fail_next(2);
    bench.look().await;
    assert_eq!(bench.look().await, Duration::from_secs(1));
    assert_eq!(bench.look().await, Duration::from_secs(2));
    assert_eq!(bench.last_code(), Some(Code::StoreFull));
    assert!(bench.path("a.json").exists() && bench.path("b.json").exists());
    bench.look().await;
    assert_eq!(names(&bench.path("taken")), ["a.json", "b.json"]);
}

#[tokio::test]
async fn what_cannot_be_moved_is_said_once_and_taken_once() {
    let (log, _guard) = Log::collect();
    let mut bench = Bench::new();
    // A file in the place of the folder stops everybody, the superuser too.
    fs::remove_dir(bench.path("taken")).unwrap();
    bench.drop_in("taken", "");
    bench.drop_in("a.json", "{}");
    for _ in 0..4 {
        bench.look().await;
    }
    assert_eq!((bench.status().stored(), bench.status().duplicates()), (1, 0));
    assert_eq!(log.text().matches("HH-0503").count(), 1, "{}", log.text());
    fs::remove_file(bench.path("taken")).unwrap();
    bench.look().await;
    assert_eq!(names(&bench.path("taken")), ["a.json"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_once_and_taken_when_it_can() {
    let (log, _guard) = Log::collect();
    let mut bench = Bench::new();
    bench.drop_in("a.json", "{}");
    fs::set_permissions(bench.path("a.json"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(bench.path("a.json")).is_ok() {
        // The superuser reads everything.
        return;
    }
    for _ in 0..4 {
        bench.look().await;
    }
    assert_eq!(log.text().matches("HH-0502").count(), 1, "{}", log.text());
    fs::set_permissions(bench.path("a.json"), fs::Permissions::from_mode(0o600)).unwrap();
    bench.look().await;
    assert_eq!(names(&bench.path("taken")), ["a.json"]);
}

#[tokio::test]
async fn a_folder_has_to_be_there_and_is_missed_when_it_goes() {
    let mut bench = Bench::new();
    let settings = DirectorySettings { path: bench.path("absent"), poll_ms: 1_000 };
    assert!(Directory::open(&settings, bench.directory.reception.clone()).is_err());
    fs::remove_dir_all(bench.folder.path()).unwrap();
    assert_eq!(bench.look().await, Duration::from_secs(1));
    assert_eq!(bench.look().await, Duration::from_secs(2));
    assert_eq!(bench.last_code(), Some(Code::DirectoryUnusable));
}

#[tokio::test]
async fn it_stops_when_it_is_told() {
    let bench = Bench::new();
    bench.stop.send(true).unwrap();
    bench.directory.run(bench.shutdown).await;
}
