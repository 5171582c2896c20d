//! The settings of one marketplace.

use std::collections::BTreeMap;

use crate::canonical::{CountryCode, Currency, CustomerCode, ExchangeRate, MarketplaceId, NominalCode};
use crate::finding::Code;

use super::reader::Reader;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marketplace {
    /// What people call it: `Amazon.co.uk`.
    pub name: String,
    pub currency: Currency,
    /// Units of `currency` for one of the home currency.
    pub exchange_rate: ExchangeRate,
    /// The customer that orders without buyer data are invoiced to.
    pub customer_code: CustomerCode,
    pub customer_name: String,
    /// The nominal code of the bank account that this marketplace's money passes through.
    pub clearing_account: NominalCode,
    /// The nominal code of the bank account that Amazon pays out to; there where settlements are configured.
    pub payout_account: Option<NominalCode>,
    /// Where goods leave from when the order does not say.
    pub dispatch_country: CountryCode,
}

/// `settled` says whether settlements are configured, which takes an account to pay out to.
pub(super) fn read_all(
    reader: &mut Reader<'_>,
    home_currency: Currency,
    settled: bool,
) -> BTreeMap<MarketplaceId, Marketplace> {
    let ids = reader.names_below("marketplaces.");
    if ids.is_empty() {
        reader.report(
            Code::SettingMissing,
            "marketplaces",
            "no marketplace is configured: add one, for example A1F83G8C2ARO7P for Amazon.co.uk",
        );
    }
    let mut marketplaces = BTreeMap::new();
    for id in ids {
        let marketplace = read(reader, id, home_currency, settled);
        if let (Some(id), Some(marketplace)) = (MarketplaceId::new(id), marketplace) {
            marketplaces.insert(id, marketplace);
        }
    }
    marketplaces
}

fn read(reader: &mut Reader<'_>, id: &str, home_currency: Currency, settled: bool) -> Option<Marketplace> {
    let key = |name: &str| format!("marketplaces.{id}.{name}");
    let name = reader.parsed(&key("name"), Some(id.to_owned()), "a name", |text| {
        (!text.is_empty()).then(|| text.to_owned())
    });
    let currency =
        reader.parsed(&key("currency"), Some(home_currency), "an ISO 4217 code such as GBP", |text| {
            text.parse().ok()
        });
    let customer_code = reader.parsed(
        &key("customer-code"),
        None,
        "a KashFlow customer code of letters and digits, for example AMAZONUK",
        |text| CustomerCode::new(text),
    );
    let customer_name = reader.parsed(
        &key("customer-name"),
        name.as_ref().map(|name| format!("{name} customers")),
        "a name",
        |text| (!text.is_empty()).then(|| text.to_owned()),
    );
    let clearing_account = reader.nominal(&key("clearing-account"));
    let payout_account = match settled || reader.has(&key("payout-account")) {
        true => reader.nominal(&key("payout-account")).map(Some),
        false => Some(None),
    };
    let dispatch_country = reader.parsed(
        &key("dispatch-country"),
        Some(CountryCode::GB),
        "a two-letter country code such as GB",
        CountryCode::parse,
    );
    let exchange_rate = read_exchange_rate(reader, &key("exchange-rate"), currency, home_currency);
    Some(Marketplace {
        name: name?,
        currency: currency?,
        exchange_rate: exchange_rate?,
        customer_code: customer_code?,
        customer_name: customer_name?,
        clearing_account: clearing_account?,
        payout_account: payout_account?,
        dispatch_country: dispatch_country?,
    })
}

fn read_exchange_rate(
    reader: &mut Reader<'_>,
    key: &str,
    currency: Option<Currency>,
    home_currency: Currency,
) -> Option<ExchangeRate> {
    let is_home = currency == Some(home_currency);
    let default = is_home.then(ExchangeRate::home);
    let rate = reader.parsed(
        key,
        default,
        "how many units of the marketplace's currency one unit of the home currency buys, for example 1.1745",
        ExchangeRate::parse,
    )?;
    if is_home && rate != ExchangeRate::home() {
        reader.report(
            Code::SettingsContradict,
            key,
            format!("is {}, but the marketplace is in the home currency: remove it", rate.as_str()),
        );
        return None;
    }
    Some(rate)
}
