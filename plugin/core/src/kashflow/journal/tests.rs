//! Journals as whole requests, and lists of none, one, many, refused and unreadable.

use chrono::NaiveDate;

use crate::finding::Code;
use crate::kashflow::fixture;
use crate::remote::FailureClass;

use super::*;

fn gbp(minor: i64) -> Money {
    Money::new(minor, Currency::GBP)
}

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 9).expect("a date")
}

fn reserve() -> LedgerJournal {
    let line = |nominal, minor, comment: &str| LedgerJournalLine {
        nominal: NominalId(nominal),
        amount: gbp(minor),
        comment: comment.into(),
    };
    let lines = vec![line(17, 5000, "Kept back"), line(18, -5000, "")];
    LedgerJournal::new(date(), "AMZ 11122233344 RESERVE".into(), lines).expect("it balances")
}

fn row(number: i64, amount: &str) -> String {
    format!(
        "<JournalEntry><DBID>90{number}</DBID><JournalNumber>{number}</JournalNumber>\
         <JournalDate>2026-11-09T00:00:00</JournalDate><Comment>AMZ 1</Comment><Lines>\
         <anyType xsi:type=\"JournalLine\"><NominalID>17</NominalID><Amount>{amount}</Amount><Comment /><ProjId>0</ProjId></anyType>\
         <anyType xsi:type=\"JournalLine\"><NominalID>18</NominalID><Amount>-50.0000</Amount><ProjId>0</ProjId></anyType>\
         </Lines></JournalEntry>"
    )
}

fn rows(rows: &str) -> Result<Vec<PostedLedgerJournal>, CallFailure> {
    let result = format!("<GetJournalsResult>{rows}</GetJournalsResult>");
    GetJournals { comment_begins: "", currency: Currency::GBP }.parse(&fixture::ok("GetJournals", &result))
}

#[test]
fn a_new_journal_is_written_whole_and_in_order() {
    let request = InsertJournal { journal: &reserve() }.request();
    assert_eq!(
        fixture::parameters(&request),
        "<Jnl><DBID>0</DBID><JournalNumber>0</JournalNumber><JournalDate>2026-11-09T00:00:00</JournalDate>\
         <Comment>AMZ 11122233344 RESERVE</Comment><Lines>\
         <anyType xsi:type=\"JournalLine\"><NominalID>17</NominalID><Amount>50.00</Amount>\
         <Comment>Kept back</Comment><ProjId>0</ProjId></anyType>\
         <anyType xsi:type=\"JournalLine\"><NominalID>18</NominalID><Amount>-50.00</Amount><Comment/>\
         <ProjId>0</ProjId></anyType></Lines></Jnl>"
    );
    assert!(request.writes);
}

#[test]
fn a_new_journal_has_a_number_or_is_refused_or_in_doubt() {
    let journal = reserve();
    let call = InsertJournal { journal: &journal };
    let made = call.parse(&fixture::ok("InsertJournal", "<InsertJournalResult>4</InsertJournalResult>"));
    assert_eq!(made, Ok(JournalNumber(4)));
    let refused = call.parse(&fixture::no("InsertJournal", "It does not balance")).expect_err("refused");
    assert_eq!(refused.class, FailureClass::Rejected);
    assert!(refused.finding.message.contains("(journal AMZ 11122233344 RESERVE)"));
    let lost = call.parse(&fixture::ok("InsertJournal", "<InsertJournalResult>0</InsertJournalResult>"));
    assert_eq!(lost.expect_err("in doubt").class, FailureClass::Ambiguous);
}

#[test]
fn journals_are_none_one_or_many() {
    let request = GetJournals { comment_begins: "", currency: Currency::GBP }.request();
    assert_eq!((fixture::parameters(&request).as_str(), request.writes), ("", false));
    let posted = |number| PostedLedgerJournal {
        number: JournalNumber(number),
        date: date(),
        comment: "AMZ 1".into(),
        lines: vec![(NominalId(17), gbp(5000)), (NominalId(18), gbp(-5000))],
    };
    assert_eq!(rows(""), Ok(vec![]));
    assert_eq!(rows(&row(4, "50.0000")), Ok(vec![posted(4)]));
    assert_eq!(rows(&[row(4, "50"), row(5, "50.00")].concat()), Ok(vec![posted(4), posted(5)]));
}

#[test]
fn a_refused_or_unreadable_list_is_a_failure() {
    let call = GetJournals { comment_begins: "", currency: Currency::GBP };
    let refused = call.parse(&fixture::no("GetJournals", "There are no journals")).expect_err("refused");
    assert_eq!((refused.class, refused.finding.code), (FailureClass::Rejected, Code::KashFlowRefused));
    let broken = rows(&row(4, "fifty")).expect_err("unreadable");
    assert_eq!((broken.class, broken.finding.code), (FailureClass::Transient, Code::KashFlowUnreadable));
    assert!(broken.finding.message.contains("its Amount in anyType"), "{}", broken.finding.message);
}
