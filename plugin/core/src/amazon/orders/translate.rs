//! From the wire's order to the canonical one.
//!
//! Two kinds of trouble are kept apart: an answer that cannot be read at all (a text, tried again) and
//! an order whose content does not make one ([`Untranslatable`], for a person).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::canonical::{
    Address, Buyer, CountryCode, Currency, Fulfilment, Liability, MarketplaceId, Money, Order, OrderId,
    OrderItemId, OrderStatus, Sale, SaleError, SaleLine, SellerSku, Units,
};
use crate::finding::Code;
use crate::limits::ORDER_LINES_MAX;

use super::{proceeds, wire};

/// Why the content of an order makes no order to post. The text names the order's part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Untranslatable {
    pub code: Code,
    pub reason: String,
}

impl Untranslatable {
    pub(super) fn amounts(error: &SaleError) -> Self {
        Untranslatable { code: Code::TotalsDiffer, reason: error.to_string() }
    }
}

pub(super) fn order(wire: &wire::Order) -> Result<Result<Order, Untranslatable>, String> {
    let id = OrderId::new(wire.order_id.as_str()).ok_or("it has no order id")?;
    if wire.sales_channel.channel_name.as_deref() == Some("NON_AMAZON") {
        return Ok(Err(Untranslatable {
            code: Code::PlacedElsewhere,
            reason:
                "was placed outside Amazon, which only fulfils it: its sale is invoiced where it was made"
                    .into(),
        }));
    }
    let marketplace = wire.sales_channel.marketplace_id.as_deref().and_then(MarketplaceId::new);
    let fulfillment = wire.fulfillment.as_ref().ok_or("it has no fulfillment")?;
    let status = status(&fulfillment.fulfillment_status);
    let header = Order {
        id,
        marketplace: marketplace.ok_or("it has no marketplace")?,
        placed_at: time(&wire.created_time)?,
        last_updated_at: time(&wire.last_updated_time)?,
        status,
        fulfilment: match fulfillment.fulfilled_by.as_deref() {
            Some("AMAZON") => Fulfilment::ByAmazon,
            _ => Fulfilment::ByMerchant,
        },
        buyer: buyer(wire.buyer.as_ref()),
        destination: destination(wire.recipient.as_ref()),
        dispatched_from: dispatched_from(&wire.packages),
        replaces: replaces(&wire.associated_orders),
        ordered: ordered(&wire.order_items),
        sale: None,
    };
    // What was cancelled or is not paid for sells nothing yet or any more: its amounts are not the last word,
    // and whatever they are must not hold it.
    if matches!(header.status, OrderStatus::Pending | OrderStatus::Cancelled | OrderStatus::Unfulfillable) {
        return Ok(Ok(header));
    }
    match sale(wire)? {
        Ok(sale) => Ok(Ok(Order { sale, ..header })),
        Err(untranslatable) => Ok(Err(untranslatable)),
    }
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .map_err(|_| format!("`{text}` is no ISO 8601 time"))
}

fn status(text: &str) -> OrderStatus {
    match text {
        "PENDING" | "PENDING_AVAILABILITY" => OrderStatus::Pending,
        "UNSHIPPED" => OrderStatus::Unshipped,
        "PARTIALLY_SHIPPED" => OrderStatus::PartiallyShipped,
        "SHIPPED" => OrderStatus::Shipped,
        "CANCELLED" => OrderStatus::Cancelled,
        "UNFULFILLABLE" => OrderStatus::Unfulfillable,
        other => OrderStatus::Unrecognised(other.to_owned()),
    }
}

fn buyer(wire: Option<&wire::Buyer>) -> Buyer {
    let text = |value: Option<&String>| value.map(|text| text.trim().to_owned()).unwrap_or_default();
    wire.map_or_else(Buyer::default, |buyer| Buyer {
        name: text(buyer.buyer_name.as_ref()),
        email: text(buyer.buyer_email.as_ref()),
        company: text(buyer.buyer_company_name.as_ref()),
    })
}

