//! The price of a line: its parts, its promotions, and the VAT that the buyer is shown in each part.
//!
//! VAT is worked out for each part by itself and rounded half-up, as Amazon's invoices do; the VAT of a
//! line is the sum, never a rate times a total. Absent on purpose: anything about posting.

use super::address::Destination;
use super::ids::OrderItemId;
use super::money::{Amount, vat_contained};
use super::order::{GiftOption, Line, Order, TaxCollector, TaxConvention};
use super::product::{Fulfilment, Product};
use super::proportions;
use super::stream::Stream;

/// What all lines of an order have in common.
pub(super) struct Terms {
    convention: TaxConvention,
    /// The rate of the destination, where it takes the place of that of the goods.
    rate_percent: Option<i64>,
    fulfilment: Fulfilment,
    replacement: bool,
    free: bool,
}

impl Terms {
    pub(super) fn draw(stream: &mut Stream, order: &Order, destination: Destination) -> Self {
        Terms { free: stream.per_mille(proportions::FREE_ORDER), ..Terms::of(order, destination) }
    }

    /// The terms by which the lines of an order that exists are priced anew.
    pub(super) fn of(order: &Order, destination: Destination) -> Self {
        Terms {
            convention: order.convention,
            rate_percent: match order.tax_collector {
                TaxCollector::ImportOneStopShop => destination.import_one_stop_shop_percent(),
                TaxCollector::Seller if destination.is_export() => Some(0),
                TaxCollector::Seller | TaxCollector::Marketplace => None,
            },
            fulfilment: order.fulfilment,
            replacement: order.replaces.is_some(),
            free: false,
        }
    }

    fn rate_percent(&self, product: &Product) -> i64 {
        self.rate_percent.unwrap_or(product.vat_class.rate_percent())
    }

    /// Raises a line of one piece to two, for an order of which a part has been sent.
    pub(super) fn at_least_two(&self, line: &mut Line, product: &Product) {
        if line.quantity == 1 {
            line.quantity = 2;
            (line.unit_price_pence, line.item) = self.item(product, line.quantity);
        }
    }

    /// Prices a line anew for another quantity or another price of one as shown. Promotions on its goods
    /// keep their share, so that what was free stays free.
    pub(super) fn reprice(&self, line: &mut Line, product: &Product, unit_price_pence: i64, quantity: u32) {
        let before_pence = line.item.gross_pence;
        (line.unit_price_pence, line.quantity) = (unit_price_pence, quantity);
        line.item = self.goods(product, unit_price_pence * i64::from(quantity));
        if before_pence > 0 {
            let discount_pence = line.item_discount.gross_pence * line.item.gross_pence / before_pence;
            line.item_discount = Amount::including_vat(discount_pence, self.rate_percent(product));
        }
    }

    /// The price of one as shown, and of all of them.
    fn item(&self, product: &Product, quantity: u32) -> (i64, Amount) {
        let unit_pence = if self.replacement { 0 } else { product.unit_price_pence };
        let shown_pence = match self.convention {
            TaxConvention::Included => unit_pence,
            TaxConvention::OnTop => unit_pence - vat_contained(unit_pence, self.rate_percent(product)),
        };
        (shown_pence, self.goods(product, shown_pence * i64::from(quantity)))
    }

    /// Goods at what is shown for all of them.
    fn goods(&self, product: &Product, shown_pence: i64) -> Amount {
        let rate_percent = self.rate_percent(product);
        match self.convention {
            TaxConvention::Included => Amount::including_vat(shown_pence, rate_percent),
            TaxConvention::OnTop => Amount::from_net(shown_pence, rate_percent),
        }
    }
}

/// Line number `place` of order number `order`.
pub(super) fn line(
    stream: &mut Stream,
    terms: &Terms,
    (number, product): (usize, &Product),
    (order, place): (u64, usize),
) -> Line {
    let quantity = stream.weighted(&proportions::QUANTITY_OF_A_LINE);
    let rate_percent = terms.rate_percent(product);
    let (unit_price_pence, item) = terms.item(product, quantity);
    let mut line = Line {
        item_id: OrderItemId::new(format!("{}{:07}{place:02}", stream.digits(5), order % 10_000_000)),
        product: number,
        quantity,
        unit_price_pence,
        item,
        shipping: Amount::including_vat(shipping_pence(stream, terms), rate_percent),
        gift_wrap: Amount::default(),
        item_discount: Amount::default(),
        shipping_discount: Amount::default(),
        promotion_ids: Vec::new(),
        gift: None,
        cancelled: false,
    };
    if !terms.replacement {
        wrap(stream, &mut line, rate_percent);
        promote(stream, terms, &mut line, rate_percent);
    }
    line
}

impl Line {
    /// The same line after its cancellation: it keeps its place, and is worth nothing.
    pub(super) fn cancelled(&self) -> Self {
        Line {
            quantity: 0,
            item: Amount::default(),
            shipping: Amount::default(),
            gift_wrap: Amount::default(),
            item_discount: Amount::default(),
            shipping_discount: Amount::default(),
            promotion_ids: Vec::new(),
            gift: None,
            cancelled: true,
            ..self.clone()
        }
    }
}

fn shipping_pence(stream: &mut Stream, terms: &Terms) -> i64 {
    let share = match terms.fulfilment {
        Fulfilment::Amazon => proportions::SHIPPING_CHARGED_BY_AMAZON,
        Fulfilment::Merchant => proportions::SHIPPING_CHARGED_BY_MERCHANT,
    };
    match stream.per_mille(share) && !terms.replacement {
        true => *stream.pick(&[199, 299, 349, 395, 449, 599]),
        false => 0,
    }
}

fn wrap(stream: &mut Stream, line: &mut Line, rate_percent: i64) {
    if !stream.per_mille(proportions::GIFT_WRAPPED) {
        return;
    }
    line.gift_wrap = Amount::including_vat(*stream.pick(&[250, 375, 399]), rate_percent);
    line.gift = Some(GiftOption {
        message: stream.per_mille(600).then(|| "Happy birthday — with love from all of us".to_owned()),
        wrap_level: (*stream.pick(&["STANDARD", "PREMIUM"])).to_owned(),
    });
}

/// Promotions on the goods and on the shipping.
fn promote(stream: &mut Stream, terms: &Terms, line: &mut Line, rate_percent: i64) {
    let on_item = stream.per_mille(proportions::ITEM_PROMOTION);
    let item_share_percent = *stream.pick(&[5, 10, 15, 20, 33]);
    let on_shipping = stream.per_mille(proportions::SHIPPING_PROMOTION) && line.shipping.gross_pence > 0;
    let whole_shipping = stream.per_mille(700);
    let promotion_number = stream.digits(8);
    if terms.free {
        (line.item_discount, line.shipping_discount) = (line.item, line.shipping);
        (line.gift_wrap, line.gift) = (Amount::default(), None);
        line.promotion_ids.push(format!("Loyalty Gift {promotion_number}"));
        return;
    }
    if on_item {
        let discount_pence = line.item.gross_pence * item_share_percent / 100;
        line.item_discount = Amount::including_vat(discount_pence, rate_percent);
        line.promotion_ids.push(format!("PAWS-V2-{promotion_number}-{item_share_percent}"));
    }
    if on_shipping {
        line.shipping_discount = match whole_shipping {
            true => line.shipping,
            false => Amount::including_vat(line.shipping.gross_pence / 2, rate_percent),
        };
        line.promotion_ids.push(format!("Core Free Shipping {promotion_number}"));
    }
}
