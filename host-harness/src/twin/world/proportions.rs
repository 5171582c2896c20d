//! How often things happen in the world.
//!
//! Every share is named here and nowhere else: per thousand unless the name says otherwise. They are
//! those of a small UK seller of household goods, with the rare cases raised so far that a few hundred
//! orders show each of them. Absent on purpose: the choices themselves.

use super::address::Destination;
use super::history::ChangeOfContent;
use super::order::FulfilmentStatus;
use super::product::{CodeRelation, Fulfilment};
use super::vat::VatClass;

/// Orders of every hundred in each status; each hundred orders has exactly these.
pub const STATUSES_PER_HUNDRED: [(FulfilmentStatus, u64); 7] = [
    (FulfilmentStatus::Shipped, 76),
    (FulfilmentStatus::Unshipped, 7),
    (FulfilmentStatus::Pending, 5),
    (FulfilmentStatus::PartiallyShipped, 3),
    (FulfilmentStatus::Cancelled, 6),
    (FulfilmentStatus::PendingAvailability, 1),
    (FulfilmentStatus::Unfulfillable, 2),
];

/// Buyers of every hundred at each kind of place; each hundred buyers has exactly these.
pub const DESTINATIONS_PER_HUNDRED: [(Destination, u64); 12] = [
    (Destination::Mainland, 82),
    (Destination::NorthernIreland, 4),
    (Destination::IsleOfMan, 2),
    (Destination::Jersey, 1),
    (Destination::Guernsey, 1),
    (Destination::Greece, 2),
    (Destination::Ireland, 3),
    (Destination::Germany, 1),
    (Destination::France, 1),
    (Destination::Norway, 1),
    (Destination::Switzerland, 1),
    (Destination::UnitedStates, 1),
];

/// Products of every twenty by how their SKU leads to a KashFlow product; each twenty has exactly these.
pub const CODE_RELATIONS_PER_TWENTY: [(CodeRelation, u64); 4] = [
    (CodeRelation::Exact, 11),
    (CodeRelation::Normalised, 5),
    (CodeRelation::Mapped, 3),
    (CodeRelation::Unknown, 1),
];

pub const FULFILMENT_OF_PRODUCTS: [(Fulfilment, u64); 2] =
    [(Fulfilment::Amazon, 550), (Fulfilment::Merchant, 450)];

/// How often a product of each VAT class is looked up in the list of goods.
pub const VAT_CLASSES: [(VatClass, u64); 4] =
    [(VatClass::Standard, 700), (VatClass::Reduced, 80), (VatClass::Zero, 180), (VatClass::Exempt, 40)];

/// Orders that come through a marketplace which the connection does not configure.
pub const OTHER_MARKETPLACE: u64 = 30;
/// Orders placed by one of the buyers who order again and again.
pub const REGULAR_BUYER: u64 = 250;
/// How many of the buyers those are.
pub const REGULAR_BUYERS: u64 = 12;
/// Buyers that are firms.
pub const BUSINESS_BUYER: u64 = 120;
/// Orders of firms that go through Amazon Business.
pub const BUSINESS_ORDER: u64 = 800;
/// Amazon Business orders whose subtotals are net with the tax on top.
pub const BUSINESS_VAT_ON_TOP: u64 = 700;
/// Amazon Business orders with a purchase order number.
pub const PURCHASE_ORDER_NUMBER: u64 = 400;
/// Buyers with a second delivery address.
pub const SECOND_ADDRESS: u64 = 200;
pub const PRIME: u64 = 450;
/// UK orders on which Amazon owes the VAT as deemed supplier.
pub const MARKETPLACE_FACILITATOR: u64 = 25;
/// Orders to the EU on which Amazon collects the destination's VAT under the Import One-Stop Shop.
pub const IMPORT_ONE_STOP_SHOP: u64 = 500;
/// Shipped orders that replace an earlier one free of charge.
pub const REPLACEMENT: u64 = 15;
/// Orders that promotions bring down to nothing.
pub const FREE_ORDER: u64 = 5;
/// Orders of several lines in which one line was cancelled.
pub const CANCELLED_LINE: u64 = 40;

pub const LINES_OF_AN_ORDER: [(u64, u64); 4] = [(1, 700), (2, 200), (3, 75), (4, 25)];
pub const QUANTITY_OF_A_LINE: [(u32, u64); 6] = [(1, 740), (2, 140), (3, 55), (4, 30), (5, 15), (6, 20)];

