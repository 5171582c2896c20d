//! What an offer that was read says of what was sent.

use super::*;
use crate::canonical::OnItsWay;

fn at(minute: u32) -> DateTime<Utc> {
    format!("2026-10-28T12:{minute:02}:00Z").parse().expect("a time")
}

fn sent(units: i64, unheeded: Option<Unheeded>, feed_message: Option<u32>) -> Option<OfferStanding> {
    let mut offer = OfferStanding::read(OfferKind::ByMerchant(Units(9)), at(0));
    offer.on_its_way = Some(OnItsWay { units: Units(units), at: at(0), feed_message });
    offer.unheeded = unheeded;
    Some(offer)
}

fn unheeded(times: u32) -> Option<Unheeded> {
    Some(Unheeded { units: Units(3), times })
}

#[test]
fn an_offer_that_shows_what_was_sent_has_taken_it() {
    let read = judged(sent(3, unheeded(2), None), Units(3), None, false, at(5));
    assert_eq!(read, OfferStanding::read(OfferKind::ByMerchant(Units(3)), at(5)));
}

#[test]
fn what_an_offer_shows_too_early_or_within_a_feed_says_nothing() {
    for (known, now) in [(sent(3, None, None), at(4)), (sent(3, None, Some(1)), at(30))] {
        let read = judged(known.clone(), Units(9), None, false, now);
        assert_eq!(read.on_its_way, known.expect("sent").on_its_way);
        assert_eq!((read.unheeded, read.believed()), (None, Some(Units(3))));
    }
}

#[test]
fn what_was_not_taken_is_counted_unless_it_was_bought_or_refused() {
    let problem = "no price".to_owned();
    let read = |known, problem, was_bought| judged(known, Units(9), problem, was_bought, at(5));
    assert_eq!(read(sent(3, None, None), None, false).unheeded, unheeded(1));
    assert_eq!(read(sent(3, unheeded(1), None), None, false).unheeded, unheeded(2));
    let of_another = Some(Unheeded { units: Units(4), times: 2 });
    assert_eq!(read(sent(3, of_another, None), None, false).unheeded, unheeded(1));
    assert_eq!(read(sent(3, unheeded(1), None), None, true).unheeded, None);
    let refused = read(sent(3, None, None), Some(&problem), false);
    assert_eq!((refused.refused, refused.unheeded), (Some((Units(3), problem)), None));
}

#[test]
fn what_was_in_vain_is_tried_again_once_the_offer_is_looked_at_anew() {
    let mut known = OfferStanding::read(OfferKind::ByMerchant(Units(9)), at(0));
    (known.unheeded, known.refused) = (unheeded(3), Some((Units(3), "no price".into())));
    let read = judged(Some(known), Units(9), None, false, at(5));
    assert_eq!(read, OfferStanding::read(OfferKind::ByMerchant(Units(9)), at(5)));
}
