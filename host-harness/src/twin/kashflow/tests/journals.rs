//! Journals.

use super::*;

/// The id of the nominal 1249, the clearing account.
const CLEARING_ID: i32 = 17_387_843;

async fn reserve_id(twin: &KashFlowTwin) -> i32 {
    let nominals = call(twin, "GetNominalCodes", "").await.expect_ok();
    let place = nominals.all("Code").iter().position(|code| *code == "1250").unwrap();
    nominals.all("id")[place].parse().unwrap()
}

#[tokio::test]
async fn a_journal_is_booked_as_given() {
    let twin = started().await;
    let reserve = reserve_id(&twin).await;
    let lines = [(reserve, "50.00"), (CLEARING_ID, "-50")];
    let created = call(&twin, "InsertJournal", &journal(0, &lines)).await.expect_ok();
    assert_eq!(created.first("InsertJournalResult"), "1");
    assert_eq!([1250, 1249].map(|code| twin.books().balance_pence(code)), [5_000, -5_000]);

    let read = call(&twin, "GetJournal", "<JournalNumber>1</JournalNumber>").await.expect_ok();
    let names = ["DBID", "JournalNumber", "JournalDate"];
    assert_eq!(names.map(|name| read.first(name)), ["6207731", "1", "2026-03-10T00:00:00"]);
    assert_eq!(read.all("Amount"), ["50.0000", "-50.0000"]);
    assert_eq!(read.all("NominalID"), [reserve.to_string(), CLEARING_ID.to_string()]);
    let unknown = call(&twin, "GetJournal", "<JournalNumber>2</JournalNumber>").await;
    unknown.expect_no("There is no journal with the number 2");
}

#[tokio::test]
async fn journals_are_listed_with_the_numbers_that_they_were_given() {
    let twin = started().await;
    let empty = call(&twin, "GetJournals", "").await.expect_ok();
    assert!(empty.body().contains("<GetJournalsResult/>"));
    let lines = [(SALES_ID, "1"), (CLEARING_ID, "-1")];
    for number in [0, 7, 0] {
        call(&twin, "InsertJournal", &journal(number, &lines)).await.expect_ok();
    }
    let listed = call(&twin, "GetJournals", "").await.expect_ok();
    assert_eq!(listed.all("JournalNumber"), ["1", "7", "8"]);
    let again = call(&twin, "InsertJournal", &journal(7, &lines)).await;
    again.expect_no("The journal number 7 is not valid");
}

#[tokio::test]
async fn journals_that_do_not_fit_are_refused_and_leave_nothing() {
    let twin = started().await;
    let cases = [
        (
            journal(0, &[(SALES_ID, "1"), (CLEARING_ID, "-1.01")]),
            "The debits and credits of the journal differ by -0.01",
        ),
        (journal(0, &[(SALES_ID, "0")]), "A journal needs two lines or more"),
        (journal(0, &[(4000, "1"), (CLEARING_ID, "-1")]), "There is no nominal with the ID 4000"),
    ];
    for (parameters, detail) in cases {
        call(&twin, "InsertJournal", &parameters).await.expect_no(detail);
    }
    twin.edit(|account| account.set_transaction_lock("2026-03-11".parse().ok()));
    let locked = call(&twin, "InsertJournal", &journal(0, &[(SALES_ID, "1"), (CLEARING_ID, "-1")])).await;
    locked.expect_no("The date is before the transaction lock date");
    assert!(twin.books().journals().is_empty() && twin.books().trial_balance().is_empty());
}
