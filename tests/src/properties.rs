//! What holds for every input, not only for those that somebody thought of.

use std::collections::BTreeMap;

use chrono::{TimeZone, Utc};
use plugin_core::amazon::notification;
use plugin_core::amazon::orders::GetOrder;
use plugin_core::amazon::orders::search::SearchOrders;
use plugin_core::canonical::{
    Address, Buyer, Chart, Component, ComponentKind, CountryCode, Currency, DocumentReference, Fulfilment,
    Liability, MarketplaceId, Money, Nominal, NominalCode, NominalId, Order, OrderId, OrderItemId,
    OrderStatus, Product, ProductCode, ProductId, Sale, SaleLine, SellerSku, VatClass, VatRate,
};
use plugin_core::kashflow::{GetInvoicesForCustomer, GetNominalCodes, GetVatRates};
use plugin_core::mapping::order_to_invoice::{InvoiceTerms, PostingContext, map};
use plugin_core::mapping::sku::ResolvedSku;
use plugin_core::mapping::vat_rates::rate_on;
use plugin_core::mapping::{address_lines, posting_moment};
use plugin_core::remote::{Call, HttpResponse};
use plugin_core::settings::Settings;
use proptest::prelude::*;

const NOTIFICATION: &str = r#"{"NotificationVersion":"1.0","NotificationType":"ORDER_CHANGE","PayloadVersion":"1.0","EventTime":"2026-10-28T11:00:00Z","Payload":{"OrderChangeNotification":{"AmazonOrderId":"026-0000001-0000001","Summary":{"MarketplaceId":"A1F83G8C2ARO7P"}}},"NotificationMetadata":{"NotificationId":"x"}}"#;

const ORDER: &str = r#"{"order":{"orderId":"026-0000001-0000001","createdTime":"2026-10-20T09:30:00Z","lastUpdatedTime":"2026-10-28T10:59:00Z","salesChannel":{"channelName":"AMAZON","marketplaceId":"A1F83G8C2ARO7P"},"fulfillment":{"fulfillmentStatus":"SHIPPED","fulfilledBy":"MERCHANT"},"proceeds":{"grandTotal":{"amount":"12.00","currencyCode":"GBP"}},"orderItems":[{"orderItemId":"1","quantityOrdered":1,"product":{"sellerSku":"MUG-RED","title":"Red mug"},"proceeds":{"proceedsTotal":{"amount":"12.00","currencyCode":"GBP"},"breakdowns":[{"type":"ITEM","subtotal":{"amount":"12.00","currencyCode":"GBP"}},{"type":"TAX","subtotal":{"amount":"2.00","currencyCode":"GBP"}}]}}]}}"#;

const FOUND: &str = r#"{"orders":[{"orderId":"026-0000001-0000001","lastUpdatedTime":"2026-10-28T10:59:00Z","salesChannel":{"marketplaceId":"A1F83G8C2ARO7P"}}],"pagination":{"nextToken":"t1"},"lastUpdatedBefore":"2026-10-28T11:58:00Z"}"#;

const INVOICES: &str = r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><GetInvoicesForCustomerResponse xmlns="KashFlow"><GetInvoicesForCustomerResult><Invoice><InvoiceDBID>1</InvoiceDBID><InvoiceNumber>1</InvoiceNumber><InvoiceDate>2026-10-20T00:00:00</InvoiceDate><CustomerID>1</CustomerID><CustomerReference>026-1</CustomerReference><ExchangeRate>1.0000</ExchangeRate><Lines><anyType xsi:type="InvoiceLine"><Quantity>1.0000</Quantity><Description>Mug</Description><Rate>10.0000</Rate><ChargeType>7</ChargeType><VatRate>20.0000</VatRate><VatAmount>2.0000</VatAmount><ProductID>9</ProductID></anyType></Lines><NetAmount>10.0000</NetAmount><VATAmount>2.0000</VATAmount><AmountPaid>0.0000</AmountPaid></Invoice></GetInvoicesForCustomerResult><Status>OK</Status><StatusDetail/></GetInvoicesForCustomerResponse></soap:Body></soap:Envelope>"#;

/// A text with some bytes changed, inserted or cut off.
fn mutated(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let change = (0..text.len(), any::<u8>(), 0_u8..3);
    (proptest::collection::vec(change, 1..6), 0..=text.len()).prop_map(move |(changes, end)| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, byte, kind) in changes {
            let at = at.min(bytes.len().saturating_sub(1));
            match kind {
                0 if !bytes.is_empty() => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ if !bytes.is_empty() => drop(bytes.remove(at)),
                _ => {}
            }
        }
        if end % 3 == 0 {
            bytes.truncate(end);
        }
        bytes
    })
}

