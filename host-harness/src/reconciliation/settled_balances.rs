//! What the accounts come to when settlements are posted: nothing on clearing, and what was moved everywhere else.
//!
//! The trial balance is KashFlow's own sum of everything, so that a posting which no reference tells is found as well.
//! Absent on purpose: what each settlement must come to (`settlement_rules`).

use super::settled::Settled;
use super::{BooksSnapshot, ClearingTable, SettlementResult};

pub(super) fn problems(
    books: &BooksSnapshot,
    settled: &Settled,
    results: &[SettlementResult],
) -> Vec<String> {
    if results.is_empty() {
        return Vec::new();
    }
    let nominals = &settled.nominals;
    let sum = |of: fn(&ClearingTable) -> i64| results.iter().map(|result| of(&result.table)).sum::<i64>();
    let sold_on = |nominal: i32| {
        let lines = books.invoices.iter().flat_map(|invoice| &invoice.lines);
        lines.filter(|line| line.nominal_code == nominal).map(|line| line.net_pence).sum::<i64>()
    };
    let suspense_pence = sum(|table| table.suspense_pence) + sold_on(nominals.suspense);
    [
        ("the clearing account", nominals.clearing, 0),
        ("the bank", nominals.bank, -sum(|table| table.payout_pence + table.bank_pence)),
        ("suspense", nominals.suspense, -suspense_pence),
        ("other income", nominals.other_income, -sum(|table| table.income_pence)),
        ("the reserve", nominals.reserve, -sum(|table| table.balances_pence)),
        ("purchase tax", nominals.purchase_tax_control, sum(|table| table.fees_vat_pence)),
    ]
    .into_iter()
    .filter_map(|(what, nominal, wanted)| {
        let booked = books.balance_pence(nominal);
        (booked != wanted).then(|| format!("{what} ({nominal}) holds {booked} pence, and must hold {wanted}"))
    })
    .collect()
}
