//! The folder itself: what lies in it, and the two folders beside the files to which they are moved.
//!
//! Deliberately absent: when a file is taken.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::super::envelope::arrived_event;
use super::super::intake::ArrivedEvent;
use super::super::settlement_file::{HandedIn, hand_in};
use crate::code::Code;
use crate::engine::Source;
use crate::limits::EVENT_BYTES;

/// How an event file ends: the body of one notification.
const EVENT_ENDING: &str = "json";

/// How settlement files end, in capitals or not: Amazon's own name ends with `.txt`.
const SETTLEMENT_ENDINGS: [&str; 4] = ["txt", "tsv", "csv", "gz"];

/// More files of one name than this are none that a person put there.
const SUFFIXES: u32 = 10_000;

/// What can be seen of a file from outside. It is still being written while this changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    size: u64,
    modified: Option<SystemTime>,
}

/// Where a file goes that is done with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    Taken,
    Refused,
}

impl Destination {
    pub(super) fn name(self) -> &'static str {
        match self {
            Destination::Taken => "taken",
            Destination::Refused => "refused",
        }
    }
}

/// What a file turns out to be.
pub(super) enum Contents {
    Event(ArrivedEvent),
    Refused { code: Code, message: String },
}

#[derive(Clone)]
pub(super) struct DropFolder {
    path: PathBuf,
}

impl DropFolder {
    /// Makes the folder for taken files as well, which shows at once whether this user may write there.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        fs::read_dir(&path)?;
        fs::create_dir_all(path.join(Destination::Taken.name()))?;
        Ok(DropFolder { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The event files and settlement files by name. Hidden files, other endings (`.part`, `.tmp`), links and folders are none.
    pub(super) fn files(&self) -> io::Result<BTreeMap<OsString, Look>> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name();
            let hidden = name.as_encoded_bytes().starts_with(b".");
            if hidden || !(is_event(&name) || is_settlement(&name)) {
                continue;
            }
            // A file that is gone again is none; the metadata of an entry are its own, not those of a link's target.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() {
                files.insert(name, Look { size: metadata.len(), modified: metadata.modified().ok() });
            }
        }
        Ok(files)
    }

    pub(super) fn read(&self, name: &OsStr) -> io::Result<Contents> {
        let path = self.path.join(name);
        if is_settlement(name) {
            return Ok(match hand_in(&path)? {
                HandedIn::Settlement(event) => Contents::Event(event),
                HandedIn::Other(_) => no_settlement(name),
                HandedIn::TooLarge { most } => too_large(name, most),
            });
        }
        let mut body = Vec::new();
        File::open(path)?.take(EVENT_BYTES as u64 + 1).read_to_end(&mut body)?;
        if body.len() > EVENT_BYTES {
            return Ok(too_large(name, EVENT_BYTES as u64));
        }
        Ok(Contents::Event(arrived_event(body, Source::Upload, None)))
    }

    /// Under its own name, or with a number where there is one of that name already. Nothing is overwritten.
    pub(super) fn move_to(&self, name: &OsStr, destination: Destination) -> io::Result<()> {
        let folder = self.path.join(destination.name());
        fs::create_dir_all(&folder)?;
        let reserved = reserve(&folder, Path::new(name))?;
        fs::rename(self.path.join(name), &reserved).inspect_err(|_| {
            // What was reserved is empty, and nobody misses it.
            let _ = fs::remove_file(&reserved);
        })
    }
}

fn is_event(name: &OsStr) -> bool {
    Path::new(name).extension() == Some(OsStr::new(EVENT_ENDING))
}

fn is_settlement(name: &OsStr) -> bool {
    let ending = Path::new(name).extension();
    ending.is_some_and(|ending| SETTLEMENT_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn too_large(name: &OsStr, most: u64) -> Contents {
    let name = name.display();
    let message = format!("the file {name} is larger than {most} bytes and is moved to refused");
    Contents::Refused { code: Code::EventFileTooLarge, message }
}

fn no_settlement(name: &OsStr) -> Contents {
    let name = name.display();
    let message = format!(
        "the file {name} is moved to refused: its first line is not the header of a settlement report, which has \
         settlement-id among its columns and a tab between two"
    );
    Contents::Refused { code: Code::EventFileNoSettlement, message }
}

/// Takes a free name by making an empty file of it, which no other process can then do: a rename alone would
/// overwrite.
fn reserve(folder: &Path, name: &Path) -> io::Result<PathBuf> {
    let (stem, ending) = (name.file_stem().unwrap_or_default(), name.extension().unwrap_or_default());
    for number in 0..SUFFIXES {
        let path = if number == 0 {
            folder.join(name)
        } else {
            let mut numbered = stem.to_owned();
            numbered.push(format!("-{number}."));
            numbered.push(ending);
            folder.join(numbered)
        };
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("there are too many files of this name"))
}