fn answer(body: Vec<u8>) -> HttpResponse {
    HttpResponse { status: 200, headers: Vec::new(), body }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics_whatever_arrives(
        event in mutated(NOTIFICATION), order in mutated(ORDER), found in mutated(FOUND),
        invoices in mutated(INVOICES),
        rubbish in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let id = OrderId::new("026-0000001-0000001").expect("an id");
        let get_order = GetOrder { host: "sellingpartnerapi-eu.amazon.com", order: &id };
        for body in [event, rubbish.clone()] {
            let _ = notification::decode(&body, "event");
        }
        for body in [order, rubbish.clone()] {
            let _ = get_order.parse(&answer(body));
        }
        for body in [found, rubbish.clone()] {
            let search = SearchOrders {
                host: "sellingpartnerapi-eu.amazon.com",
                marketplaces: &[],
                updated_after: Utc.timestamp_opt(0, 0).single().expect("a time"),
                updated_before: None,
                token: None,
            };
            let _ = search.parse(&answer(body));
        }
        for body in [invoices, rubbish] {
            let reference = DocumentReference::invoice(&OrderId::new("026-1").expect("an id"), 1);
            let call = GetInvoicesForCustomer { customer: plugin_core::canonical::CustomerId(1), reference: &reference };
            let _ = call.parse(&answer(body.clone()));
            let _ = GetNominalCodes.parse(&answer(body.clone()));
            let _ = GetVatRates.parse(&answer(body));
        }
    }

    #[test]
    fn splitting_money_conserves_it_and_its_sign(
        minor in -1_000_000_i64..1_000_000, weights in proptest::collection::vec(0_u64..10_000, 1..8),
    ) {
        let amount = Money::new(minor, Currency::GBP);
        let parts = amount.split(&weights);
        prop_assert_eq!(parts.iter().map(|part| part.minor()).sum::<i64>(), minor);
        prop_assert!(parts.iter().all(|part| part.minor() == 0 || part.minor().signum() == minor.signum()));
    }

    #[test]
    fn amounts_survive_being_written_and_read(minor in any::<i32>()) {
        let amount = Money::new(i64::from(minor), Currency::GBP);
        prop_assert_eq!(Money::parse(&amount.to_decimal(), Currency::GBP), Ok(amount));
    }

    #[test]
    fn an_address_loses_no_word(words in proptest::collection::vec("[A-Za-z0-9]{1,20}", 1..30), city in "[A-Z][a-z]{2,12}") {
        let street: Vec<String> = words.chunks(10).map(|chunk| chunk.join(" ")).collect();
        let fitted = address_lines::fit(&Address { street, city: city.clone(), ..Address::default() });
        let kept = format!("{} {}", fitted.lines.join(" "), fitted.remainder);
        for word in words.iter().chain([&city]) {
            prop_assert!(kept.contains(word.as_str()), "{} is missing from {}", word, kept);
        }
    }

    /// Whatever an order consists of: the invoice comes to what the buyer paid, the VAT to what the buyer was
    /// shown, and as many units leave the stock as were sold.
    #[test]
    fn an_invoice_comes_to_the_order(lines in proptest::collection::vec(line(), 1..8)) {
        let order = order_of(&lines);
        let sale = order.sale.clone().expect("a sale");
        let terms = InvoiceTerms {
            reference: DocumentReference::invoice(&order.id, 1), date: posting_moment::invoice_date(&order),
        };
        let draft = map(&order, &sale, terms, context(&lines).posting()).expect("it can be posted");
        let gross = draft.invoice.net().checked_add(draft.invoice.vat()).expect("it adds up");
        prop_assert_eq!(gross, sale.total());
        let shown: i64 = lines.iter().map(Line::shown_vat).sum();
        prop_assert_eq!(draft.invoice.vat().minor(), shown);
        let sold: i64 = lines.iter().map(|line| i64::from(line.quantity)).sum();
        let moved: i64 =
            draft.invoice.lines().iter().filter(|line| line.product.is_some()).map(|line| line.quantity).sum();
        prop_assert_eq!(moved, sold);
    }
}

/// A line as a buyer sees it, in pence.
#[derive(Clone, Debug)]
struct Line {
    class: VatClass,
    quantity: u32,
    item: i64,
    shipping: i64,
    discount: i64,
}

fn line() -> impl Strategy<Value = Line> {
    let class = prop_oneof![
        Just(VatClass::Standard),
        Just(VatClass::Reduced),
        Just(VatClass::Zero),
        Just(VatClass::Exempt)
    ];
    (class, 1_u32..7, 1_i64..50_000, 0_i64..1_000, 0_i64..100).prop_map(
        |(class, quantity, item, shipping, percent)| Line {
            class,
            quantity,
            item,
            shipping,
            discount: item * percent / 100,
        },
    )
}

impl Line {
    /// Gross and VAT of each part, as Amazon rounds them.
    fn parts(&self) -> Vec<(ComponentKind, i64, i64)> {
        let date = chrono::NaiveDate::from_ymd_opt(2026, 10, 20).expect("a date");
        let rate = rate_on(self.class, date);
        let vat = |gross| rate.contained_in(Money::new(gross, Currency::GBP)).expect("small").minor();
        [
            (ComponentKind::Item, self.item),
            (ComponentKind::Shipping, self.shipping),
            (ComponentKind::ItemDiscount, -self.discount),
        ]
        .into_iter()
        .filter(|(_, gross)| *gross != 0)
        .map(|(kind, gross)| (kind, gross, vat(gross)))
        .collect()
    }

