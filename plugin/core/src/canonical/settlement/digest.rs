//! A digest of the rows of a settlement that depends neither on their order nor on the form of the file.
//!
//! Each row is hashed by itself and the hashes are added up modulo 2²⁵⁶: adding does not care for the order, and
//! unlike exclusive or it counts rows that occur twice, which are legitimate. The bytes that are hashed are
//! written out by hand and pinned by a test: a digest outlives the names in this code. Absent on purpose: the
//! line numbers, which are of the file and not of the settlement.

use std::fmt;

use chrono::{DateTime, Datelike, Utc};
use sha2::{Digest, Sha256};

use super::{Settlement, SettlementRow};
use crate::canonical::money::Money;
use crate::canonical::order::Fulfilment;

/// See [`Settlement::digest`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowsDigest(pub [u8; 32]);

impl fmt::Display for RowsDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RowsDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Begins every digest: another encoding of the same rows would be another version.
const VERSION: &[u8] = b"settlement rows 1";

/// Adds rows up to a [`RowsDigest`].
#[derive(Default)]
pub struct RowsDigester {
    /// A number of 256 bits, the lowest limb first.
    sum: [u64; 4],
    /// The bytes of one row, reused for all of them.
    bytes: Vec<u8>,
}

impl RowsDigester {
    pub fn add(&mut self, row: &SettlementRow<'_>) {
        self.bytes.clear();
        let texts = [
            row.kind.transaction_type,
            row.kind.amount_type,
            row.kind.amount_description,
            row.order_id,
            row.adjustment_id,
            row.marketplace_name,
            row.sku,
        ];
        for text in texts {
            // The length before each text keeps `a` + `bc` apart from `ab` + `c`.
            self.bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            self.bytes.extend_from_slice(text.as_bytes());
        }
        self.money(row.amount);
        self.bytes.extend_from_slice(&row.posted_on.num_days_from_ce().to_le_bytes());
        self.bytes.push(match row.fulfilment {
            None => 0,
            Some(Fulfilment::ByAmazon) => 1,
            Some(Fulfilment::ByMerchant) => 2,
        });
        self.bytes.push(u8::from(row.quantity.is_some()));
        self.bytes.extend_from_slice(&row.quantity.unwrap_or(0).to_le_bytes());
        let hash: [u8; 32] = Sha256::digest(&self.bytes).into();
        self.add_number(hash);
    }

    /// The digest of the rows added so far, with what `settlement` says beside them. Its own digest is not read.
    pub fn finish(mut self, settlement: &Settlement) -> RowsDigest {
        self.bytes.clear();
        self.bytes.extend_from_slice(VERSION);
        for limb in self.sum {
            self.bytes.extend_from_slice(&limb.to_le_bytes());
        }
        self.bytes.extend_from_slice(&settlement.rows.to_le_bytes());
        self.bytes.extend_from_slice(&settlement.id.0.to_le_bytes());
        self.moment(settlement.starts_at);
        self.moment(settlement.ends_at);
        self.moment(settlement.deposited_at);
        self.money(settlement.total);
        RowsDigest(Sha256::digest(&self.bytes).into())
    }

    fn add_number(&mut self, number: [u8; 32]) {
        let (limbs, _) = number.as_chunks::<8>();
        let mut carry = false;
        for (sum, limb) in self.sum.iter_mut().zip(limbs) {
            let (added, first) = sum.overflowing_add(u64::from_le_bytes(*limb));
            let (carried, second) = added.overflowing_add(u64::from(carry));
            *sum = carried;
            carry = first || second;
        }
    }

    fn money(&mut self, money: Money) {
        self.bytes.extend_from_slice(&money.minor().to_le_bytes());
        self.bytes.extend_from_slice(money.currency().as_str().as_bytes());
    }

