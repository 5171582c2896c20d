//! Every word that settlements are known to have is caught by a rule, or left to a person for a reason.

use std::collections::BTreeMap;

use super::*;
use crate::mapping::settlement::category::{FeeForm, FeeKind, IncomeKind, MovementKind, SalePart};

const VOCABULARY: &str = include_str!("../../fixtures/vocabulary.tsv");

fn triples() -> Vec<TransactionKind<'static>> {
    let triples: Vec<TransactionKind<'static>> = VOCABULARY
        .lines()
        .skip(1)
        .map(|line| {
            let words: Vec<&str> = line.split('\t').collect();
            let [transaction_type, amount_type, amount_description] = words[..] else {
                panic!("`{line}` has three words")
            };
            kind(transaction_type, amount_type, amount_description)
        })
        .collect();
    assert_eq!(triples.len(), 187);
    triples
}

#[test]
fn every_known_word_is_caught() {
    let rules = RuleBook::built_in();
    let mut caught: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut to_a_person, mut uncovered) = (Vec::new(), Vec::new());
    for triple in triples() {
        let rule = rules.categorise(triple);
        *caught.entry(rule.category.name()).or_default() += 1;
        match rule.category {
            _ if rule.id == UNKNOWN => uncovered.push(triple.to_string()),
            Category::Suspense => {
                assert!(!rule.note.is_empty(), "{} says no reason", rule.id);
                to_a_person.push(format!("{triple}: {}", rule.note));
            }
            _ => {}
        }
    }
    let total: usize = caught.values().sum();
    println!("{total} kinds of rows are known:");
    caught.iter().for_each(|(category, count)| println!("{count:5} {category}"));
    println!("{} of them are left to a person:", to_a_person.len());
    to_a_person.iter().for_each(|line| println!("      {line}"));
    assert!(uncovered.is_empty(), "no rule knows:\n{}", uncovered.join("\n"));
    assert_eq!(to_a_person.len(), 11, "what is left to a person is so on purpose");
}

