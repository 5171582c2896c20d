//! The connection's settings, read from the flat text that the host gives.
//!
//! Every problem is found at once and named with its remedy; settings exist only if there is none.
//! Absent on purpose: credentials and endpoints, which are the host's, and any check that needs a
//! remote call (`events::check_connection`).

mod marketplace;
mod reader;
mod settlement;
mod sku_table;
mod stock;
mod stock_table;

use std::collections::BTreeMap;

use crate::canonical::{Currency, MarketplaceId, NominalCode};
use crate::finding::{Code, Finding};
use crate::limits::SWEEP_DAYS_MAX;

pub use marketplace::Marketplace;
pub use settlement::{NominalRole, Settlements, UnknownOrders};
pub use sku_table::{SkuMapping, SkuTable};
pub use stock::{Brake, PoolRule, Stock};
pub use stock_table::{Owner, StockRow, StockTable};

use reader::Reader;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Where the seller's account lives: it decides the SP-API host.
    pub region: Region,
    pub posting: Posting,
    pub vat: Vat,
    pub nominals: Nominals,
    pub sku: Sku,
    pub sweep: Sweep,
    pub marketplaces: BTreeMap<MarketplaceId, Marketplace>,
    /// `None` where the connection posts no settlements.
    pub settlements: Option<Settlements>,
    /// `None` where the connection keeps no stock in step.
    pub stock: Option<Stock>,
}

/// SP-API's three regional endpoints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Region {
    Europe,
    NorthAmerica,
    FarEast,
}

impl Region {
    pub fn host(self) -> &'static str {
        match self {
            Region::Europe => "sellingpartnerapi-eu.amazon.com",
            Region::NorthAmerica => "sellingpartnerapi-na.amazon.com",
            Region::FarEast => "sellingpartnerapi-fe.amazon.com",
        }
    }
}

/// The status from which an order is invoiced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PostOn {
    Unshipped,
    Shipped,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posting {
    pub on_status: PostOn,
    /// The currency of the books.
    pub home_currency: Currency,
    /// Days from the invoice date to the due date.
    pub due_days: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vat {
    pub registered: bool,
    /// Whether Amazon's VAT Calculation Service is on: it states the VAT of every sale then.
    pub calculation_service: bool,
}

/// The nominal code that each kind of line is posted to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nominals {
    pub sales: NominalCode,
    pub shipping: NominalCode,
    pub gift_wrap: NominalCode,
    pub discounts: NominalCode,
    pub marketplace_liable: NominalCode,
    pub exports: NominalCode,
    pub outside_uk: NominalCode,
    /// Where lines of unknown SKUs wait, under the policy `partial`.
    pub unknown_sku: Option<NominalCode>,
}

impl Nominals {
    /// Each configured nominal with the name of its setting.
    pub fn named(&self) -> Vec<(&'static str, NominalCode)> {
        let mut named = vec![
            ("nominals.sales", self.sales),
            ("nominals.shipping", self.shipping),
            ("nominals.gift-wrap", self.gift_wrap),
            ("nominals.discounts", self.discounts),
            ("nominals.marketplace-liable", self.marketplace_liable),
            ("nominals.exports", self.exports),
            ("nominals.outside-uk", self.outside_uk),
        ];
        named.extend(self.unknown_sku.map(|code| ("nominals.unknown-sku", code)));
        named
    }
}

/// What happens to an order with a SKU that has no product.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnknownSku {
    /// The whole order waits for a person.
    Hold,
    /// The order is posted, the line to the `unknown-sku` nominal, and a person is told.
    Partial,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sku {
    pub unknown: UnknownSku,
    pub table: SkuTable,
}

/// How changes are looked for that no event told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sweep {
    /// How many days back the first sweep looks.
    pub first_days: u32,
}

impl Settings {
    /// Reads the settings, or names everything that is wrong with them.
    pub fn parse(texts: &BTreeMap<String, String>) -> Result<Self, Vec<Finding>> {
        let mut reader = Reader::new(texts);
        let region = reader.choice(
            "amazon.region",
            Some(Region::Europe),
            &[("eu", Region::Europe), ("na", Region::NorthAmerica), ("fe", Region::FarEast)],
        );
        let posting = read_posting(&mut reader);
        let vat = read_vat(&mut reader);
        let nominals = read_nominals(&mut reader);
        let sku = read_sku(&mut reader, nominals.as_ref());
        let sweep = read_sweep(&mut reader);
        let home_currency = posting.as_ref().map_or(Currency::GBP, |posting| posting.home_currency);
        let settlements = settlement::read(&mut reader);
        let marketplaces = marketplace::read_all(&mut reader, home_currency, settlements.is_some());
        let settlements = settlements.flatten();
        let stock = stock::read(&mut reader, &marketplaces).flatten();
        let findings = reader.finish();
        match (region, posting, vat, nominals, sku, sweep) {
            (Some(region), Some(posting), Some(vat), Some(nominals), Some(sku), Some(sweep))
                if findings.is_empty() =>
            {
                Ok(Settings { region, posting, vat, nominals, sku, sweep, marketplaces, settlements, stock })
            }
            _ => Err(findings),
        }
    }
}