    fn moment(&mut self, moment: DateTime<Utc>) {
        self.bytes.extend_from_slice(&moment.timestamp().to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::canonical::{Currency, SettlementId, TransactionKind};

    fn row(description: &str) -> SettlementRow<'_> {
        SettlementRow {
            line: 3,
            kind: TransactionKind {
                transaction_type: "Order",
                amount_type: "ItemPrice",
                amount_description: description,
            },
            amount: Money::new(1299, Currency::GBP),
            order_id: "026-1234567-1234567",
            adjustment_id: "",
            marketplace_name: "Amazon.co.uk",
            fulfilment: Some(Fulfilment::ByAmazon),
            posted_on: NaiveDate::from_ymd_opt(2026, 3, 14).expect("a date"),
            sku: "MUG",
            quantity: Some(1),
        }
    }

    fn digest<'a>(rows: impl IntoIterator<Item = SettlementRow<'a>>) -> RowsDigest {
        let mut digester = RowsDigester::default();
        rows.into_iter().for_each(|row| digester.add(&row));
        digester.finish(&Settlement {
            id: SettlementId(12_345_678_901),
            starts_at: DateTime::UNIX_EPOCH,
            ends_at: DateTime::UNIX_EPOCH,
            deposited_at: DateTime::UNIX_EPOCH,
            total: Money::new(2598, Currency::GBP),
            rows: 2,
            digest: RowsDigest([0; 32]),
        })
    }

    #[test]
    fn the_order_of_rows_does_not_count_but_their_number_does() {
        let (goods, tax) = (row("Principal"), row("Tax"));
        assert_eq!(digest([goods, tax]), digest([tax, goods]));
        assert_ne!(digest([goods, goods]), digest([tax, tax]), "equal rows do not cancel out");
        assert_ne!(digest([goods, goods]), digest([goods]));
        assert_eq!(digest([goods, tax]), digest([SettlementRow { line: 9, ..goods }, tax]));
    }

    #[test]
    fn everything_that_a_row_says_counts() {
        let base = row("Principal");
        let other_days = base.posted_on.succ_opt().expect("a day after it");
        let kind = |transaction_type, amount_type| TransactionKind {
            transaction_type,
            amount_type,
            amount_description: "Principal",
        };
        let changed = [
            row("Shipping"),
            SettlementRow { kind: kind("Refund", "ItemPrice"), ..base },
            SettlementRow { kind: kind("OrderI", "temPrice"), ..base },
            SettlementRow { amount: Money::new(1300, Currency::GBP), ..base },
            SettlementRow { amount: Money::new(1299, Currency::EUR), ..base },
            SettlementRow { order_id: "026-1", ..base },
            SettlementRow { adjustment_id: "026-1", ..base },
            SettlementRow { marketplace_name: "Amazon.de", ..base },
            SettlementRow { fulfilment: None, ..base },
            SettlementRow { fulfilment: Some(Fulfilment::ByMerchant), ..base },
            SettlementRow { posted_on: other_days, ..base },
            SettlementRow { sku: "LAMP", ..base },
            SettlementRow { quantity: None, ..base },
            SettlementRow { quantity: Some(0), ..base },
        ];
        for row in changed {
            assert_ne!(digest([base]), digest([row]), "{row:?}");
        }
    }

    #[test]
    fn carries_go_through_all_limbs() {
        let mut digester = RowsDigester::default();
        digester.add_number([0xff; 32]);
        let mut one = [0; 32];
        one[0] = 1;
        digester.add_number(one);
        assert_eq!(digester.sum, [0; 4], "2²⁵⁶ − 1 and 1 come to 0");
        digester.sum = [u64::MAX, u64::MAX, 7, 0];
        digester.add_number(one);
        assert_eq!(digester.sum, [0, 0, 8, 0]);
    }

    /// It is stored beside what was posted: another digest of the same rows would look like another file.
    #[test]
    fn the_digest_never_changes() {
        assert_eq!(
            digest([row("Principal"), row("Tax")]).to_string(),
            "a355f20c7d5c6a064a588d272f9a4df9dcc48696302fe5931de870692595b07c"
        );
    }
}
