//! The plugin's calls of a settlement against the twin: what one writes, the other books, and what is booked can be
//! read back.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use host_harness::twin::kashflow::{Account, KashFlowTwin, Options};
use plugin_core::canonical::{
    BankAccount, BankTransaction, Currency, ExchangeRate, LedgerJournal, LedgerJournalLine, Money, Nominal,
    NominalCode, NominalId, Payment, PaymentMethod, Purchase, PurchaseLine, SupplierCard, SupplierCode,
    VatRate,
};
use plugin_core::finding::Code;
use plugin_core::kashflow::{
    GetBankAccounts, GetBankBalance, GetBankTransactions, GetInvPayMethods, GetJournals, GetNominalCodes,
    GetRecPayMethods, GetReceiptPayment, GetReceiptsForSupplier, GetSupplier, InsertBankTransaction,
    InsertJournal, InsertReceipt, InsertReceiptPayment, InsertSupplier,
};
use plugin_core::remote::{Call, CallFailure, HttpResponse};

fn twin() -> KashFlowTwin {
    let noon: DateTime<Utc> = "2026-07-01T12:00:00Z".parse().expect("a moment");
    KashFlowTwin::in_process(Account::standard_uk(), Options::with_clock(Arc::new(move || noon)))
}

/// Sends a call as the gateway does, with the credentials before its parameters.
fn send<C: Call>(twin: &KashFlowTwin, call: &C) -> Result<C::Answer, CallFailure> {
    let request = call.request();
    let body = String::from_utf8(request.body).expect("requests are UTF-8");
    let start = format!("<{} xmlns=\"KashFlow\">", request.operation);
    let credentials = "<UserName>acme</UserName><Password>correct horse</Password>";
    let body = body.replacen(&start, &format!("{start}{credentials}"), 1);
    let mut http = http::Request::post(request.path);
    for (name, value) in request.headers {
        http = http.header(name, value);
    }
    let answer = twin.answer_in_process(http.body(Bytes::from(body)).expect("a request")).expect("an answer");
    let (status, body) = (answer.status().as_u16(), answer.into_body().to_vec());
    call.parse(&HttpResponse { status, headers: vec![], body })
}

fn gbp(minor: i64) -> Money {
    Money::new(minor, Currency::GBP)
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, day).expect("a date")
}

fn clearing(twin: &KashFlowTwin) -> BankAccount {
    let accounts = send(twin, &GetBankAccounts).expect("bank accounts");
    accounts.into_iter().find(|account| account.code == NominalCode(1249)).expect("a clearing account")
}

fn nominal(twin: &KashFlowTwin, code: i64) -> NominalId {
    let nominals: Vec<Nominal> = send(twin, &GetNominalCodes).expect("nominals");
    nominals.iter().find(|nominal| nominal.code == NominalCode(code)).expect("it is in the chart").id
}

fn amazon(methods: Vec<PaymentMethod>) -> PaymentMethod {
    methods.into_iter().find(|method| method.name == "Amazon").expect("a method")
}