fn read_posting(reader: &mut Reader<'_>) -> Option<Posting> {
    let on_status = reader.choice(
        "posting.on-status",
        Some(PostOn::Shipped),
        &[("unshipped", PostOn::Unshipped), ("shipped", PostOn::Shipped)],
    );
    let home_currency =
        reader.parsed("posting.home-currency", Some(Currency::GBP), "an ISO 4217 code such as GBP", |text| {
            text.parse().ok()
        });
    let due_days = reader.parsed("posting.due-days", Some(0), "a number of days from 0 to 365", |text| {
        text.parse().ok().filter(|days| *days <= 365)
    });
    Some(Posting { on_status: on_status?, home_currency: home_currency?, due_days: due_days? })
}

fn read_vat(reader: &mut Reader<'_>) -> Option<Vat> {
    let registered = reader.choice("vat.registered", None, &[("true", true), ("false", false)]);
    let calculation_service =
        reader.choice("vat.calculation-service", Some(true), &[("on", true), ("off", false)]);
    // The flat-rate, margin and cash accounting schemes change what is posted; refusing beats guessing.
    let expected = "`standard`: the flat-rate, margin and cash accounting schemes are not handled";
    let scheme = reader.parsed("vat.scheme", Some(()), expected, |text| (text == "standard").then_some(()));
    scheme?;
    Some(Vat { registered: registered?, calculation_service: calculation_service? })
}

fn read_nominals(reader: &mut Reader<'_>) -> Option<Nominals> {
    let sales = reader.nominal("nominals.sales");
    let shipping = reader.nominal("nominals.shipping");
    let gift_wrap = reader.nominal("nominals.gift-wrap");
    let discounts = reader.nominal("nominals.discounts");
    let marketplace_liable = reader.nominal("nominals.marketplace-liable");
    let exports = reader.nominal("nominals.exports");
    let outside_uk = reader.nominal("nominals.outside-uk");
    let unknown_sku =
        if reader.has("nominals.unknown-sku") { Some(reader.nominal("nominals.unknown-sku")?) } else { None };
    Some(Nominals {
        sales: sales?,
        shipping: shipping?,
        gift_wrap: gift_wrap?,
        discounts: discounts?,
        marketplace_liable: marketplace_liable?,
        exports: exports?,
        outside_uk: outside_uk?,
        unknown_sku,
    })
}

fn read_sku(reader: &mut Reader<'_>, nominals: Option<&Nominals>) -> Option<Sku> {
    let unknown = reader.choice(
        "sku.unknown",
        Some(UnknownSku::Hold),
        &[("hold", UnknownSku::Hold), ("partial", UnknownSku::Partial)],
    );
    if unknown == Some(UnknownSku::Partial) && nominals.is_some_and(|nominals| nominals.unknown_sku.is_none())
    {
        reader.report(
            Code::SettingsContradict,
            "sku.unknown",
            "`partial` posts unknown SKUs to `nominals.unknown-sku`, which is not set: \
             set it to a suspense nominal, or set `sku.unknown` to `hold`",
        );
    }
    let table = match SkuTable::parse(reader.text("sku.table").unwrap_or_default()) {
        Ok(table) => Some(table),
        Err(problems) => {
            for problem in problems {
                reader.report(Code::SkuTableInvalid, "sku.table", problem.to_string());
            }
            None
        }
    };
    Some(Sku { unknown: unknown?, table: table? })
}

fn read_sweep(reader: &mut Reader<'_>) -> Option<Sweep> {
    let expected = format!("a number of days from 1 to {SWEEP_DAYS_MAX}");
    let first_days = reader.parsed("sweep.first-days", Some(2), &expected, |text| {
        text.parse().ok().filter(|days| (1..=SWEEP_DAYS_MAX).contains(days))
    });
    Some(Sweep { first_days: first_days? })
}

#[cfg(test)]
mod tests;
