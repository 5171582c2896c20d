//! An item of an order as the Orders API 2026-01-01 shows it.
//!
//! Absent on purpose: its money (`proceeds_json`).

use serde_json::{Map, Value, json};

use super::parameters::{Dataset, IncludedData};
use super::proceeds_json::{item_proceeds, money};
use crate::twin::world::World;
use crate::twin::world::order::{FulfilmentStatus, Line, Order, TaxCollector};

/// Amazon's registration for the Import One-Stop Shop, in the form that the Commission gives out.
const IMPORT_ONE_STOP_SHOP_NUMBER: &str = "IM1234567890";
const AMAZON_COMPANY: &str = "Amazon Services Europe S.a.r.L.";

pub(super) fn item_json(world: &World, order: &Order, line: &Line, included: &IncludedData) -> Value {
    let asked = |dataset| included.contains(&dataset);
    let mut json = Map::new();
    let mut put = |name: &str, value: Value| {
        json.insert(name.to_owned(), value);
    };
    put("orderItemId", line.item_id.as_str().into());
    put("quantityOrdered", line.quantity.into());
    put("product", product(world, order, line));
    if asked(Dataset::Proceeds) && order.is_priced() {
        put("proceeds", item_proceeds(order, line));
    }
    if asked(Dataset::Promotion) && order.is_priced() && !line.promotion_ids.is_empty() {
        let promotions = line.promotion_ids.iter().map(|id| json!({ "promotionId": id }));
        put("promotion", json!({ "breakdowns": promotions.collect::<Vec<_>>() }));
    }
    if let Some(cancellation) = cancellation(order, line).filter(|_| asked(Dataset::Cancellation)) {
        put("cancellation", cancellation);
    }
    if asked(Dataset::Fulfilment) {
        put("fulfillment", fulfilment(order, line));
    }
    if let Some(tax) = tax(order).filter(|_| asked(Dataset::Tax)) {
        put("tax", tax);
    }
    Value::Object(json)
}

fn product(world: &World, order: &Order, line: &Line) -> Value {
    let product = world.product_of(line);
    let mut json = json!({
        "asin": product.asin.as_str(),
        "title": product.title,
        "sellerSku": product.sku.as_str(),
        "condition": { "conditionType": "NEW", "conditionSubtype": "NEW", "conditionNote": "" },
    });
    if order.is_priced() {
        json["price"] = json!({ "unitPrice": money(line.unit_price_pence, order.marketplace.currency) });
        if order.business {
            json["price"]["priceDesignation"] = "BUSINESS_PRICE".into();
        }
    }
    json
}

/// What became of a wish to cancel, or why the item was cancelled.
fn cancellation(order: &Order, line: &Line) -> Option<Value> {
    if order.status == FulfilmentStatus::Cancelled || line.cancelled {
        let by_buyer = order.cancellation_requested || line.item_id.as_str().ends_with(['0', '2', '4']);
        let (by, reason) = match by_buyer {
            true => ("BUYER", "Bought by mistake"),
            false => ("AMAZON", "Payment could not be authorised"),
        };
        return Some(json!({ "cancellationExecution": { "cancelledBy": by, "cancelReason": reason } }));
    }
    let request = json!({ "requester": "BUYER", "cancelReason": "Changed mind about purchase" });
    order.cancellation_requested.then(|| json!({ "cancellationRequest": request }))
}

fn fulfilment(order: &Order, line: &Line) -> Value {
    let fulfilled = order.quantity_fulfilled(line);
    let mut json = json!({
        "quantityFulfilled": fulfilled,
        "quantityUnfulfilled": line.quantity - fulfilled,
    });
    if let Some(gift) = line.gift.as_ref().filter(|_| order.is_priced()) {
        let mut option = json!({ "giftWrapLevel": gift.wrap_level });
        // The message is in the buyer's own words, so it is withheld with the buyer.
        if let Some(message) = gift.message.as_ref().filter(|_| order.discloses_buyer()) {
            option["giftMessage"] = message.as_str().into();
        }
        json["packing"] = json!({ "giftOption": option });
    }
    if order.tax_collector == TaxCollector::ImportOneStopShop && order.discloses_buyer() {
        let international = json!({ "iossNumber": IMPORT_ONE_STOP_SHOP_NUMBER });
        json["shipping"] = json!({ "internationalShipping": international });
    }
    json
}

/// Who collects the tax, where it is not the seller.
fn tax(order: &Order) -> Option<Value> {
    let collection = json!([{ "model": "MARKETPLACE_FACILITATOR", "responsibleParty": AMAZON_COMPANY }]);
    match order.tax_collector {
        _ if !order.is_priced() => None,
        TaxCollector::Seller => None,
        TaxCollector::Marketplace => Some(json!({ "taxCollections": collection })),
        TaxCollector::ImportOneStopShop => Some(json!({
            "taxCollections": collection,
            "taxCalculationBreakdowns": [{ "reportingScheme": "IOSS" }],
        })),
    }
}
