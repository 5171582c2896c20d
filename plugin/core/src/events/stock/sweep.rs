//! The sweep: everything that both sides have is compared, and what follows is done.
//!
//! KashFlow tells of no change, so its products are all read; of Amazon only what changed is asked for. A delivery
//! that comes to its end in the middle needs no bookmark but Amazon's: what it did is gone from the next plan.

use chrono::Duration;

use crate::canonical::ProductCode;
use crate::finding::{Code, Finding};
use crate::host::LogLevel;
use crate::limits::HELD_SWEEP_MS;
use crate::mapping::stock::{BooksChange, OfferChange, ProductPlan, Sides, brake};
use crate::orchestration::stock::HeldSweep;
use crate::orchestration::{Attempt, Stop};

use super::desk::Desk;
use super::request::StockRequest;
use super::{End, Reached};

type Plans = Vec<(ProductCode, ProductPlan)>;

impl Desk<'_> {
    pub fn sweep(&mut self, request: StockRequest, attempt: Attempt<'_>) -> Result<Reached, End> {
        self.read_everything()?;
        self.look_at_feed()?;
        for pool in &self.stock.pools {
            if !self.count_changes(pool, request.everything)? {
                return Ok(pause("Amazon's counts are being read"));
            }
        }
        let wanted = self.offers_to_read()?;
        if !self.read_offers(&wanted)? {
            let left = self.offers_to_read()?.len();
            return Ok(pause(&format!("{left} offers are still to be read")));
        }
        let mut plans = self.plans()?;
        let unseen = self.offers_to_see_first(&offers_of(&plans))?;
        if !unseen.is_empty() {
            if !self.read_offers(&unseen)? {
                return Ok(pause(&format!("{} offers are read again before they change", unseen.len())));
            }
            plans = self.plans()?;
        }
        self.apply_brake(&plans, request, attempt)?;
        self.carry_out(&plans)
    }

    fn carry_out(&mut self, plans: &Plans) -> Result<Reached, End> {
        let books: Vec<BooksChange> = plans.iter().filter_map(|(_, plan)| plan.books.clone()).collect();
        let offers = offers_of(plans);
        let counts = [("books", books.len().to_string()), ("offers", offers.len().to_string())];
        let fields = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
        self.host.log(LogLevel::Info, "a sweep of the stock has planned its changes", &fields);
        if !self.write_books(&books)? {
            return Ok(pause(&format!("{} stock levels are being written", books.len())));
        }
        if offers.len() >= self.stock.feed_from {
            // While a feed is under way, what is not in it waits: Amazon takes one at a time best.
            if self.journal.progress.feed.is_none() {
                self.send_feed(&offers)?;
            }
        } else if !self.send_one_by_one(&offers)? {
            return Ok(pause(&format!("{} quantities are being sent", offers.len())));
        }
        self.finish()
    }

    fn finish(&mut self) -> Result<Reached, End> {
        let mut waits_until = None;
        for (product, plan) in self.plans()? {
            self.tell(&product, &plan)?;
            waits_until = waits_until.max(plan.waits_until);
        }
        self.journal.progress.held = None;
        self.keep()?;
        self.tidy_promises()?;
        Ok(Reached::after(waits_until, self.host.now()))
    }

    /// Holds a sweep that would change too much, unless a person has agreed: by releasing it, or by asking for it so.
    fn apply_brake(&mut self, plans: &Plans, request: StockRequest, attempt: Attempt<'_>) -> Result<(), End> {
        let sides = Sides::of(plans.iter().map(|(_, plan)| plan));
        let changes = sides.books.changes + sides.offers.changes;
        let Some((side, braked)) = brake(sides, self.stock.brake).filter(|_| request.brakes) else {
            return Ok(());
        };
        let held = self.journal.progress.held.clone();
        let is_agreed = |held: &HeldSweep| {
            let is_released = held.agreed || attempt.number <= held.attempt;
            held.event == attempt.event_id && is_released && changes <= held.changes
        };
        if let Some(held) = held.clone().filter(is_agreed) {
            self.journal.progress.held = Some(HeldSweep { agreed: true, ..held });
            return Ok(self.keep()?);
        }
        let examples: Vec<String> = plans.iter().flat_map(|(_, plan)| examples(plan)).take(3).collect();
        let message = format!(
            "would change {} of {} {side} at once, {} of them to nothing (for example {}): `harness stock diff` shows \
             all; release the event to let it pass, or set `stock.brake-share`",
            braked.changes,
            braked.of,
            braked.emptied,
            examples.join("; ")
        );
        let finding = Finding::new(Code::StockBrake, "sweep of the stock", message);
        let now = self.host.now();
        let still_waits = |held: &HeldSweep| {
            let is_recent = now - held.at < Duration::milliseconds(HELD_SWEEP_MS);
            held.event != attempt.event_id && is_recent
        };
        match held.filter(still_waits) {
            // One sweep waits for a person, and the next ones wait for it; it may have been discarded, so not forever.
            Some(_) => Err(End::Ignored(finding)),
            None => {
                let (event, attempt) = (attempt.event_id.to_owned(), attempt.number);
                self.journal.progress.held =
                    Some(HeldSweep { event, changes, attempt, at: now, agreed: false });
                self.keep()?;
                Err(End::Stop(Stop::Held(finding)))
            }
        }
    }
}

fn offers_of(plans: &Plans) -> Vec<OfferChange> {
    plans.iter().flat_map(|(_, plan)| &plan.offers).cloned().collect()
}

fn examples(plan: &ProductPlan) -> Vec<String> {
    let book =
        plan.books.iter().map(|change| format!("{} from {} to {}", change.product, change.from, change.to));
    let offers =
        plan.offers.iter().map(|change| format!("{} from {} to {}", change.sku, change.from, change.to));
    book.chain(offers).collect()
}

fn pause(what: &str) -> Reached {
    Reached::Pause(format!("the stock is being compared: {what}, and it goes on"))
}
