//! The JSON of Orders 2026-01-01, as far as it is read. Enumerations stay text: Amazon adds values.

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct GetOrderResponse {
    pub order: Order,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    pub order_id: String,
    pub created_time: String,
    pub last_updated_time: String,
    pub sales_channel: SalesChannel,
    #[serde(default)]
    pub associated_orders: Vec<AssociatedOrder>,
    pub buyer: Option<Buyer>,
    pub recipient: Option<Recipient>,
    pub proceeds: Option<OrderProceeds>,
    pub fulfillment: Option<Fulfillment>,
    pub order_items: Vec<OrderItem>,
    #[serde(default)]
    pub packages: Vec<Package>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SalesChannel {
    pub channel_name: Option<String>,
    pub marketplace_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AssociatedOrder {
    pub order_id: Option<String>,
    pub association_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Buyer {
    pub buyer_name: Option<String>,
    pub buyer_email: Option<String>,
    pub buyer_company_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recipient {
    pub delivery_address: Option<DeliveryAddress>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeliveryAddress {
    pub name: Option<String>,
    pub company_name: Option<String>,
    pub address_line1: Option<String>,
    pub address_line2: Option<String>,
    pub address_line3: Option<String>,
    pub city: Option<String>,
    pub district_or_county: Option<String>,
    pub state_or_region: Option<String>,
    pub postal_code: Option<String>,
    pub country_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Money {
    pub amount: String,
    pub currency_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrderProceeds {
    pub grand_total: Option<Money>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fulfillment {
    pub fulfillment_status: String,
    pub fulfilled_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrderItem {
    pub order_item_id: String,
    pub quantity_ordered: u32,
    pub product: Product,
    pub proceeds: Option<ItemProceeds>,
    pub tax: Option<ItemTax>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Product {
    pub asin: Option<String>,
    pub title: Option<String>,
    pub seller_sku: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ItemProceeds {
    pub proceeds_total: Option<Money>,
    #[serde(default)]
    pub breakdowns: Vec<Breakdown>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Breakdown {
    #[serde(rename = "type")]
    pub kind: String,
    pub subtotal: Money,
    #[serde(default)]
    pub detailed_breakdowns: Vec<DetailedBreakdown>,
}

#[derive(Deserialize)]
pub(super) struct DetailedBreakdown {
    #[serde(default)]
    pub subtype: String,
    pub value: Option<Money>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ItemTax {
    #[serde(default)]
    pub tax_collections: Vec<TaxCollection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaxCollection {
    pub model: Option<String>,
    pub responsible_party: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Package {
    pub ship_from_address: Option<ShipFromAddress>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShipFromAddress {
    pub country_code: Option<String>,
}