#[test]
fn words_are_what_they_are_known_to_be() {
    use Category::{Fee, Income, Movement, Refund, Sale, Suspense};
    use FeeForm::{Gross, Net, Vat};
    const OTHER: &str = "other-transaction";
    let table = [
        (kind("Order", "ItemPrice", "Principal"), Sale(SalePart::Goods)),
        (kind("Order", "ItemPrice", "Tax"), Sale(SalePart::GoodsVat)),
        (kind("Order", "ItemPrice", "ShippingTax"), Sale(SalePart::DeliveryVat)),
        (kind("Order", "ItemPrice", "GiftWrap"), Sale(SalePart::GiftWrap)),
        (kind("Order", "Promotion", "Shipping"), Sale(SalePart::DeliveryPromotion)),
        (kind("Order", "Promotion", "TaxDiscount"), Sale(SalePart::GoodsVat)),
        (kind("Order", "ItemWithheldTax", "LowValueGoodsTax-Other"), Sale(SalePart::WithheldVat)),
        (kind("Order", "ItemWithheldTax", "TCS-IGST"), Suspense),
        (kind("Order_Retrocharge", "ItemPrice", "Tax"), Sale(SalePart::GoodsVat)),
        (kind("Refund_Retrocharge", "ItemPrice", "ShippingTax"), Refund(SalePart::DeliveryVat)),
        (
            kind("Refund_Retrocharge", "ItemWithheldTax", "MarketplaceFacilitatorVAT-Shipping"),
            Refund(SalePart::WithheldVat),
        ),
        (kind("Refund", "ItemPrice", "RestockingFee"), Refund(SalePart::Restocking)),
        (kind("Refund", "ItemPrice", "Goodwill"), Refund(SalePart::Goodwill)),
        (kind("Refund", "ItemPrice", "ReturnShipping"), Refund(SalePart::ReturnDelivery)),
        (kind("Chargeback Refund", "ItemPrice", "Shipping"), Refund(SalePart::Delivery)),
        (kind("A-to-z Guarantee Refund", "ItemPrice", "Principal"), Refund(SalePart::Goods)),
        (kind("Refund", "ItemFees", "RefundCommission"), Fee(FeeKind::Selling, Gross)),
        (kind("Order", "ItemFees", "ShippingChargeback"), Fee(FeeKind::Fulfilment, Gross)),
        (kind("Order", "ItemFees", "FBAPerUnitFulfillmentFee"), Fee(FeeKind::Fulfilment, Gross)),
        (kind("FBAFees", "FBA Inventory Storage Fee", "Tax on fee"), Fee(FeeKind::Storage, Vat)),
        (kind("FBAFees", "FBA Removal Order: Disposal Fee", "Base fee"), Fee(FeeKind::Removal, Net)),
        (kind("FBAFees", "AWD Storage Fee", "Discount on fee"), Fee(FeeKind::Storage, Net)),
        (kind("FBAFees", "AWD Processing Fee", "Base fee"), Fee(FeeKind::Inbound, Net)),
        (kind("Other", "MCF Preferred Pricing Seller Credit", "Base charge"), Fee(FeeKind::Fulfilment, Net)),
        (kind("AmazonFees", "Vine Enrollment Fee", "Tax on fee"), Fee(FeeKind::Advertising, Vat)),
        (
            kind("AmazonFees", "Eco-contribution for EPR Pay on Behalf - GB", "Base fee"),
            Fee(FeeKind::EcoContribution, Net),
        ),
        (kind(OTHER, "Capacity Reservation Fee", "Tax"), Fee(FeeKind::Storage, Vat)),
        (kind("CouponRedemptionFee", "CouponRedemptionFee", "Save 5 %"), Fee(FeeKind::Advertising, Gross)),
        (kind(OTHER, OTHER, "Shipping label purchase for return"), Fee(FeeKind::Postage, Gross)),
        (kind("Liquidations", "ItemFees", "LiquidationsBrokerageFee"), Fee(FeeKind::Liquidation, Gross)),
        (kind("Liquidations Adjustments", "ItemPrice", "Tax"), Income(IncomeKind::LiquidationVat)),
        (kind(OTHER, "FBA Inventory Reimbursement", "NEW_REASON"), Income(IncomeKind::Reimbursement)),
        (kind("SAFE-T Reimbursement", OTHER, "SAFE-T Reimbursement"), Income(IncomeKind::OtherIncome)),
        (kind(OTHER, OTHER, "Current Reserve Amount"), Movement(MovementKind::Reserve)),
        (kind("other transaction", "OTHER", "PAYABLE TO AMAZON"), Suspense),
        (
            kind("Other Transaction", "other_transaction", "PAYABLE TO AMAZON"),
            Movement(MovementKind::CarriedForward),
        ),
        (kind(OTHER, OTHER, "Transfer of funds unsuccessful: Closed."), Movement(MovementKind::Bank)),
        (kind(OTHER, OTHER, "Repayment of negative balance"), Movement(MovementKind::Bank)),
        (
            kind("Debt Adjustment", "Debt Adjustment", "Cross-Account Debt Adjustment for PL"),
            Movement(MovementKind::InterMarketplace),
        ),
        (kind(OTHER, OTHER, "Loan Advance"), Movement(MovementKind::Loan)),
        (kind("LoanServicing", "Payment", ""), Movement(MovementKind::Loan)),
        (kind(OTHER, OTHER, "Adjustment"), Suspense),
        (kind("Order", "Points", "PointsGranted"), Suspense),
        (kind("Order", "ItemFees", "A fee of next year"), Suspense),
        (kind("", "", ""), Suspense),
    ];
    let rules = RuleBook::built_in();
    for (triple, category) in table {
        assert_eq!(rules.categorise(triple).category, category, "{triple}");
    }
}
