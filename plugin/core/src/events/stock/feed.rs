//! Many quantities as one feed: sent, worked on by Amazon for minutes, and answered message by message.
//!
//! One feed at a time. Which message is which SKU stands in the ledger, and that a feed may have been made stands in
//! the journal before it is. Quantities are absolute, so a feed that is made twice does no harm.

use std::io::Read;

use flate2::bufread::MultiGzDecoder;

use crate::amazon::feeds::{
    CreateFeed, CreateFeedDocument, DownloadFeedDocument, FeedMessage, FeedResults, FeedStatus, GetFeed,
    GetFeedDocument, UploadFeedDocument, quantities, results,
};
use crate::canonical::{FeedDocumentId, FeedId, OnItsWay, ProductCode, SellerSku, Unheeded};
use crate::finding::{Code, Finding};
use crate::limits::{PARSED_BYTES_MAX, STOCK_FEED_MESSAGES_MAX};
use crate::mapping::stock::{OfferChange, refused};
use crate::orchestration::stock::FeedUnderway;
use crate::remote::{CallFailure, FailureClass};

use super::desk::Desk;
use super::{End, Reached};

impl Desk<'_> {
    /// Sends as many quantities as fit into one feed.
    pub fn send_feed(&mut self, changes: &[OfferChange]) -> Result<(), CallFailure> {
        let changes = &changes[..changes.len().min(STOCK_FEED_MESSAGES_MAX)];
        let numbered: Vec<(u32, &OfferChange)> = (1..).zip(changes).collect();
        let message = |(number, change): &(u32, &OfferChange)| FeedMessage {
            number: *number,
            sku: change.sku.clone(),
            units: change.to,
        };
        let messages: Vec<FeedMessage> = numbered.iter().map(message).collect();
        let target = self.call(&CreateFeedDocument { host: self.settings.region.host() })?;
        let file = quantities(&self.stock.seller, &messages);
        self.call(&UploadFeedDocument { target: &target, file: &file })?;
        let at = self.host.now();
        let messages = u32::try_from(changes.len()).expect("a feed has few messages");
        let underway = FeedUnderway { document: target.document, feed: None, sent_at: at, messages };
        // First that there may be a feed, then what is in it: a quantity whose mark is lost is sent once more.
        self.journal.progress.feed = Some(underway);
        self.journal.write(self.host)?;
        for (number, change) in numbered {
            self.change_offer(&change.product, &change.sku, |offer| {
                offer.on_its_way = Some(OnItsWay { units: change.to, at, feed_message: Some(number) });
            })?;
        }
        self.ledger.write(self.host)?;
        self.make_feed()
    }

    /// Has the document that was sent made a feed, unless that is done.
    fn make_feed(&mut self) -> Result<(), CallFailure> {
        let Some(underway) = self.journal.progress.feed.clone().filter(|underway| underway.feed.is_none())
        else {
            return Ok(());
        };
        let made = self.call(&CreateFeed {
            host: self.settings.region.host(),
            marketplace: &self.stock.marketplace,
            document: &underway.document,
        });
        match made {
            Ok(feed) => {
                self.effect("quantities-feed", &feed, format!("{} quantities", underway.messages));
                self.journal.progress.feed = Some(FeedUnderway { feed: Some(feed), ..underway });
                self.journal.write(self.host)
            }
            Err(failure) if failure.class == FailureClass::Rejected => {
                // Amazon does not know the document any more: its quantities are sent again.
                self.give_up_feed()?;
                Err(CallFailure { class: FailureClass::Transient, ..failure })
            }
            Err(failure) => Err(failure),
        }
    }

    /// Looks what became of the feed that is under way, if any.
    pub fn look_at_feed(&mut self) -> Result<(), CallFailure> {
        if self.journal.progress.feed.is_none() {
            // A mark that a crash has left is of no feed: whether its quantity was taken, the offer shows.
            return self.finish_feed(&FeedResults::default());
        }
        self.make_feed()?;
        let Some(feed) = self.journal.progress.feed.as_ref().and_then(|underway| underway.feed.clone())
        else {
            return Ok(());
        };
        let read = self.call(&GetFeed { host: self.settings.region.host(), feed: &feed })?;
        match read.status {
            FeedStatus::Underway => Ok(()),
            FeedStatus::Failed => {
                let message = "Amazon did not process the feed: nothing of it took effect, and its quantities are sent \
                               again; if it lasts, look at it in Seller Central";
                self.findings.push(Finding::new(Code::FeedFailed, feed.as_str(), message));
                self.give_up_feed()
            }
            FeedStatus::Done => {
                let results = match read.results {
                    Some(document) => self.results(&document)?,
                    None => FeedResults::default(),
                };
                if let Some(said) = &results.of_the_feed {
                    let message = format!("Amazon says of the feed of quantities: {said}");
                    self.findings.push(Finding::new(Code::FeedFailed, feed.as_str(), message));
                }
                self.finish_feed(&results)
            }
        }
    }

    /// A notification says that a feed is done.
    pub fn finished_feed(&mut self, feed: &FeedId) -> Result<Reached, End> {
        let ours = self.journal.progress.feed.as_ref().and_then(|underway| underway.feed.as_ref());
        if ours != Some(feed) {
            let message = "the feed is none that this connection waits for: it was looked at already, or is somebody \
                           else's";
            return Err(End::Ignored(Finding::new(Code::EventNotHandled, feed.as_str(), message)));
        }
        self.ledger.read_all(self.host)?;
        self.look_at_feed()?;
        if self.journal.progress.feed.is_some() {
            let reason = format!("feed {feed} is said to be done and Amazon does not show it yet");
            return Ok(Reached::Wait(crate::limits::LEASED_RETRY_MS, reason));
        }
        Ok(Reached::End)
    }

    fn results(&mut self, document: &FeedDocumentId) -> Result<FeedResults, CallFailure> {
        let found = self.call(&GetFeedDocument { host: self.settings.region.host(), document })?;
        let file = self.call(&DownloadFeedDocument { document: &found })?;
        if found.compression.is_none() {
            return results(document, &file);
        }
        let mut unpacked = Vec::new();
        let mut reader = MultiGzDecoder::new(file.as_slice()).take(PARSED_BYTES_MAX as u64);
        match reader.read_to_end(&mut unpacked) {
            Ok(_) => results(document, &unpacked),
            Err(_) => Err(CallFailure::new(
                FailureClass::Transient,
                Code::AmazonUnreadable,
                document.as_str(),
                "the results of the feed cannot be unpacked; they are asked for again",
            )),
        }
    }

    /// What was not refused has been accepted, and an offer has yet to show it.
    fn finish_feed(&mut self, results: &FeedResults) -> Result<(), CallFailure> {
        let at = self.host.now();
        for (product, sku, on_its_way) in self.in_the_feed() {
            let number = on_its_way.feed_message.unwrap_or_default();
            let why = results.refused.get(&number);
            self.change_offer(&product, &sku, |offer| match why {
                Some(why) => {
                    (offer.on_its_way, offer.refused) = (None, Some((on_its_way.units, why.clone())));
                }
                None => offer.on_its_way = Some(OnItsWay { feed_message: None, at, ..on_its_way }),
            })?;
            if let Some(why) = why {
                self.tell_of(&product, &sku, refused(&sku, on_its_way.units, why))?;
            }
        }
        self.journal.progress.feed = None;
        self.keep()
    }

    /// Nothing of the feed took effect.
    fn give_up_feed(&mut self) -> Result<(), CallFailure> {
        for (product, sku, on_its_way) in self.in_the_feed() {
            self.change_offer(&product, &sku, |offer| {
                let same = offer.unheeded.filter(|unheeded| unheeded.units == on_its_way.units);
                let times = same.map_or(0, |unheeded| unheeded.times) + 1;
                offer.unheeded = Some(Unheeded { units: on_its_way.units, times });
                offer.on_its_way = None;
            })?;
        }
        self.journal.progress.feed = None;
        self.keep()
    }

    fn in_the_feed(&self) -> Vec<(ProductCode, SellerSku, OnItsWay)> {
        let mut found = Vec::new();
        for (product, standing) in self.ledger.iter() {
            for (sku, standing) in &standing.skus {
                let on_its_way = standing.offer.as_ref().and_then(|offer| offer.on_its_way);
                if let Some(on_its_way) = on_its_way.filter(|it| it.feed_message.is_some()) {
                    found.push((product.clone(), sku.clone(), on_its_way));
                }
            }
        }
        found
    }
}