fn destination(recipient: Option<&wire::Recipient>) -> Address {
    let Some(wire) = recipient.and_then(|recipient| recipient.delivery_address.as_ref()) else {
        return Address::default();
    };
    let text = |value: &Option<String>| value.as_deref().unwrap_or_default().trim().to_owned();
    let street = [&wire.address_line1, &wire.address_line2, &wire.address_line3];
    let region = match text(&wire.state_or_region) {
        region if region.is_empty() => text(&wire.district_or_county),
        region => region,
    };
    Address {
        name: text(&wire.name),
        company: text(&wire.company_name),
        street: street.into_iter().map(text).filter(|line| !line.is_empty()).collect(),
        city: text(&wire.city),
        region,
        post_code: text(&wire.postal_code),
        country: wire.country_code.as_deref().and_then(CountryCode::parse),
    }
}

/// The country of the first package; an order that left from two countries is rare enough for the VAT
/// of its lines to be looked at by a person, which the differing tax then brings about.
fn dispatched_from(packages: &[wire::Package]) -> Option<CountryCode> {
    packages
        .iter()
        .filter_map(|package| package.ship_from_address.as_ref()?.country_code.as_deref())
        .find_map(CountryCode::parse)
}

fn replaces(associated: &[wire::AssociatedOrder]) -> Option<OrderId> {
    associated
        .iter()
        .filter(|order| {
            matches!(
                order.association_type.as_deref(),
                Some("REPLACEMENT_ORIGINAL_ID" | "EXCHANGE_ORIGINAL_ID")
            )
        })
        .find_map(|order| OrderId::new(order.order_id.as_deref()?))
}

/// The units of each SKU. An item that names none has no stock that anybody could count.
fn ordered(items: &[wire::OrderItem]) -> BTreeMap<SellerSku, Units> {
    let mut ordered: BTreeMap<SellerSku, Units> = BTreeMap::new();
    for item in items {
        if let Some(sku) = item.product.seller_sku.as_deref().and_then(SellerSku::new) {
            let units = ordered.entry(sku).or_default();
            *units = units.plus(Units(item.quantity_ordered.into()));
        }
    }
    ordered
}

/// The sale, `None` where the order has no prices yet.
fn sale(wire: &wire::Order) -> Result<Result<Option<Sale>, Untranslatable>, String> {
    let Some(total) = wire.proceeds.as_ref().and_then(|proceeds| proceeds.grand_total.as_ref()) else {
        return Ok(Ok(None));
    };
    if wire.order_items.len() > ORDER_LINES_MAX {
        return Ok(Err(Untranslatable {
            code: Code::OrderTooLong,
            reason: format!("the order has {} lines; {ORDER_LINES_MAX} are handled", wire.order_items.len()),
        }));
    }
    let total = money(total)?;
    let mut lines = Vec::with_capacity(wire.order_items.len());
    for item in &wire.order_items {
        match line(item, total.currency())? {
            Ok(line) => lines.push(line),
            Err(error) => return Ok(Err(Untranslatable::amounts(&error))),
        }
    }
    Ok(Sale::new(lines, total).map(Some).map_err(|error| Untranslatable::amounts(&error)))
}

fn line(item: &wire::OrderItem, currency: Currency) -> Result<Result<SaleLine, SaleError>, String> {
    let id = OrderItemId::new(item.order_item_id.as_str()).ok_or("an item has no id")?;
    let sku = item
        .product
        .seller_sku
        .as_deref()
        .and_then(SellerSku::new)
        .ok_or_else(|| format!("item {id} has no SKU"))?;
    let title = item.product.title.clone().or_else(|| item.product.asin.clone()).unwrap_or_default();
    let (components, total) = match &item.proceeds {
        Some(proceeds) => proceeds::read(proceeds, currency)?,
        None => (Vec::new(), Money::zero(currency)),
    };
    Ok(SaleLine::new(id, sku, title, item.quantity_ordered, liability(item), components, total))
}

fn liability(item: &wire::OrderItem) -> Liability {
    item.tax
        .iter()
        .flat_map(|tax| &tax.tax_collections)
        .find(|collection| collection.model.as_deref() == Some("MARKETPLACE_FACILITATOR"))
        .map_or(Liability::Seller, |collection| {
            Liability::Marketplace(collection.responsible_party.clone().unwrap_or_default())
        })
}

pub(super) fn money(wire: &wire::Money) -> Result<Money, String> {
    let currency: Currency = wire.currency_code.parse().map_err(|error| format!("{error}"))?;
    Money::parse(&wire.amount, currency).map_err(|error| error.to_string())
}
