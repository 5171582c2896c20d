//! Each VAT treatment with its golden case, and each way in which figures can disagree.

use super::*;
use crate::canonical::{ComponentKind, Currency, OrderItemId, SellerSku};

fn gbp(minor: i64) -> Money {
    Money::new(minor, Currency::GBP)
}

fn line(parts: &[(i64, Option<i64>)]) -> SaleLine {
    let components: Vec<Component> = parts
        .iter()
        .map(|(gross, tax)| Component { kind: ComponentKind::Item, gross: gbp(*gross), tax: tax.map(gbp) })
        .collect();
    let total = gbp(parts.iter().map(|(gross, _)| gross).sum());
    SaleLine::new(
        OrderItemId::new("1").expect("an id"),
        SellerSku::new("MUG").expect("a sku"),
        "Mug".into(),
        1,
        Liability::Seller,
        components,
        total,
    )
    .expect("it adds up")
}

fn november() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 1).expect("a date")
}

fn standard() -> VatTreatment {
    VatTreatment::Domestic { class: VatClass::Standard, rate: VatRate::from_basis_points(2000) }
}

fn marketplace_liable() -> VatTreatment {
    VatTreatment::MarketplaceLiable { rate: Some(VatRate::from_basis_points(2000)) }
}

fn posted(parts: &[(i64, Option<i64>)], treatment: VatTreatment) -> Result<Vec<(i64, i64)>, TaxError> {
    let taxed = tax_parts(&line(parts), treatment, true)?;
    Ok(taxed.iter().map(|part| (part.net.minor(), part.vat.minor())).collect())
}

#[test]
fn the_treatment_follows_place_and_liability() {
    let registered = Vat { registered: true, calculation_service: true };
    let unregistered = Vat { registered: false, calculation_service: true };
    let country = |code| CountryCode::parse(code).expect("a country");
    let amazon = Liability::Marketplace("Amazon Services Europe S.a.r.L.".into());
    let table = [
        (&registered, "GB", Some("GB"), &Liability::Seller, standard()),
        (&registered, "GB", None, &Liability::Seller, standard()),
        (&registered, "GB", Some("IM"), &Liability::Seller, standard()),
        (&registered, "GB", Some("JE"), &Liability::Seller, VatTreatment::Export),
        (&registered, "GB", Some("DE"), &Liability::Seller, VatTreatment::Export),
        (&registered, "GB", Some("DE"), &amazon, VatTreatment::MarketplaceLiable { rate: None }),
        (&registered, "GB", Some("GB"), &amazon, marketplace_liable()),
        (&registered, "DE", Some("GB"), &Liability::Seller, VatTreatment::OutsideScope),
        (&registered, "DE", Some("GB"), &amazon, VatTreatment::OutsideScope),
        (&unregistered, "GB", Some("GB"), &Liability::Seller, VatTreatment::NotRegistered),
    ];
    for (vat, from, to, liability, expected) in table {
        let context = TaxContext {
            vat,
            dispatched_from: country(from),
            destination: to.map(country),
            tax_point: november(),
        };
        assert_eq!(context.treatment(liability, VatClass::Standard), expected, "{from} to {to:?}");
    }
}

#[test]
fn the_vat_that_buyers_were_shown_is_posted() {
    assert_eq!(posted(&[(1299, Some(216))], standard()), Ok(vec![(1083, 216)]), "Amazon rounded down");
    assert_eq!(
        posted(&[(1200, Some(200)), (-300, Some(-50))], standard()),
        Ok(vec![(1000, 200), (-250, -50)])
    );
}

#[test]
fn a_figure_that_disagrees_with_the_class_is_an_error_that_names_both() {
    let error = posted(&[(1200, Some(57))], standard()).expect_err("a reduced-rate figure");
    assert_eq!(error.to_string(), "Amazon states 0.57 GBP VAT, its standard class gives 2.00 GBP");
}

#[test]
fn parts_that_disagree_within_a_line_that_agrees_are_put_right() {
    assert_eq!(
        posted(&[(1200, Some(250)), (300, Some(0))], standard()),
        Ok(vec![(1000, 200), (250, 50)]),
        "all of the tax was booked on the first part"
    );
}

#[test]
fn vat_that_is_not_stated_is_computed_only_without_the_calculation_service() {
    let parts = [(1200, None)];
    assert!(matches!(posted(&parts, standard()), Err(TaxError::NotStated { .. })));
    assert!(matches!(posted(&[(1200, Some(0))], standard()), Err(TaxError::NotStated { .. })));
    let computed = tax_parts(&line(&parts), standard(), false).expect("computed");
    assert_eq!((computed[0].net.minor(), computed[0].vat.minor()), (1000, 200));
}

#[test]
fn zero_rated_goods_need_no_figure() {
    let zero = VatTreatment::Domestic { class: VatClass::Zero, rate: VatRate::ZERO };
    assert_eq!(posted(&[(1200, None)], zero), Ok(vec![(1200, 0)]));
    assert!(matches!(posted(&[(1200, Some(200))], zero), Err(TaxError::Disagrees { .. })));
}

#[test]
fn what_amazon_collects_as_deemed_supplier_is_posted_nowhere() {
    assert_eq!(posted(&[(1200, Some(200))], marketplace_liable()), Ok(vec![(1000, 0)]));
    assert!(matches!(posted(&[(1200, None)], marketplace_liable()), Err(TaxError::NotCollected { .. })));
    let zero_rated = VatTreatment::MarketplaceLiable { rate: Some(VatRate::ZERO) };
    assert_eq!(posted(&[(1200, None)], zero_rated), Ok(vec![(1200, 0)]));
}

#[test]
fn exports_and_unregistered_sellers_bear_no_vat() {
    for treatment in [VatTreatment::Export, VatTreatment::NotRegistered, VatTreatment::OutsideScope] {
        assert_eq!(posted(&[(1200, Some(0))], treatment), Ok(vec![(1200, 0)]));
        assert!(matches!(posted(&[(1200, Some(200))], treatment), Err(TaxError::NotExpected { .. })));
    }
}

#[test]
fn an_unclassified_line_is_classified_by_its_figure_only_where_that_is_clear() {
    let class = |gross, tax| class_by_stated_tax(&line(&[(gross, tax)]), november());
    assert_eq!(class(1200, Some(200)), Some(VatClass::Standard));
    assert_eq!(class(1200, Some(57)), Some(VatClass::Reduced));
    assert_eq!(class(1200, Some(0)), None, "zero is written where nothing is calculated, too");
    assert_eq!(class(1200, Some(120)), None, "no class has ten per cent");
    assert_eq!(class(10, Some(1)), None, "a penny fits several");
    assert_eq!(class(1200, None), None);
}
