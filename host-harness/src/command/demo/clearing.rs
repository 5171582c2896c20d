//! The clearing account of a settlement, as a bookkeeper reads it: what came in, what went out, what is left.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Europe::London;
use serde_json::{Value, json};

use crate::command::presentation::print;
use crate::reconciliation::{ClearingTable, SettlementResult};

use super::presentation::counted;

pub(super) fn print_settlement(settled: &SettlementResult) -> anyhow::Result<()> {
    let (from, to) = (day(settled.starts_at), day(settled.ends_at));
    let from = if from.month() == to.month() { from.format("%-d") } else { from.format("%-d %B") };
    print(format_args!(
        "the settlement {}, {from} to {}, paid out {}",
        settled.settlement_id,
        to.format("%-d %B"),
        day(settled.deposited_at).format("%-d %B %Y")
    ))?;
    lines(&settled.table)
        .iter()
        .try_for_each(|(label, pence)| print(format_args!("  {label:<56}{:>14}", sterling(*pence))))
}

/// The day in London, where the books are kept.
fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&London).date_naive()
}

/// Each part with what it does to the account. Parts of nothing are left out.
fn lines(table: &ClearingTable) -> Vec<(String, i64)> {
    let orders = |count| counted((count, "order"));
    let kept = if table.balances_pence < 0 {
        "kept back by Amazon"
    } else {
        "set free by Amazon, or still owed to it"
    };
    let waiting = if table.suspended_orders == 1 { "waits" } else { "wait" };
    let mut lines = vec![
        (format!("sales of {}", orders(table.paid_orders)), table.sales_pence),
        (format!("refunds of {}", orders(table.refunded_orders)), table.refunds_pence),
        (format!("fees, with {} of VAT", sterling(table.fees_vat_pence)), table.fees_pence),
        ("reimbursements and other income".to_owned(), table.income_pence),
        (kept.to_owned(), table.balances_pence),
        ("to and from the bank beside the payout".to_owned(), table.bank_pence),
        (
            format!("{} that {waiting} for a person, on suspense", orders(table.suspended_orders)),
            table.suspense_pence,
        ),
        ("paid out to the bank".to_owned(), table.payout_pence),
    ];
    lines.retain(|(_, pence)| *pence != 0);
    lines.push(("left on the clearing account".to_owned(), table.left_pence()));
    lines
}

/// Pence as a bookkeeper writes them: `-£1,234.56`.
pub(super) fn sterling(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    let (whole, pence) = (pence.unsigned_abs() / 100, pence.unsigned_abs() % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}£{grouped}.{pence:02}")
}

pub(super) fn json(settled: &SettlementResult) -> Value {
    let table = &settled.table;
    json!({
        "settlement": settled.settlement_id,
        "startsAt": settled.starts_at.to_rfc3339(), "endsAt": settled.ends_at.to_rfc3339(),
        "paidOutOn": day(settled.deposited_at).to_string(),
        "paidOrders": table.paid_orders, "salesPence": table.sales_pence,
        "refundedOrders": table.refunded_orders, "refundsPence": table.refunds_pence,
        "feesPence": table.fees_pence, "feesVatPence": table.fees_vat_pence,
        "incomePence": table.income_pence, "balancesPence": table.balances_pence,
        "bankPence": table.bank_pence,
        "suspendedOrders": table.suspended_orders, "suspensePence": table.suspense_pence,
        "payoutPence": table.payout_pence, "leftPence": table.left_pence(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_in_books() {
        let written = [0, 5, -12_000, 99_999, 123_456, -123_456_789].map(sterling);
        assert_eq!(written, ["£0.00", "£0.05", "-£120.00", "£999.99", "£1,234.56", "-£1,234,567.89"]);
    }

    #[test]
    fn parts_of_nothing_are_left_out_and_what_is_left_never_is() {
        let table = ClearingTable {
            paid_orders: 2,
            sales_pence: 1_000,
            suspended_orders: 1,
            suspense_pence: 500,
            balances_pence: -300,
            payout_pence: -1_200,
            ..ClearingTable::default()
        };
        let lines = lines(&table);
        let labels: Vec<&str> = lines.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(
            labels,
            [
                "sales of 2 orders",
                "kept back by Amazon",
                "1 order that waits for a person, on suspense",
                "paid out to the bank",
                "left on the clearing account",
            ]
        );
        assert_eq!(lines.last().map(|(_, pence)| *pence), Some(0));
    }
}