#[test]
fn fees_are_bought_from_a_supplier_and_paid() {
    let twin = twin();
    let code = SupplierCode::new("AMAZONEU").expect("a code");
    assert_eq!(send(&twin, &GetSupplier { code: &code }), Ok(None));
    let card = SupplierCard { code: code.clone(), name: "Amazon EU S.à r.l.".to_owned() };
    let insert = InsertSupplier { card: &card, created: day(1) };
    let supplier = send(&twin, &insert).expect("a supplier");
    let found = send(&twin, &GetSupplier { code: &code }).expect("accepted").expect("found");
    assert_eq!((found.id, found.code, found.name), (supplier, card.code.to_string(), card.name.clone()));
    assert_eq!(send(&twin, &insert).expect_err("taken").finding.code, Code::SupplierCodeTaken);

    let line = |net, vat, vat_rate, nominal| PurchaseLine {
        description: "Fees".to_owned(),
        net: gbp(net),
        vat: gbp(vat),
        vat_rate,
        nominal,
    };
    let rate = Some(VatRate::from_basis_points(2000));
    let lines =
        vec![line(10_001, 2000, rate, nominal(&twin, 6100)), line(-500, 0, None, nominal(&twin, 6110))];
    let purchase = Purchase::new("S1 fees".to_owned(), day(2), ExchangeRate::home(), lines);
    let purchase = purchase.expect("it adds up").expect("lines");
    let number = send(&twin, &InsertReceipt { purchase: &purchase, supplier }).expect("a purchase");
    let method = amazon(send(&twin, &GetRecPayMethods).expect("methods")).id;
    assert_ne!(method, amazon(send(&twin, &GetInvPayMethods).expect("methods")).id);
    let account = clearing(&twin).id;
    let payment = Payment { date: day(3), amount: gbp(11_501), account, method, note: "S1".to_owned() };
    let id = send(&twin, &InsertReceiptPayment { document: number, payment: &payment }).expect("a payment");

    let posted = send(&twin, &GetReceiptsForSupplier { supplier, reference: "S1 fees" }).expect("purchases");
    assert_eq!((posted.len(), posted[0].number, posted[0].date), (1, number, day(2)));
    assert_eq!((posted[0].amounts(), posted[0].paid), (purchase.amounts(), gbp(11_501)));
    let paid = send(&twin, &GetReceiptPayment { number, currency: Currency::GBP }).expect("payments");
    assert_eq!((paid[0].id, paid[0].amount, paid[0].note.as_str()), (id, gbp(11_501), "S1"));
    let books = twin.books();
    let balances = [2100, 2201, 6100, 6110, 1249].map(|code| books.balance_pence(code));
    assert_eq!(balances, [0, 2_000, 10_001, -500, -11_501]);
}

#[test]
fn money_moves_on_the_clearing_account_and_is_read_back() {
    let twin = twin();
    let account = clearing(&twin);
    let transaction = |amount, vat, vat_rate, nominal| BankTransaction {
        account: account.clone(),
        date: day(5),
        amount: gbp(amount),
        vat: gbp(vat),
        vat_rate,
        nominal: NominalCode(nominal),
        comment: format!("S1 on {nominal}"),
    };
    let rate = Some(VatRate::from_basis_points(2000));
    let all = [
        transaction(1_200, 200, rate, 4910),
        transaction(-600, -100, rate, 6201),
        transaction(-500, 0, None, 1200),
    ];
    for transaction in &all {
        send(&twin, &InsertBankTransaction { transaction }).expect("a transaction");
    }
    let lookup = GetBankTransactions { account: account.id, comment_begins: "", currency: Currency::GBP };
    let posted = send(&twin, &lookup).expect("transactions");
    for (posted, sent) in posted.iter().zip(&all) {
        assert_eq!((posted.amount, posted.vat, posted.nominal), (sent.amount, sent.vat, sent.nominal));
        assert_eq!((posted.date, &posted.comment), (sent.date, &sent.comment));
    }
    assert_eq!(posted.len(), all.len());

    let line = |code, minor| LedgerJournalLine {
        nominal: nominal(&twin, code),
        amount: gbp(minor),
        comment: String::new(),
    };
    let lines = vec![line(1250, 40), line(1249, -40)];
    let journal = LedgerJournal::new(day(6), "S1 reserve".to_owned(), lines).expect("it balances");
    let number = send(&twin, &InsertJournal { journal: &journal }).expect("a journal");
    let journals =
        send(&twin, &GetJournals { comment_begins: "", currency: Currency::GBP }).expect("journals");
    assert_eq!((journals.len(), journals[0].number, journals[0].comment.as_str()), (1, number, "S1 reserve"));
    let sent: Vec<_> = journal.lines().iter().map(|line| (line.nominal, line.amount)).collect();
    assert_eq!(journals[0].lines, sent);

    for (date, expected) in [(day(4), 0), (day(5), 100), (day(6), 60)] {
        let balance = GetBankBalance { account: account.id, date, currency: Currency::GBP };
        assert_eq!(send(&twin, &balance), Ok(gbp(expected)), "on {date}");
    }
}
