//! The postings of a settlement by kind, as a bookkeeper looks at them.

use std::collections::BTreeMap;

use plugin_core::canonical::{Money, SettlementPosting, TransactionPurpose};
use plugin_core::mapping::settlement::certificate::SettlementCertificate;

use super::standing::Standings;

/// The order of the kinds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Payments,
    Refunds,
    /// Of orders that are not in the books.
    Elsewhere,
    Fees,
    Income,
    Suspense,
    Balances,
    Bank,
    Payout,
}

/// Postings, or lines of postings, of one kind, nominal and description.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KindOfPosting {
    pub what: String,
    pub nominal: Option<i64>,
    pub postings: u64,
    /// The VAT in `clearing`, where the settlement tells it.
    pub vat: Option<Money>,
    /// What they do to the clearing account: positive for money in.
    pub clearing: Money,
}

/// The postings by kind; all of them together come to zero. Amounts that cannot be added up are left out of no
/// certificate: it would not exist.
pub fn overview(certificate: &SettlementCertificate<'_>, standings: &Standings) -> Vec<KindOfPosting> {
    let mut kinds: BTreeMap<(Kind, Option<i64>, String), KindOfPosting> = BTreeMap::new();
    let mut add = |kind, nominal: Option<i64>, what: &str, vat: Option<Money>, clearing: Money| {
        let found = kinds.entry((kind, nominal, what.to_owned())).or_insert_with(|| KindOfPosting {
            what: what.to_owned(),
            nominal,
            postings: 0,
            vat: vat.map(|vat| Money::zero(vat.currency())),
            clearing: Money::zero(clearing.currency()),
        });
        found.postings += 1;
        found.clearing = sum(found.clearing, clearing);
        found.vat = found.vat.zip(vat).map(|(before, vat)| sum(before, vat));
    };
    for posting in &certificate.postings {
        match posting.posting {
            SettlementPosting::Payment(_) | SettlementPosting::Refund(_)
                if standings.is_elsewhere(&posting.name) =>
            {
                let what = "orders that are not invoiced here";
                add(Kind::Elsewhere, None, what, None, posting.clearing);
            }
            SettlementPosting::Payment(_) => {
                add(Kind::Payments, None, "payments of orders", None, posting.clearing);
            }
            SettlementPosting::Refund(_) => {
                add(Kind::Refunds, None, "refunds of orders", None, posting.clearing);
            }
            SettlementPosting::Purchase(purchase) => {
                for line in &purchase.lines {
                    let (vat, gross) = (line.vat.negated(), sum(line.net, line.vat).negated());
                    add(Kind::Fees, Some(line.nominal.0), &line.description, Some(vat), gross);
                }
            }
            SettlementPosting::Transaction(one) => {
                let (kind, what) = match one.purpose {
                    TransactionPurpose::Income => (Kind::Income, one.description.as_str()),
                    TransactionPurpose::Suspense => (Kind::Suspense, "in suspense, for a person"),
                    TransactionPurpose::Bank => (Kind::Bank, one.description.as_str()),
                    TransactionPurpose::Payout => (Kind::Payout, "payout to the bank"),
                };
                let vat = (kind == Kind::Income).then_some(one.vat);
                add(kind, Some(one.nominal.0), what, vat, one.amount);
            }
            SettlementPosting::Movements(movements) => {
                for line in &movements.lines {
                    add(Kind::Balances, Some(line.nominal.0), &line.description, None, line.amount);
                }
            }
        }
    }
    kinds.into_values().collect()
}

fn sum(one: Money, other: Money) -> Money {
    one.checked_add(other).expect("all postings together were added up before")
}
