//! Promises as orders write them and sweeps read them.

use super::super::memory::MemoryHost;
use super::*;
use crate::finding::Code;

fn order(text: &str) -> OrderId {
    OrderId::new(text).expect("an id")
}

fn sku(text: &str) -> SellerSku {
    SellerSku::new(text).expect("a sku")
}

fn at(text: &str) -> DateTime<Utc> {
    format!("2026-10-28T{text}Z").parse().expect("a time")
}

fn promise(units: &[(&str, i64)], is_open: bool, time: &str) -> Promise {
    let units = units.iter().map(|(text, units)| (sku(text), Units(*units))).collect();
    Promise { units, is_open, at: at(time) }
}

fn open(host: &mut MemoryHost, time: &str) -> Vec<(String, i64)> {
    let promises = Promises::read_all(host).expect("readable");
    promises.open(at(time)).into_iter().map(|(sku, units)| (sku.to_string(), units.0)).collect()
}

#[test]
fn open_orders_are_added_up_and_invoiced_ones_are_not() {
    let mut host = MemoryHost::default();
    for number in 0..40 {
        let id = order(&format!("026-{number}"));
        keep_promise(&mut host, &id, &promise(&[("MUG", 2), ("LAMP", 1)], true, "10:00:00")).expect("kept");
    }
    assert_eq!(open(&mut host, "12:00:00"), [("LAMP".to_owned(), 40), ("MUG".to_owned(), 80)]);
    keep_promise(&mut host, &order("026-7"), &promise(&[("MUG", 2)], false, "11:00:00")).expect("kept");
    assert_eq!(open(&mut host, "12:00:00"), [("LAMP".to_owned(), 39), ("MUG".to_owned(), 78)]);
}

#[test]
fn what_is_known_is_not_written_again() {
    let mut host = MemoryHost::default();
    let mug = |time| promise(&[("MUG", 2)], true, time);
    keep_promise(&mut host, &order("026-1"), &mug("10:00:00")).expect("kept");
    keep_promise(&mut host, &order("026-1"), &mug("11:00:00")).expect("kept");
    assert_eq!(host.writes, 1);
}

#[test]
fn an_order_that_was_overtaken_tries_again_and_gives_up_at_last() {
    let mut host = MemoryHost { overtaken: PROMISE_WRITES_MAX, ..MemoryHost::default() };
    let mug = promise(&[("MUG", 2)], true, "10:00:00");
    assert_eq!(keep_promise(&mut host, &order("026-1"), &mug), Ok(()));
    host.overtaken = PROMISE_WRITES_MAX + 1;
    let failure = keep_promise(&mut host, &order("026-2"), &mug).expect_err("overtaken");
    assert_eq!(failure.finding.code, Code::StockInWork);
}

#[test]
fn an_invoiced_order_is_forgotten_once_its_offers_were_read() {
    let mut host = MemoryHost::default();
    keep_promise(&mut host, &order("026-1"), &promise(&[("MUG", 2)], false, "10:00:00")).expect("kept");
    keep_promise(&mut host, &order("026-2"), &promise(&[("LAMP", 1)], true, "10:00:00")).expect("kept");
    let mut promises = Promises::read_all(&mut host).expect("readable");
    let read_at = |time: &'static str| move |_: &SellerSku, noted: DateTime<Utc>| noted >= at(time);
    let both = BTreeMap::from([(sku("LAMP"), at("10:00:00")), (sku("MUG"), at("10:00:00"))]);
    assert_eq!(promises.last_noted(), both);
    promises.tidy(&mut host, at("12:00:00"), read_at("09:00:00")).expect("tidied");
    assert_eq!(Promises::read_all(&mut host).expect("readable").last_noted(), both);
    promises.tidy(&mut host, at("12:00:00"), read_at("11:00:00")).expect("tidied");
    let left = Promises::read_all(&mut host).expect("readable");
    assert_eq!(left.last_noted(), BTreeMap::from([(sku("LAMP"), at("10:00:00"))]));
    assert_eq!(left.open(at("12:00:00")).len(), 1);
}

#[test]
fn an_order_that_is_never_invoiced_is_forgotten_at_last() {
    let mut host = MemoryHost::default();
    keep_promise(&mut host, &order("026-1"), &promise(&[("MUG", 2)], true, "10:00:00")).expect("kept");
    let later = at("10:00:00") + Duration::milliseconds(PROMISE_TTL_MS + 1);
    let mut promises = Promises::read_all(&mut host).expect("readable");
    assert!(promises.open(later).is_empty());
    promises.tidy(&mut host, later, |_, _| true).expect("tidied");
    assert!(Promises::read_all(&mut host).expect("readable").last_noted().is_empty());
}
