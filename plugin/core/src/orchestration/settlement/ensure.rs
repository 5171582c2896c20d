//! Ensures postings, some at a time: look up, intend, create, confirm, record.
//!
//! All that is to be created is written down as intended at once, and all that was created is confirmed at once, so
//! that a batch costs two writes. What was intended and never sent waits for as long as what may be on its way: the
//! price of a crash is time, never a second posting.

use chrono::{DateTime, Utc};

use crate::finding::Code;
use crate::remote::{CallFailure, FailureClass};

use super::intention::await_settled;
use super::item::{Item, Remark, Stage};
use super::part::Part;
use super::session::Session;

/// What the books say of a posting.
pub(super) enum Sought {
    /// It is there, with what a person should know of it.
    Found { number: i64, remark: Option<Remark> },
    /// It was not there at this time.
    Absent { looked_at: DateTime<Utc> },
    /// It is not there and must not be created until a person has looked.
    Waits(Remark),
}

/// Something that can be looked up and created. Creating it twice makes two.
pub(super) trait Ensurable {
    /// The order, or the reference.
    fn subject(&self) -> String;

    /// Fails as a conflict where the books hold something else in its place.
    fn find(&self, session: &mut Session<'_>) -> Result<Sought, CallFailure>;

    fn create(&self, session: &mut Session<'_>) -> Result<(), CallFailure>;
}

/// Which of the two things of an item is ensured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Which {
    Document,
    Payment,
}

pub(super) struct Job {
    /// The place of the item in its part.
    pub index: usize,
    pub which: Which,
    pub wanted: Box<dyn Ensurable>,
}

impl Job {
    fn stage<'a>(&self, part: &'a mut Part) -> &'a mut Stage {
        let item: &mut Item = &mut part.items[self.index];
        match self.which {
            Which::Document => &mut item.document,
            Which::Payment => &mut item.payment,
        }
    }

    /// Takes down what was found of it.
    fn found(&self, part: &mut Part, number: i64, remark: Option<Remark>) {
        *self.stage(part) = Stage::Recorded(number);
        if remark.is_some() {
            part.items[self.index].remark = remark;
        }
    }
}

/// Ensures all of these. A failure ends it; what was done by then is written down.
pub(super) fn ensure(session: &mut Session<'_>, part: &mut Part, jobs: Vec<Job>) -> Result<(), CallFailure> {
    let absent = match look(session, part, jobs) {
        Ok(absent) => absent,
        Err(failure) => {
            // What was found counts as progress, so it has to be kept: found anew each time, it would count anew.
            part.write(session.host)?;
            return Err(failure);
        }
    };
    intend(session, part, &absent);
    part.write(session.host)?;
    let (created, failure) = create(session, part, absent);
    session.look_again();
    let confirmed = confirm(session, part, &created);
    let written = part.write(session.host);
    failure.map_or(Ok(()), Err)?;
    confirmed?;
    written
}

/// Takes down what the books hold already; gives what they lack and what may be created.
fn look(session: &mut Session<'_>, part: &mut Part, jobs: Vec<Job>) -> Result<Vec<Job>, CallFailure> {
    let mut absent = Vec::new();
    for job in jobs {
        if job.stage(part).number().is_some() {
            continue;
        }
        match job.wanted.find(session)? {
            Sought::Found { number, remark } => job.found(part, number, remark),
            Sought::Waits(remark) => part.items[job.index].remark = Some(remark),
            Sought::Absent { looked_at } => {
                await_settled(*job.stage(part), looked_at, &job.wanted.subject())?;
                absent.push(job);
            }
        }
    }
    Ok(absent)
}

#[cfg(not(sabotage = "no-intent"))]
fn intend(session: &mut Session<'_>, part: &mut Part, absent: &[Job]) {
    let now = session.host.now();
    for job in absent {
        *job.stage(part) = Stage::Intended(now);
    }
}

/// The build that the crash tests must catch: it creates without having said so.
#[cfg(sabotage = "no-intent")]
fn intend(_: &mut Session<'_>, _: &mut Part, _: &[Job]) {}

/// Creates one after the other, up to the first failure. What is certain not to be there waits again. What is refused
/// waits for a person and stops nothing else, unless one after the other is refused: then it is about all of them.
fn create(session: &mut Session<'_>, part: &mut Part, absent: Vec<Job>) -> (Vec<Job>, Option<CallFailure>) {
    let mut created = Vec::new();
    let mut failure: Option<CallFailure> = None;
    for job in absent {
        if failure.is_some() {
            *job.stage(part) = Stage::Waiting;
            continue;
        }
        match job.wanted.create(session) {
            Ok(()) => {
                session.refused_in_a_row = 0;
                created.push(job);
            }
            Err(failed) if failed.class == FailureClass::Rejected && session.passes_over_a_refusal() => {
                *job.stage(part) = Stage::Waiting;
                part.items[job.index].hold(failed.finding.code, failed.finding.message);
            }
            Err(failed) => {
                // Those that were passed over before it were refused for what is about all.
                for item in part.items.iter_mut().filter(|_| failed.class == FailureClass::Rejected) {
                    item.remark.take_if(|remark| remark.waits && remark.code == failed.finding.code);
                }
                if failed.class != FailureClass::Ambiguous {
                    *job.stage(part) = Stage::Waiting;
                }
                failure = Some(failed);
            }
        }
    }
    (created, failure)
}

/// Reads what was created back: the books answer OK to things that they then do not keep.
fn confirm(session: &mut Session<'_>, part: &mut Part, created: &[Job]) -> Result<(), CallFailure> {
    let mut result = Ok(());
    for job in created {
        let read = job.wanted.find(session).and_then(|sought| match sought {
            Sought::Found { number, remark } => {
                job.found(part, number, remark);
                Ok(())
            }
            // Written and not readable yet: the next delivery finds it.
            Sought::Absent { .. } | Sought::Waits(_) => Err(CallFailure::new(
                FailureClass::Ambiguous,
                Code::NotReadBack,
                &job.wanted.subject(),
                "was posted and cannot be read back yet: the books are looked at again",
            )),
        });
        result = result.and(read);
    }
    result
}
