//! Sub-products and their stock.

use super::super::Refusal;
use super::*;

fn product(id: i32, parent: i32, code: &str, quantity: i32) -> String {
    format!(
        "<sp><id>{id}</id><ParentID>{parent}</ParentID><Name>Stove</Name><Code>{code}</Code><Price>24.995</Price>\
         <VatRate>20</VatRate><WholesalePrice>0</WholesalePrice><Managed>1</Managed>\
         <QtyInStock>{quantity}</QtyInStock><StockWarnQty>2</StockWarnQty><AutoFill>0</AutoFill></sp>"
    )
}

#[tokio::test]
async fn a_product_is_found_by_its_exact_code() {
    let twin = started().await;
    let found = call(&twin, "GetSubProductByCode", "<ProductCode>TENT-2</ProductCode>").await.expect_ok();
    let values =
        ["id", "ParentID", "Price", "VatRate", "Managed", "QtyInStock"].map(|name| found.first(name));
    assert_eq!(values, ["2745024", "17387826", "100.0000", "20.0000", "1", "10"]);
    for code in ["tent-2", "TENT-2 ", ""] {
        let reply = call(&twin, "GetSubProductByCode", &format!("<ProductCode>{code}</ProductCode>")).await;
        reply.expect_no("There is no product with that code");
    }
}

#[tokio::test]
async fn a_product_is_created_with_id_zero_and_replaced_by_its_id() {
    let twin = started().await;
    let created = call(&twin, "AddOrUpdateSubProduct", &product(0, SALES_ID, "STOVE", 5)).await.expect_ok();
    let id: i32 = created.first("AddOrUpdateSubProductResult").parse().unwrap();
    call(&twin, "AddOrUpdateSubProduct", &product(id, SALES_ID, "STOVE", 3)).await.expect_ok();
    let stove = twin.books().products().remove(1);
    assert_eq!((stove.id, stove.price_pence, stove.quantity_in_stock), (id, 2_500, 3));

    let by_id = call(&twin, "GetSubProductByID", &format!("<ProductID>{id}</ProductID>")).await.expect_ok();
    assert_eq!(by_id.first("Code"), "STOVE");
    let list = call(&twin, "GetSubProducts", &format!("<NominalID>{SALES_ID}</NominalID>")).await.expect_ok();
    assert_eq!(list.all("Code"), ["TENT-2", "STOVE"]);
    let none = call(&twin, "GetSubProducts", "<NominalID>4000</NominalID>").await.expect_ok();
    assert!(none.body().contains("<GetSubProductsResult/>"));
}

#[tokio::test]
async fn products_that_do_not_fit_are_refused() {
    let twin = started().await;
    let cases = [
        (product(77, SALES_ID, "STOVE", 5), "There is no product with the ID 77"),
        (product(0, 4000, "STOVE", 5), "The parent of a product must be a sales type"),
        (product(0, SALES_ID + 9, "STOVE", 5), "The parent of a product must be a sales type"),
        (product(0, SALES_ID, "TENT-2", 5), "Product Code is not unique"),
        (
            product(0, SALES_ID, "STOVE", 5).replace("<VatRate>20<", "<VatRate>19<"),
            "19 is not one of the VAT rates of this account",
        ),
    ];
    for (parameters, detail) in cases {
        call(&twin, "AddOrUpdateSubProduct", &parameters).await.expect_no(detail);
    }
    let exempt = product(0, SALES_ID, "BOOK", 5).replace("<VatRate>20<", "<VatRate>-1<");
    call(&twin, "AddOrUpdateSubProduct", &exempt).await.expect_ok();
}

#[tokio::test]
async fn a_code_that_was_replaced_is_free_again() {
    let twin = started().await;
    call(&twin, "AddOrUpdateSubProduct", &product(TENT_ID, SALES_ID, "TENT-3", 4)).await.expect_ok();
    let by_code = |code: &'static str| format!("<ProductCode>{code}</ProductCode>");
    call(&twin, "GetSubProductByCode", &by_code("TENT-2"))
        .await
        .expect_no("There is no product with that code");
    let found = call(&twin, "GetSubProductByCode", &by_code("TENT-3")).await.expect_ok();
    assert_eq!(found.first("id"), TENT_ID.to_string());
    call(&twin, "AddOrUpdateSubProduct", &product(0, SALES_ID, "TENT-2", 1)).await.expect_ok();
    assert_eq!((twin.stock_of("TENT-2"), twin.stock_of("TENT-3")), (Some(1), Some(4)));
}

#[tokio::test]
async fn all_products_come_in_one_answer_under_their_sales_types() {
    let twin = started().await;
    call(&twin, "AddOrUpdateSubProduct", &product(0, SALES_ID, "STOVE", 5)).await.expect_ok();
    let reply = call(&twin, "GetProductsWithSubProducts", "").await.expect_ok();
    let types = call(&twin, "GetProducts", "").await.expect_ok();
    assert_eq!(reply.all("ProductID"), types.all("ProductID"));
    assert_eq!(reply.all("Code"), ["TENT-2", "STOVE"]);
    let own = format!("<ProductID>{SALES_ID}</ProductID>");
    let full = reply.all("ProductsFull").into_iter().find(|full| full.contains(&own)).unwrap();
    let children = full.split_once("<subProducts><SubProduct>").expect("in the order of the description").1;
    assert!(children.contains("<Code>STOVE</Code>") && children.ends_with("</SubProduct></subProducts>"));
    assert!(reply.body().contains("<subProducts/>"), "a sales type without products has an empty list");
}

#[tokio::test]
async fn twenty_thousand_products_are_added_sold_and_shown() {
    let mut account = account();
    let product = |number| NewProduct {
        code: format!("SKU-{number:05}"),
        name: format!("Product {number}"),
        price_pence: 100,
        vat_rate: VatRate::percent(20),
        managed: true,
        quantity_in_stock: number,
        nominal_code: NominalCode::new(4000),
    };
    account.add_products((0..20_000).map(product)).unwrap();
    assert!(account.add_products([product(7)]).is_err(), "a code is taken once");
    let twin = start(account).await;
    for number in 0..20_000 {
        assert_eq!(twin.stock_of(&format!("SKU-{number:05}")), Some(number));
    }
    let reply = call(&twin, "GetProductsWithSubProducts", "").await.expect_ok();
    assert_eq!(reply.body().matches("<SubProduct>").count(), 20_001);
}

#[tokio::test]
async fn people_count_and_receive_stock() {
    let twin = started().await;
    assert_eq!((twin.stock_of("TENT-2"), twin.stock_of("NOTHING")), (Some(10), None));
    twin.set_stock("TENT-2", 4).unwrap();
    assert_eq!(twin.receive("TENT-2", 6), Ok(10));
    twin.set_stock("TENT-2", -3).unwrap();
    assert_eq!(twin.stock_of("TENT-2"), Some(-3), "what was sold and never counted");
    assert_eq!(twin.set_stock("NOTHING", 1), Err(Refusal::NoProductWithCode));
    assert_eq!(twin.receive("NOTHING", 1), Err(Refusal::NoProductWithCode));
    let shown = call(&twin, "GetSubProductByCode", "<ProductCode>TENT-2</ProductCode>").await.expect_ok();
    assert_eq!(shown.first("QtyInStock"), "-3");
}

#[tokio::test]
async fn products_are_the_sales_types() {
    let twin = started().await;
    let reply = call(&twin, "GetProducts", "").await.expect_ok();
    assert_eq!((reply.first("ProductID"), reply.first("ProductCode")), ("17387826", "4000"));
    assert!(!reply.all("ProductCode").contains(&"5000"));
}
