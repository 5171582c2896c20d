//! What was sold: lines made of components, in the prices that the buyer was shown.
//!
//! A component's `gross` includes VAT and is signed: a discount is negative. A `Sale` exists only if
//! its components sum to its lines and its lines to its total. Absent on purpose: net amounts, nominals
//! and rates, which are decisions of `mapping`.

use super::currency::Currency;
use super::ids::{OrderItemId, SellerSku};
use super::money::{Money, MoneyError};

/// What a part of the price is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ComponentKind {
    Item,
    Shipping,
    GiftWrap,
    /// A promotion on the goods; negative.
    ItemDiscount,
    /// A promotion on the shipping; negative.
    ShippingDiscount,
    /// Anything else, in the channel's own words.
    Other(String),
}

impl ComponentKind {
    /// What people call it.
    pub fn name(&self) -> &str {
        match self {
            ComponentKind::Item => "goods",
            ComponentKind::Shipping => "delivery",
            ComponentKind::GiftWrap => "gift wrap",
            ComponentKind::ItemDiscount => "discount",
            ComponentKind::ShippingDiscount => "discount on delivery",
            ComponentKind::Other(name) => name,
        }
    }
}

/// One part of the price of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Component {
    pub kind: ComponentKind,
    /// What the buyer paid for it, VAT included. Negative for a discount.
    pub gross: Money,
    /// The VAT in it by the channel's own figures, with the sign of `gross`; `None` where not stated.
    pub tax: Option<Money>,
}

/// Who owes the VAT of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Liability {
    Seller,
    /// The marketplace collects and pays it as deemed supplier; the text names the responsible party.
    Marketplace(String),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SaleLine {
    pub item: OrderItemId,
    pub sku: SellerSku,
    pub title: String,
    pub quantity: u32,
    pub liability: Liability,
    components: Vec<Component>,
    total: Money,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sale {
    lines: Vec<SaleLine>,
    total: Money,
}

/// Why amounts do not make a sale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaleError {
    #[error("the order has no lines")]
    NoLines,
    #[error(
        "item {item}: the parts of its price sum to {parts}, its total says {total}: difference {difference}"
    )]
    LineDiffers { item: OrderItemId, parts: Money, total: Money, difference: Money },
    #[error("the lines sum to {lines}, the order's total says {total}: difference {difference}")]
    TotalDiffers { lines: Money, total: Money, difference: Money },
    #[error("the amounts cannot be added")]
    Money(#[source] MoneyError),
}

impl SaleLine {
    /// A line whose components must sum to `total`. Quantity 0 is allowed: a cancelled item keeps its place.
    pub fn new(
        item: OrderItemId,
        sku: SellerSku,
        title: String,
        quantity: u32,
        liability: Liability,
        components: Vec<Component>,
        total: Money,
    ) -> Result<Self, SaleError> {
        let parts = Money::sum(total.currency(), components.iter().map(|component| component.gross))
            .map_err(SaleError::Money)?;
        if parts != total {
            let difference = total.checked_sub(parts).map_err(SaleError::Money)?;
            return Err(SaleError::LineDiffers { item, parts, total, difference });
        }
        Ok(SaleLine { item, sku, title, quantity, liability, components, total })
    }

    pub fn components(&self) -> &[Component] {
        &self.components
    }

    pub fn total(&self) -> Money {
        self.total
    }

    /// Whether nothing is left of the line: an item that was cancelled on its own keeps its place.
    pub fn is_void(&self) -> bool {
        self.quantity == 0 && self.components.is_empty()
    }
}

impl Sale {
    pub fn new(lines: Vec<SaleLine>, total: Money) -> Result<Self, SaleError> {
        if lines.is_empty() {
            return Err(SaleError::NoLines);
        }
        let sum =
            Money::sum(total.currency(), lines.iter().map(SaleLine::total)).map_err(SaleError::Money)?;
        if sum != total {
            let difference = total.checked_sub(sum).map_err(SaleError::Money)?;
            return Err(SaleError::TotalDiffers { lines: sum, total, difference });
        }
        Ok(Sale { lines, total })
    }

    pub fn lines(&self) -> &[SaleLine] {
        &self.lines
    }

    /// What the buyer paid.
    pub fn total(&self) -> Money {
        self.total
    }

    pub fn currency(&self) -> Currency {
        self.total.currency()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(gross: i64, total: i64) -> Result<SaleLine, SaleError> {
        let component =
            Component { kind: ComponentKind::Item, gross: Money::new(gross, Currency::GBP), tax: None };
        SaleLine::new(
            OrderItemId::new("1").expect("an id"),
            SellerSku::new("MUG").expect("a sku"),
            "Mug".into(),
            1,
            Liability::Seller,
            vec![component],
            Money::new(total, Currency::GBP),
        )
    }

    #[test]
    fn a_line_that_does_not_add_up_cannot_be_built() {
        let error = line(1200, 1201).expect_err("a penny is missing");
        assert_eq!(
            error.to_string(),
            "item 1: the parts of its price sum to 12.00 GBP, its total says 12.01 GBP: difference 0.01 GBP"
        );
    }

    #[test]
    fn a_sale_that_does_not_add_up_cannot_be_built() {
        let lines = vec![line(1200, 1200).expect("it adds up")];
        let error = Sale::new(lines, Money::new(1700, Currency::GBP)).expect_err("5.00 is missing");
        assert!(matches!(error, SaleError::TotalDiffers { difference, .. } if difference.minor() == 500));
    }
}
