//! Which nominal a line is posted to.
//!
//! Goods that are not an ordinary UK sale have their own nominal, because the VAT return and HMRC's
//! questions are about exactly those; within UK sales the kind of the line decides.

use crate::canonical::{ComponentKind, NominalCode, VatTreatment};
use crate::settings::Nominals;

/// The nominal of a component. `of_sku` is the SKU table's own choice for the goods.
///
/// `None` for a kind of charge that has no configured nominal.
pub fn nominal_for(
    nominals: &Nominals,
    treatment: VatTreatment,
    kind: &ComponentKind,
    of_sku: Option<NominalCode>,
) -> Option<NominalCode> {
    let domestic = match kind {
        ComponentKind::Item => of_sku.unwrap_or(nominals.sales),
        ComponentKind::Shipping => nominals.shipping,
        ComponentKind::GiftWrap => nominals.gift_wrap,
        ComponentKind::ItemDiscount | ComponentKind::ShippingDiscount => nominals.discounts,
        ComponentKind::Other(_) => return None,
    };
    Some(match treatment {
        VatTreatment::Domestic { .. } | VatTreatment::NotRegistered => domestic,
        VatTreatment::MarketplaceLiable { .. } => nominals.marketplace_liable,
        VatTreatment::Export => nominals.exports,
        VatTreatment::OutsideScope => nominals.outside_uk,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{VatClass, VatRate};

    #[test]
    fn the_treatment_comes_before_the_kind() {
        let nominals = Nominals {
            sales: NominalCode(4000),
            shipping: NominalCode(4905),
            gift_wrap: NominalCode(4001),
            discounts: NominalCode(4009),
            marketplace_liable: NominalCode(4010),
            exports: NominalCode(4020),
            outside_uk: NominalCode(4030),
            unknown_sku: None,
        };
        let domestic =
            VatTreatment::Domestic { class: VatClass::Standard, rate: VatRate::from_basis_points(2000) };
        let of = |treatment, kind: &ComponentKind| {
            nominal_for(&nominals, treatment, kind, None).map(|code| code.0)
        };
        assert_eq!(of(domestic, &ComponentKind::Item), Some(4000));
        assert_eq!(of(domestic, &ComponentKind::Shipping), Some(4905));
        assert_eq!(of(domestic, &ComponentKind::GiftWrap), Some(4001));
        assert_eq!(of(domestic, &ComponentKind::ShippingDiscount), Some(4009));
        assert_eq!(of(VatTreatment::Export, &ComponentKind::Shipping), Some(4020));
        assert_eq!(of(VatTreatment::MarketplaceLiable { rate: None }, &ComponentKind::Item), Some(4010));
        assert_eq!(of(VatTreatment::OutsideScope, &ComponentKind::Item), Some(4030));
        assert_eq!(of(domestic, &ComponentKind::Other("COD_FEE".into())), None);
        let of_sku = nominal_for(&nominals, domestic, &ComponentKind::Item, Some(NominalCode(4002)));
        assert_eq!(of_sku, Some(NominalCode(4002)));
    }
}
