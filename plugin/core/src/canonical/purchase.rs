//! Purchases ("receipts" in KashFlow's API) and whom they are from.

use chrono::NaiveDate;

use super::currency::Currency;
use super::ids::{NominalId, PurchaseNumber, SupplierCode, SupplierId};
use super::money::{Money, MoneyError};
use super::sales_document::{Amounts, ExchangeRate};
use super::vat::VatRate;

/// A supplier to be created.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupplierCard {
    pub code: SupplierCode,
    pub name: String,
}

/// A supplier as the books show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupplierRecord {
    pub id: SupplierId,
    pub code: String,
    pub name: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PurchaseLine {
    pub description: String,
    /// Positive for a cost, negative for what is given back.
    pub net: Money,
    pub vat: Money,
    /// `None` for a line without VAT ("N/A" in KashFlow).
    pub vat_rate: Option<VatRate>,
    pub nominal: NominalId,
}

/// A purchase to be created: all amounts are of one currency, and there is at least one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Purchase {
    /// The business key.
    pub reference: String,
    pub date: NaiveDate,
    pub exchange_rate: ExchangeRate,
    lines: Vec<PurchaseLine>,
    amounts: Amounts,
}

impl Purchase {
    /// `None` where there is no line; an error where currencies differ or a sum is too large.
    pub fn new(
        reference: String,
        date: NaiveDate,
        exchange_rate: ExchangeRate,
        lines: Vec<PurchaseLine>,
    ) -> Result<Option<Self>, MoneyError> {
        let Some(currency) = lines.first().map(|line| line.net.currency()) else { return Ok(None) };
        let net = Money::sum(currency, lines.iter().map(|line| line.net))?;
        let vat = Money::sum(currency, lines.iter().map(|line| line.vat))?;
        net.checked_add(vat)?;
        Ok(Some(Purchase { reference, date, exchange_rate, lines, amounts: Amounts { net, vat } }))
    }

    pub fn lines(&self) -> &[PurchaseLine] {
        &self.lines
    }

    pub fn amounts(&self) -> Amounts {
        self.amounts
    }

    pub fn currency(&self) -> Currency {
        self.amounts.net.currency()
    }
}

/// A purchase as the books show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PostedPurchase {
    pub number: PurchaseNumber,
    pub supplier: SupplierId,
    pub reference: String,
    pub date: NaiveDate,
    pub net: Money,
    pub vat: Money,
    pub paid: Money,
}

impl PostedPurchase {
    pub fn amounts(&self) -> Amounts {
        Amounts { net: self.net, vat: self.vat }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purchase(lines: &[(Money, Money)]) -> Result<Option<Purchase>, MoneyError> {
        let line = |(net, vat): &(Money, Money)| PurchaseLine {
            description: "fees".to_owned(),
            net: *net,
            vat: *vat,
            vat_rate: None,
            nominal: NominalId(1),
        };
        let date = NaiveDate::from_ymd_opt(2026, 10, 29).expect("a date");
        let lines = lines.iter().map(line).collect();
        Purchase::new("AMZ 1 FEES 2026-10".to_owned(), date, ExchangeRate::home(), lines)
    }

    #[test]
    fn a_purchase_has_lines_of_one_currency_and_adds_them_up() {
        let pounds = |minor| Money::new(minor, Currency::GBP);
        let euros = |minor| Money::new(minor, Currency::EUR);
        let sound = purchase(&[(pounds(150), pounds(30)), (pounds(-50), pounds(0))]);
        let sound = sound.expect("pence").expect("it has lines");
        assert_eq!(sound.amounts(), Amounts { net: pounds(100), vat: pounds(30) });
        assert_eq!((sound.currency(), sound.lines().len()), (Currency::GBP, 2));
        assert_eq!(purchase(&[]), Ok(None));
        for lines in [
            vec![(pounds(1), euros(1))],
            vec![(pounds(1), pounds(0)), (euros(1), euros(0))],
            vec![(pounds(i64::MAX), pounds(0)), (pounds(1), pounds(0))],
            vec![(pounds(i64::MAX), pounds(1))],
        ] {
            assert!(purchase(&lines).is_err(), "{lines:?}");
        }
    }
}
