//! Reading and writing stock against answers as KashFlow's service gives them.

use super::*;
use crate::finding::Code;
use crate::kashflow::fixture;
use crate::remote::FailureClass;

fn code() -> ProductCode {
    ProductCode::new("MUG & SPOON").unwrap()
}

fn fields(code: &str, units: &str) -> String {
    format!(
        "<id>991</id><ParentID>17387826</ParentID><Name>Mug</Name><Code>{code}</Code><Description>with &lt;b&gt;\
         </Description><Price>8.5000</Price><VatRate>20.0000</VatRate><WholesalePrice>4.2500</WholesalePrice>\
         <Managed>1</Managed><QtyInStock>{units}</QtyInStock><StockWarnQty>3</StockWarnQty><AutoFill>1</AutoFill>\
         <LaterField>kept</LaterField>"
    )
}

fn product(units: i64) -> StockedProduct {
    StockedProduct { id: ProductId(991), code: code(), units: Units(units), is_managed: true }
}

fn card(units: &str) -> ProductCard {
    let result = format!(
        "<GetSubProductByCodeResult>{}</GetSubProductByCodeResult>",
        fields("MUG &amp; SPOON", units)
    );
    let response = fixture::ok("GetSubProductByCode", &result);
    GetProductCard { code: &code() }.parse(&response).unwrap().unwrap()
}

#[test]
fn a_product_is_written_back_with_every_field_and_another_stock() {
    let card = card("12");
    assert_eq!(card.product, product(12));
    let call = AddOrUpdateSubProduct { card: &card, units: Units(-2) };
    let request = call.request();
    let expected = fields("MUG &amp; SPOON", "-2");
    assert_eq!(fixture::parameters(&request), format!("<sp>{expected}</sp>"));
    assert!(request.writes);
    assert!(!format!("{card:?}").contains("Price"));
}

#[test]
fn the_answer_to_a_write_names_the_product() {
    let card = card("12");
    let call = AddOrUpdateSubProduct { card: &card, units: Units(1) };
    let answer = |id: &str| {
        let result = format!("<AddOrUpdateSubProductResult>{id}</AddOrUpdateSubProductResult>");
        call.parse(&fixture::ok("AddOrUpdateSubProduct", &result))
    };
    assert_eq!(answer("991"), Ok(()));
    for id in ["992", "0", ""] {
        let failure = answer(id).unwrap_err();
        assert_eq!(
            (failure.class, failure.finding.code),
            (FailureClass::Ambiguous, Code::AnswerLost),
            "{id}"
        );
    }
}

#[test]
fn a_product_that_is_not_there_is_none() {
    for response in [
        fixture::no("GetSubProductByCode", "There is no product with that code"),
        fixture::ok(
            "GetSubProductByCode",
            "<GetSubProductByCodeResult><id>0</id></GetSubProductByCodeResult>",
        ),
    ] {
        assert_eq!(GetProductCard { code: &code() }.parse(&response), Ok(None));
    }
}

#[test]
fn the_products_of_a_sales_type_are_listed_but_those_without_a_code() {
    let call = GetSubProducts { nominal: NominalId(17_387_826) };
    assert_eq!(fixture::parameters(&call.request()), "<NominalID>17387826</NominalID>");
    let row = |code: &str, units: &str| format!("<SubProduct>{}</SubProduct>", fields(code, units));
    let result = format!(
        "<GetSubProductsResult>{}{}</GetSubProductsResult>",
        row("MUG &amp; SPOON", "-3"),
        row("", "1")
    );
    assert_eq!(call.parse(&fixture::ok("GetSubProducts", &result)), Ok(vec![product(-3)]));
    assert_eq!(call.parse(&fixture::ok("GetSubProducts", "<GetSubProductsResult />")), Ok(Vec::new()));
    let unreadable = format!("<GetSubProductsResult>{}</GetSubProductsResult>", row("MUG", "many"));
    let failure = call.parse(&fixture::ok("GetSubProducts", &unreadable)).unwrap_err();
    assert_eq!((failure.class, failure.finding.code), (FailureClass::Transient, Code::KashFlowUnreadable));
}

#[test]
fn sales_types_are_listed_by_id() {
    let row =
        |id: i64| format!("<Product><ProductID>{id}</ProductID><ProductCode>4000</ProductCode></Product>");
    let result = format!("<GetProductsResult>{}{}</GetProductsResult>", row(7), row(8));
    let answer = GetProducts.parse(&fixture::ok("GetProducts", &result));
    assert_eq!(answer, Ok(vec![NominalId(7), NominalId(8)]));
}