/// Lines with a delivery charge.
pub const SHIPPING_CHARGED_BY_MERCHANT: u64 = 400;
pub const SHIPPING_CHARGED_BY_AMAZON: u64 = 200;
pub const GIFT_WRAPPED: u64 = 60;
pub const ITEM_PROMOTION: u64 = 130;
/// Lines with a delivery charge on which a promotion takes it back, wholly or in part.
pub const SHIPPING_PROMOTION: u64 = 350;

/// Orders whose `TAX` is left out where it is nothing, instead of stated as 0.00.
pub const ZERO_TAX_LEFT_OUT: u64 = 300;
/// Orders that give a grand total without the breakdown by category.
pub const ORDER_BREAKDOWNS_LEFT_OUT: u64 = 100;
/// Merchant-fulfilled orders with the seller's own order number as an alias.
pub const SELLER_ORDER_ALIAS: u64 = 150;

/// Quality of addresses.
pub const FLAT: u64 = 220;
pub const COUNTY_MISSING: u64 = 600;
pub const POST_CODE_LOWER_CASE: u64 = 120;
pub const POST_CODE_UNSPACED: u64 = 130;
pub const OVER_LONG_LINE: u64 = 60;
pub const SHOUTED: u64 = 70;
pub const UNTIDY_NAME: u64 = 60;

/// Earlier changes of an order that were announced as well as the last one.
pub const EARLIER_CHANGE_ANNOUNCED: u64 = 550;
/// Announcements delivered twice, word for word (standard queues deliver at least once).
pub const DELIVERED_TWICE: u64 = 80;
/// Unshipped orders whose buyer has asked to cancel.
pub const CANCELLATION_REQUESTED: u64 = 250;
/// Shipped orders with a notification of their payment.
pub const TRANSACTION_ANNOUNCED: u64 = 150;
/// Announcements of other kinds, for each hundred orders (at least one of each).
pub const STOCK_ANNOUNCEMENTS_PER_HUNDRED: usize = 6;
pub const REPORT_ANNOUNCEMENTS_PER_HUNDRED: usize = 2;

/// Shipped orders that are refunded within their settlement, and of those the ones that are refunded whole.
pub const REFUNDED: u64 = 100;
pub const REFUNDED_WHOLE: u64 = 600;
/// Refunds of every twenty by the `transaction-type` of their rows; each twenty has exactly these.
pub const REFUNDS_PER_TWENTY: [(&str, u64); 3] =
    [("Refund", 17), ("A-to-z Guarantee Refund", 2), ("Chargeback Refund", 1)];
/// Refunds with something on top for the buyer's trouble.
pub const GOODWILL: u64 = 120;
/// Refunds of which the seller keeps a part for putting the goods back; of goods that the merchant sends.
pub const RESTOCKING_FEE: u64 = 200;

/// Orders on their way to the buyer that change between their payment and their dispatch.
pub const CHANGED_BEFORE_DISPATCH: u64 = 120;
/// Orders that change once more after all that, and of those the ones that change a second time.
pub const CHANGED_AFTERWARDS: u64 = 160;
pub const CHANGED_AGAIN: u64 = 250;
/// Orders that are cancelled after all that.
pub const CANCELLED_AFTERWARDS: u64 = 90;
/// Cancelled orders that are alive again later.
pub const ALIVE_AGAIN: u64 = 250;
/// Orders that are alive again and not sent a second time.
pub const NOT_SENT_AGAIN: u64 = 300;
/// Orders that change in the course of coming back to life.
pub const CHANGED_WHEN_ALIVE_AGAIN: u64 = 400;
/// Changes that follow the one before within a minute; the others take up to three days.
pub const QUICK_CHANGE: u64 = 500;
pub const KINDS_OF_CHANGE: [(ChangeOfContent, u64); 3] =
    [(ChangeOfContent::Quantity, 400), (ChangeOfContent::LineCancelled, 300), (ChangeOfContent::Price, 300)];

/// Merchant-fulfilled offers that still say what was in stock before the last sales elsewhere.
pub const OFFER_BEHIND_STOCK: u64 = 250;
/// Products at Amazon with units in each stage of the way there, in each kind of reservation, and lost or damaged in
/// each way.
pub const STOCK_INBOUND: u64 = 250;
pub const STOCK_RESERVED: u64 = 400;
pub const STOCK_LOST_OR_DAMAGED: u64 = 120;
