//! Posts a settlement that is kept, as far as one delivery goes.

use chrono::{DateTime, Duration, Utc};

use crate::canonical::SettlementPosting;
use crate::host::{Host, LogLevel};
use crate::limits::{
    SETTLEMENT_BATCH, SETTLEMENT_CALLS_MAX, SETTLEMENT_POSTING_CALLS, SETTLEMENT_POSTING_MS,
    SETTLEMENT_POSTINGS_MAX,
};
use crate::remote::CallFailure;

use super::super::books::{Books, SettlementBooks};
use super::ensure::{Which, ensure};
use super::jobs::jobs;
use super::keeper::KeptSettlement;
use super::part::Part;
use super::session::{PostingTerms, Session};

/// How far one delivery came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reached {
    /// Everything was worked through; something may wait for a person.
    TheEnd,
    /// More is left for the next delivery.
    ThePause,
}

/// Posts until the end or until it is time to pause. `attempt` is the number of the delivery.
pub fn post(
    host: &mut dyn Host,
    (sales, money): (&dyn Books, &dyn SettlementBooks),
    kept: &mut KeptSettlement,
    terms: &PostingTerms<'_>,
    attempt: u32,
) -> Result<Reached, CallFailure> {
    let mut pace = Pace::new(host, kept);
    let mut session = Session::new(host, sales, money, terms);
    while kept.manifest.parts_done < kept.manifest.parts {
        let number = kept.manifest.parts_done;
        let mut part = Part::open(session.host, terms.settlement, number)?;
        let reached = work(&mut session, &mut part, &mut pace);
        if !matches!(reached, Ok(Reached::TheEnd)) {
            progressed(&mut session, kept, &part, attempt)?;
            return reached;
        }
        if !part.is_posted() {
            kept.manifest.parts_waiting.push(number);
        }
        kept.manifest.parts_done += 1;
        kept.manifest.progressed_at_attempt = attempt;
        kept.write(session.host)?;
        let done = kept.manifest.parts_done.to_string();
        session.host.log(LogLevel::Debug, "a part of a settlement was worked through", &[("part", &done)]);
    }
    Ok(Reached::TheEnd)
}

/// Looks again at what waits for a person, one part after the other from the given place among those that wait.
pub fn look_again(
    host: &mut dyn Host,
    (sales, money): (&dyn Books, &dyn SettlementBooks),
    kept: &mut KeptSettlement,
    terms: &PostingTerms<'_>,
    attempt: u32,
) -> Result<Reached, CallFailure> {
    let mut pace = Pace::new(host, kept);
    let mut session = Session::new(host, sales, money, terms);
    session.is_another_look = true;
    while let Some(number) = kept.manifest.next_to_look_at() {
        if pace.is_over(&mut session) {
            return Ok(Reached::ThePause);
        }
        let mut part = Part::open(session.host, terms.settlement, number)?;
        work(&mut session, &mut part, &mut pace)?;
        kept.manifest.looked_at(number, part.is_posted());
        kept.manifest.progressed_at_attempt = attempt;
        kept.write(session.host)?;
    }
    Ok(Reached::TheEnd)
}

/// Takes down that this delivery got something done, so that only those that get nothing done count as attempts.
fn progressed(
    session: &mut Session<'_>,
    kept: &mut KeptSettlement,
    part: &Part,
    attempt: u32,
) -> Result<(), CallFailure> {
    if !part.has_progressed() || kept.manifest.progressed_at_attempt == attempt {
        return Ok(());
    }
    kept.manifest.progressed_at_attempt = attempt;
    kept.write(session.host)
}

/// How much one delivery does.
struct Pace {
    until: DateTime<Utc>,
    left: u32,
}

impl Pace {
    /// The parts were written in this delivery, or are read at its end for the summary: their calls are not there for
    /// postings.
    fn new(host: &mut dyn Host, kept: &KeptSettlement) -> Self {
        let until = host.now() + Duration::milliseconds(SETTLEMENT_POSTING_MS);
        let calls = SETTLEMENT_CALLS_MAX.saturating_sub(kept.manifest.parts);
        let batch = u32::try_from(SETTLEMENT_BATCH).unwrap_or(u32::MAX);
        let postings = (calls / SETTLEMENT_POSTING_CALLS).clamp(batch, SETTLEMENT_POSTINGS_MAX);
        Pace { until, left: postings }
    }

    fn is_over(&mut self, session: &mut Session<'_>) -> bool {
        self.left == 0 || session.host.now() >= self.until
    }

    fn count(&mut self, postings: usize) {
        self.left = self.left.saturating_sub(u32::try_from(postings).unwrap_or(u32::MAX));
    }
}

/// Works through a part. What waits for a person is passed over, unless it is looked at again.
fn work(session: &mut Session<'_>, part: &mut Part, pace: &mut Pace) -> Result<Reached, CallFailure> {
    let again = session.is_another_look;
    let is_open = |part: &Part, index: usize| {
        let item = &part.items[index];
        !item.is_posted() && (again || !item.waits_for_a_person())
    };
    let open: Vec<usize> = (0..part.items.len()).filter(|index| is_open(part, *index)).collect();
    // What cannot be batched with others is a batch of its own.
    let is_payment = |index: &usize| matches!(part.items[*index].posting, SettlementPosting::Payment(_));
    let (payments, others): (Vec<usize>, Vec<usize>) = open.into_iter().partition(is_payment);
    let batches = payments.chunks(SETTLEMENT_BATCH).chain(others.chunks(1));
    for batch in batches {
        if !again && pace.is_over(session) {
            return Ok(Reached::ThePause);
        }
        for index in batch {
            part.items[*index].remark.take_if(|remark| remark.waits);
        }
        let documents = jobs(session, part, batch, Which::Document)?;
        ensure(session, part, documents)?;
        let payments = jobs(session, part, batch, Which::Payment)?;
        ensure(session, part, payments)?;
        pace.count(batch.len());
    }
    Ok(Reached::TheEnd)
}
