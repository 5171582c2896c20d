//! Bank transactions with and without VAT, in both directions, and balances.

use crate::canonical::BankAccount;
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

fn transaction(amount: i64, vat: i64, vat_rate: Option<VatRate>) -> BankTransaction {
    let (id, name) = (BankAccountId(148_202), "Amazon clearing".to_owned());
    BankTransaction {
        account: BankAccount { id, name, code: NominalCode(1249) },
        date: date(),
        amount: gbp(amount),
        vat: gbp(vat),
        vat_rate,
        nominal: NominalCode(4910),
        comment: "AMZ 11122233344 OTHER".into(),
    }
}

fn written(transaction: &BankTransaction) -> String {
    let request = InsertBankTransaction { transaction }.request();
    assert!(request.writes);
    fixture::parameters(&request)
}

fn rows(rows: &str) -> Result<Vec<PostedBankTransaction>, CallFailure> {
    let result = format!("<GetBankTransactionsResult>{rows}</GetBankTransactionsResult>");
    GetBankTransactions { account: BankAccountId(148_202), comment_begins: "", currency: Currency::GBP }
        .parse(&fixture::ok("GetBankTransactions", &result))
}

fn row(id: i64, money_in: &str, money_out: &str) -> String {
    format!(
        "<BankTransaction><ID>{id}</ID><accid>148202</accid><TransactionDate>2026-11-09T00:00:00</TransactionDate>\
         <moneyin>{money_in}</moneyin><moneyout>{money_out}</moneyout><Vatable>1</Vatable><VatRate>20.0000</VatRate>\
         <VatAmount>2.0000</VatAmount><TransactionType>4910</TransactionType><Comment>AMZ 1</Comment>\
         <ProjectID>0</ProjectID><CustomerId>0</CustomerId><SupplierId>0</SupplierId></BankTransaction>"
    )
}

#[test]
fn money_in_is_written_whole_and_in_order_on_the_nominal_behind_the_account() {
    assert_eq!(
        written(&transaction(1200, 200, Some(VatRate::from_basis_points(2000)))),
        "<bp><ID>0</ID><accid>1249</accid><TransactionDate>2026-11-09T00:00:00</TransactionDate>\
         <moneyin>12.00</moneyin><moneyout>0.00</moneyout><Vatable>1</Vatable><VatRate>20</VatRate>\
         <VatAmount>2.00</VatAmount><TransactionType>4910</TransactionType><Comment>AMZ 11122233344 OTHER</Comment>\
         <ProjectID>0</ProjectID><CustomerId>0</CustomerId><SupplierId>0</SupplierId></bp>"
    );
}

#[test]
fn money_out_has_a_column_instead_of_a_sign() {
    let with_vat = written(&transaction(-1200, -200, Some(VatRate::from_basis_points(2000))));
    let columns = "<moneyin>0.00</moneyin><moneyout>12.00</moneyout><Vatable>1</Vatable><VatRate>20</VatRate>\
                   <VatAmount>2.00</VatAmount>";
    assert!(with_vat.contains(columns), "{with_vat}");
    let without = written(&transaction(-1200, 0, None));
    let columns =
        "<moneyout>12.00</moneyout><Vatable>0</Vatable><VatRate>0</VatRate><VatAmount>0.00</VatAmount>";
    assert!(without.contains(columns), "{without}");
}

#[test]
fn transactions_are_none_one_or_many_with_their_signs() {
    let request =
        GetBankTransactions { account: BankAccountId(148_202), comment_begins: "", currency: Currency::GBP }
            .request();
    assert_eq!(fixture::parameters(&request), "<AccountID>148202</AccountID>");
    assert!(!request.writes);

    let posted = |id, amount, vat| PostedBankTransaction {
        id: BankTransactionId(id),
        date: date(),
        amount: gbp(amount),
        vat: gbp(vat),
        nominal: NominalCode(4910),
        comment: "AMZ 1".into(),
    };
    assert_eq!(rows(""), Ok(vec![]));
    assert_eq!(rows(&row(1, "12.0000", "0.0000")), Ok(vec![posted(1, 1200, 200)]));
    let many = [row(1, "12.00", "0"), row(2, "0.0000", "12.0000")].concat();
    assert_eq!(rows(&many), Ok(vec![posted(1, 1200, 200), posted(2, -1200, -200)]));
}