    fn shown_vat(&self) -> i64 {
        self.parts().iter().map(|(_, _, vat)| vat).sum()
    }
}

fn sku(index: usize) -> SellerSku {
    SellerSku::new(format!("SKU-{index}")).expect("a sku")
}

fn order_of(lines: &[Line]) -> Order {
    let gbp = |minor| Money::new(minor, Currency::GBP);
    let sale_lines: Vec<SaleLine> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let components: Vec<Component> = line
                .parts()
                .into_iter()
                .map(|(kind, gross, vat)| Component { kind, gross: gbp(gross), tax: Some(gbp(vat)) })
                .collect();
            let total = components.iter().map(|part| part.gross.minor()).sum();
            let item = OrderItemId::new(index.to_string()).expect("an id");
            SaleLine::new(
                item,
                sku(index),
                "Thing".into(),
                line.quantity,
                Liability::Seller,
                components,
                gbp(total),
            )
            .expect("it adds up")
        })
        .collect();
    let total = sale_lines.iter().map(|line| line.total().minor()).sum();
    Order {
        ordered: BTreeMap::new(),
        id: OrderId::new("026-0000001-0000001").expect("an id"),
        marketplace: MarketplaceId::new("A1F83G8C2ARO7P").expect("an id"),
        placed_at: Utc.with_ymd_and_hms(2026, 10, 20, 9, 30, 0).single().expect("a time"),
        last_updated_at: Utc.with_ymd_and_hms(2026, 10, 21, 9, 30, 0).single().expect("a time"),
        status: OrderStatus::Shipped,
        fulfilment: Fulfilment::ByMerchant,
        buyer: Buyer::default(),
        destination: Address { country: Some(CountryCode::GB), ..Address::default() },
        dispatched_from: Some(CountryCode::GB),
        replaces: None,
        sale: Some(Sale::new(sale_lines, gbp(total)).expect("it adds up")),
    }
}

struct Context {
    settings: Settings,
    chart: Chart,
    skus: BTreeMap<SellerSku, ResolvedSku>,
}

impl Context {
    fn posting(&self) -> PostingContext<'_> {
        PostingContext {
            settings: &self.settings,
            marketplace: self.settings.marketplaces.values().next().expect("one marketplace"),
            chart: &self.chart,
            skus: &self.skus,
        }
    }
}

fn context(lines: &[Line]) -> Context {
    let texts: BTreeMap<String, String> = [
        ("vat.registered", "true"),
        ("nominals.sales", "4000"),
        ("nominals.shipping", "4905"),
        ("nominals.gift-wrap", "4001"),
        ("nominals.discounts", "4009"),
        ("nominals.marketplace-liable", "4010"),
        ("nominals.exports", "4020"),
        ("nominals.outside-uk", "4030"),
        ("marketplaces.A1F83G8C2ARO7P.customer-code", "AMAZONUK"),
        ("marketplaces.A1F83G8C2ARO7P.clearing-account", "1249"),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .collect();
    let settings = Settings::parse(&texts).expect("complete settings");
    let nominals = settings.nominals.named();
    let nominals =
        nominals.iter().map(|(_, code)| Nominal { code: *code, id: NominalId(code.0 + 17_000_000) });
    let rates = [0, 500, 2000].map(VatRate::from_basis_points).to_vec();
    let chart = Chart::new(nominals, rates);
    let skus = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let product = Product {
                id: ProductId(i64::try_from(index).expect("few lines") + 1),
                code: ProductCode::new(format!("SKU-{index}")).expect("a code"),
                name: "thing".into(),
                nominal: NominalId(NominalCode(4000).0),
                vat_rate: None,
                stock_is_managed: true,
            };
            (sku(index), ResolvedSku { product: Some(product), vat_class: Some(line.class), nominal: None })
        })
        .collect();
    Context { settings, chart, skus }
}

/// The date of an invoice is the day in London, on both sides of midnight and of the end of summer time.
#[test]
fn an_invoice_is_dated_on_the_day_in_london() {
    let mut order =
        order_of(&[Line { class: VatClass::Standard, quantity: 1, item: 1200, shipping: 0, discount: 0 }]);
    for (placed, expected) in [
        ("2026-10-24T22:59:59Z", "2026-10-24"),
        ("2026-10-24T23:00:00Z", "2026-10-25"),
        ("2026-10-25T23:30:00Z", "2026-10-25"),
        ("2026-03-29T00:30:00Z", "2026-03-29"),
    ] {
        order.placed_at = placed.parse().expect("a time");
        assert_eq!(posting_moment::invoice_date(&order).to_string(), expected, "{placed}");
    }
}
