//! Bank transactions, transfers and balances.

use super::*;

async fn balance(twin: &KashFlowTwin, account: i32, day: u32) -> String {
    let date = format!("2026-03-{day:02}T00:00:00");
    let parameters = format!("<AccountID>{account}</AccountID><BalanceDate>{date}</BalanceDate>");
    call(twin, "GetBankBalance", &parameters).await.expect_ok().first("GetBankBalanceResult").to_owned()
}

#[tokio::test]
async fn money_in_and_money_out_are_posted_with_their_vat() {
    let twin = started().await;
    let incoming = bank_transaction(1249, ["12.00", "0"], "2.00", 4910);
    let created = call(&twin, "InsertBankTransaction", &incoming).await.expect_ok();
    assert_eq!(created.first("InsertBankTransactionResult"), "55610447");
    let outgoing = bank_transaction(1249, ["0", "6.00"], "1.00", 6201);
    call(&twin, "InsertBankTransaction", &outgoing).await.expect_ok();
    let without_vat = bank_transaction(1249, ["0", "0.50"], "0", 9998);
    call(&twin, "InsertBankTransaction", &without_vat).await.expect_ok();
    let books = twin.books();
    assert_eq!(
        [1249, 4910, 2200, 6201, 2201, 9998].map(|code| books.balance_pence(code)),
        [550, -1_000, -200, 500, 100, 50]
    );

    let listed = call(&twin, "GetBankTransactions", "<AccountID>148202</AccountID>").await.expect_ok();
    assert_eq!(listed.all("moneyin"), ["12.0000", "0.0000", "0.0000"]);
    assert_eq!(listed.all("moneyout"), ["0.0000", "6.0000", "0.5000"]);
    assert_eq!(
        (listed.all("Vatable"), listed.all("VatAmount")),
        (vec!["1", "1", "0"], vec!["2.0000", "1.0000", "0.0000"])
    );
    assert_eq!((listed.first("accid"), listed.first("TransactionType")), ("1249", "4910"));
    let signs: Vec<i64> =
        books.bank_transactions().iter().map(|transaction| transaction.amount_pence).collect();
    assert_eq!(signs, [1_200, -600, -50]);
}

#[tokio::test]
async fn a_transaction_on_another_bank_account_moves_both_and_is_listed_once() {
    let twin = started().await;
    let payout = bank_transaction(1249, ["0", "80"], "0", 1200);
    call(&twin, "InsertBankTransaction", &payout).await.expect_ok();
    assert_eq!([1200, 1249].map(|code| twin.books().balance_pence(code)), [8_000, -8_000]);
    let clearing = call(&twin, "GetBankTransactions", "<AccountID>148202</AccountID>").await.expect_ok();
    assert_eq!(clearing.all("Comment"), ["S1"]);
    let bank = call(&twin, "GetBankTransactions", "<AccountID>148201</AccountID>").await.expect_ok();
    assert!(bank.body().contains("<GetBankTransactionsResult/>"));
}

#[tokio::test]
async fn a_balance_counts_every_movement_up_to_and_including_its_day() {
    let twin = started_with_supplier().await;
    call(&twin, "InsertInvoice", &invoice("A", &line("1", "100", "20", "20", 0))).await.expect_ok();
    call(&twin, "InsertInvoicePayment", &payment(1, 148_202, "120")).await.expect_ok();
    let fees = line_on(SELLING_FEES_ID, "1", "10", "0", "0", 0);
    call(&twin, "InsertReceipt", &purchase("S1", &fees)).await.expect_ok();
    let paid = purchase_payment(1, 148_202, "10").replace("2026-03-10T", "2026-03-12T");
    call(&twin, "InsertReceiptPayment", &paid).await.expect_ok();
    let payout = bank_transaction(1249, ["0", "110"], "0", 1200).replace("2026-03-10T", "2026-03-14T");
    call(&twin, "InsertBankTransaction", &payout).await.expect_ok();
    for (day, expected) in
        [(9, "0.0000"), (10, "120.0000"), (11, "120.0000"), (12, "110.0000"), (14, "0.0000")]
    {
        assert_eq!(balance(&twin, 148_202, day).await, expected, "on day {day}");
    }
    assert_eq!(balance(&twin, 148_201, 14).await, "110.0000");
    let parameters = "<AccountID>1249</AccountID><BalanceDate>2026-03-10T00:00:00</BalanceDate>";
    let unknown = call(&twin, "GetBankBalance", parameters).await;
    unknown.expect_no("There is no bank account with the ID 1249");
}

#[tokio::test]
async fn transactions_that_do_not_fit_are_refused_and_leave_nothing() {
    let twin = started().await;
    let columns = "Either money in or money out must be positive, and the other zero";
    let vat = "The VAT amount does not fit the transaction";
    let cases = [
        (bank_transaction(1249, ["0", "0"], "0", 4910), columns),
        (bank_transaction(1249, ["1", "1"], "0", 4910), columns),
        (bank_transaction(1249, ["-1", "0"], "0", 4910), columns),
        (bank_transaction(1249, ["1", "-1"], "0", 4910), columns),
        (bank_transaction(1249, ["12", "0"], "-2", 4910), vat),
        (bank_transaction(1249, ["12", "0"], "12.01", 4910), vat),
        (bank_transaction(1249, ["12", "0"], "2", 4910).replace("<Vatable>1<", "<Vatable>0<"), vat),
        (
            bank_transaction(1249, ["12", "0"], "2", 4910).replace("<VatRate>20<", "<VatRate>19<"),
            "19 is not one of the VAT rates of this account",
        ),
        // The id of a bank account is not the code of the nominal behind it.
        (
            bank_transaction(148_202, ["1", "0"], "0", 4910),
            "There is no bank account with the nominal code 148202",
        ),
        (bank_transaction(1249, ["1", "0"], "0", 1249), "A bank account cannot be posted to itself"),
        (
            bank_transaction(1249, ["1", "0"], "0", 1100),
            "A transaction on a control account must be an advance payment",
        ),
        (bank_transaction(1249, ["1", "0"], "0", SALES_ID), "There is no nominal with the code 17387826"),
    ];
    for (parameters, detail) in cases {
        call(&twin, "InsertBankTransaction", &parameters).await.expect_no(detail);
    }
    twin.edit(|account| account.set_transaction_lock("2026-03-11".parse().ok()));
    let locked = call(&twin, "InsertBankTransaction", &bank_transaction(1249, ["1", "0"], "0", 4910)).await;
    locked.expect_no("The date is before the transaction lock date");
    assert!(twin.books().bank_transactions().is_empty() && twin.books().trial_balance().is_empty());
}

#[tokio::test]
async fn everything_but_control_accounts_can_be_posted_to() {
    let twin = started().await;
    let types = call(&twin, "GetBankTxTypes", "").await.expect_ok();
    let codes = types.all("TypeCode");
    for code in ["1200", "1250", "2300", "4910", "6201"] {
        assert!(codes.contains(&code), "{code}");
    }
    assert!(!codes.contains(&"1100") && !codes.contains(&"2201"));
}