#[test]
fn what_people_entered_in_a_form_of_their_own_is_passed_over() {
    let call = GetBankTransactions {
        account: BankAccountId(148_202),
        comment_begins: "AMZ 1",
        currency: Currency::GBP,
    };
    let theirs = row(9, "much", "0").replace("AMZ 1", "Cash from Bob");
    let list =
        format!("<GetBankTransactionsResult>{theirs}{}</GetBankTransactionsResult>", row(1, "12.00", "0"));
    let read = call.parse(&fixture::ok("GetBankTransactions", &list)).expect("ours is readable");
    assert_eq!(read.iter().map(|posted| posted.id).collect::<Vec<_>>(), [BankTransactionId(1)]);
}

#[test]
fn a_refused_or_unreadable_list_is_a_failure() {
    let call =
        GetBankTransactions { account: BankAccountId(148_202), comment_begins: "", currency: Currency::GBP };
    let refused = call.parse(&fixture::no("GetBankTransactions", "There are no transactions"));
    assert_eq!(refused.expect_err("refused").finding.code, Code::KashFlowRefused);
    let broken = rows(&row(1, "much", "0")).expect_err("unreadable");
    assert_eq!((broken.class, broken.finding.code), (FailureClass::Transient, Code::KashFlowUnreadable));
}

#[test]
fn a_new_transaction_has_an_id_or_is_refused_or_in_doubt() {
    let transaction = transaction(1200, 0, None);
    let call = InsertBankTransaction { transaction: &transaction };
    let made = call.parse(&fixture::ok(
        "InsertBankTransaction",
        "<InsertBankTransactionResult>3</InsertBankTransactionResult>",
    ));
    assert_eq!(made, Ok(BankTransactionId(3)));
    let refused = call.parse(&fixture::no("InsertBankTransaction", "No such nominal")).expect_err("refused");
    assert_eq!(refused.class, FailureClass::Rejected);
    assert!(refused.finding.message.contains("(bank transaction AMZ 11122233344 OTHER)"));
    let lost = call.parse(&fixture::fault(500, "Timeout expired.")).expect_err("in doubt");
    assert_eq!((lost.class, lost.finding.code), (FailureClass::Ambiguous, Code::AnswerLost));
}

#[test]
fn a_balance_is_read_or_the_answer_is_unreadable() {
    let call = GetBankBalance { account: BankAccountId(148_202), date: date(), currency: Currency::GBP };
    let expected = "<AccountID>148202</AccountID><BalanceDate>2026-11-09T00:00:00</BalanceDate>";
    assert_eq!(fixture::parameters(&call.request()), expected);
    assert!(!call.request().writes);
    let balance = |result: &str| call.parse(&fixture::ok("GetBankBalance", result));
    assert_eq!(balance("<GetBankBalanceResult>-12.3400</GetBankBalanceResult>"), Ok(gbp(-1234)));
    assert_eq!(balance("<GetBankBalanceResult>0</GetBankBalanceResult>"), Ok(gbp(0)));
    for nothing in ["", "<GetBankBalanceResult />", "<GetBankBalanceResult>none</GetBankBalanceResult>"] {
        let failure = balance(nothing).expect_err("unreadable");
        assert_eq!(
            (failure.class, failure.finding.code),
            (FailureClass::Transient, Code::KashFlowUnreadable)
        );
    }
    let refused = call.parse(&fixture::no("GetBankBalance", "There is no such account"));
    assert_eq!(refused.expect_err("refused").class, FailureClass::Rejected);
}
