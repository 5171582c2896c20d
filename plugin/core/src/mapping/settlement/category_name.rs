//! The words for categories: what a table of rules and a listing call them.
//!
//! The words are kept by connections in their own tables, so one is never renamed. A form other than gross stands
//! at the end: `fee-selling-vat`.

use std::fmt;

use super::category::{Category, FeeForm, FeeKind, IncomeKind, MovementKind, SalePart};

/// Declares each category with its word once.
macro_rules! names {
    ($([$($category:tt)*] = $name:literal;)*) => {
        impl Category {
            /// Every category.
            pub const ALL: &'static [Category] = &[$($($category)*),*];

            /// Its word: lower-case letters and hyphens.
            pub fn name(self) -> &'static str {
                match self { $($($category)* => $name),* }
            }
        }
    };
}

names! {
    [Category::Sale(SalePart::Goods)] = "sale-goods";
    [Category::Sale(SalePart::GoodsVat)] = "sale-goods-vat";
    [Category::Sale(SalePart::Delivery)] = "sale-delivery";
    [Category::Sale(SalePart::DeliveryVat)] = "sale-delivery-vat";
    [Category::Sale(SalePart::GiftWrap)] = "sale-gift-wrap";
    [Category::Sale(SalePart::GiftWrapVat)] = "sale-gift-wrap-vat";
    [Category::Sale(SalePart::GoodsPromotion)] = "sale-goods-promotion";
    [Category::Sale(SalePart::DeliveryPromotion)] = "sale-delivery-promotion";
    [Category::Sale(SalePart::WithheldVat)] = "sale-withheld-vat";
    [Category::Sale(SalePart::Goodwill)] = "sale-goodwill";
    [Category::Sale(SalePart::Restocking)] = "sale-restocking";
    [Category::Sale(SalePart::ReturnDelivery)] = "sale-return-delivery";
    [Category::Refund(SalePart::Goods)] = "refund-goods";
    [Category::Refund(SalePart::GoodsVat)] = "refund-goods-vat";
    [Category::Refund(SalePart::Delivery)] = "refund-delivery";
    [Category::Refund(SalePart::DeliveryVat)] = "refund-delivery-vat";
    [Category::Refund(SalePart::GiftWrap)] = "refund-gift-wrap";
    [Category::Refund(SalePart::GiftWrapVat)] = "refund-gift-wrap-vat";
    [Category::Refund(SalePart::GoodsPromotion)] = "refund-goods-promotion";
    [Category::Refund(SalePart::DeliveryPromotion)] = "refund-delivery-promotion";
    [Category::Refund(SalePart::WithheldVat)] = "refund-withheld-vat";
    [Category::Refund(SalePart::Goodwill)] = "refund-goodwill";
    [Category::Refund(SalePart::Restocking)] = "refund-restocking";
    [Category::Refund(SalePart::ReturnDelivery)] = "refund-return-delivery";
    [Category::Fee(FeeKind::Selling, FeeForm::Gross)] = "fee-selling";
    [Category::Fee(FeeKind::Selling, FeeForm::Net)] = "fee-selling-net";
    [Category::Fee(FeeKind::Selling, FeeForm::Vat)] = "fee-selling-vat";
    [Category::Fee(FeeKind::Subscription, FeeForm::Gross)] = "fee-subscription";
    [Category::Fee(FeeKind::Subscription, FeeForm::Net)] = "fee-subscription-net";
    [Category::Fee(FeeKind::Subscription, FeeForm::Vat)] = "fee-subscription-vat";
    [Category::Fee(FeeKind::Fulfilment, FeeForm::Gross)] = "fee-fulfilment";
    [Category::Fee(FeeKind::Fulfilment, FeeForm::Net)] = "fee-fulfilment-net";
    [Category::Fee(FeeKind::Fulfilment, FeeForm::Vat)] = "fee-fulfilment-vat";
    [Category::Fee(FeeKind::Inbound, FeeForm::Gross)] = "fee-inbound";
    [Category::Fee(FeeKind::Inbound, FeeForm::Net)] = "fee-inbound-net";
    [Category::Fee(FeeKind::Inbound, FeeForm::Vat)] = "fee-inbound-vat";
    [Category::Fee(FeeKind::Removal, FeeForm::Gross)] = "fee-removal";
    [Category::Fee(FeeKind::Removal, FeeForm::Net)] = "fee-removal-net";
    [Category::Fee(FeeKind::Removal, FeeForm::Vat)] = "fee-removal-vat";
    [Category::Fee(FeeKind::Storage, FeeForm::Gross)] = "fee-storage";
    [Category::Fee(FeeKind::Storage, FeeForm::Net)] = "fee-storage-net";
    [Category::Fee(FeeKind::Storage, FeeForm::Vat)] = "fee-storage-vat";
    [Category::Fee(FeeKind::Advertising, FeeForm::Gross)] = "fee-advertising";
    [Category::Fee(FeeKind::Advertising, FeeForm::Net)] = "fee-advertising-net";
    [Category::Fee(FeeKind::Advertising, FeeForm::Vat)] = "fee-advertising-vat";
    [Category::Fee(FeeKind::Postage, FeeForm::Gross)] = "fee-postage";
    [Category::Fee(FeeKind::Postage, FeeForm::Net)] = "fee-postage-net";
    [Category::Fee(FeeKind::Postage, FeeForm::Vat)] = "fee-postage-vat";
    [Category::Fee(FeeKind::EcoContribution, FeeForm::Gross)] = "fee-eco-contribution";
    [Category::Fee(FeeKind::EcoContribution, FeeForm::Net)] = "fee-eco-contribution-net";
    [Category::Fee(FeeKind::EcoContribution, FeeForm::Vat)] = "fee-eco-contribution-vat";
    [Category::Fee(FeeKind::Liquidation, FeeForm::Gross)] = "fee-liquidation";
    [Category::Fee(FeeKind::Liquidation, FeeForm::Net)] = "fee-liquidation-net";
    [Category::Fee(FeeKind::Liquidation, FeeForm::Vat)] = "fee-liquidation-vat";
    [Category::Income(IncomeKind::Reimbursement)] = "reimbursement";
    [Category::Income(IncomeKind::OtherIncome)] = "other-income";
    [Category::Income(IncomeKind::Liquidation)] = "liquidation";
    [Category::Income(IncomeKind::LiquidationVat)] = "liquidation-vat";
    [Category::Movement(MovementKind::Reserve)] = "reserve";
    [Category::Movement(MovementKind::CarriedForward)] = "carried-forward";
    [Category::Movement(MovementKind::Bank)] = "bank";
    [Category::Movement(MovementKind::Loan)] = "loan";
    [Category::Movement(MovementKind::InterMarketplace)] = "inter-marketplace";
    [Category::Suspense] = "suspense";
}

impl Category {
    /// The category of a word. Case does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        Category::ALL.iter().copied().find(|category| category.name().eq_ignore_ascii_case(text.trim()))
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_reads_back_as_its_category() {
        for category in Category::ALL {
            assert_eq!(Category::parse(category.name()), Some(*category));
            let well_formed = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
            assert!(category.name().bytes().all(well_formed), "{category}");
        }
        assert_eq!(Category::parse(" Fee-Selling-VAT "), Category::parse("fee-selling-vat"));
        assert_eq!(Category::parse("fee-sellng"), None);
    }

    #[test]
    fn no_category_is_left_out() {
        let different: BTreeSet<Category> = Category::ALL.iter().copied().collect();
        // Twelve parts of sales and of refunds, ten fees in three forms, and the others.
        assert_eq!((different.len(), Category::ALL.len()), (2 * 12 + 10 * 3 + 4 + 5 + 1, 64));
    }
}
