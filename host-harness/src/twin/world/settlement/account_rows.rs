//! What belongs to no sale: advertising, storage, the subscription, lost goods, reserves, labels.

use chrono::{DateTime, Duration, Utc};

use super::{FeeAmount, FeeClass, Meaning, SettlementRow};
use crate::twin::world::World;
use crate::twin::world::marketplace::UNITED_KINGDOM;
use crate::twin::world::money::vat_added;
use crate::twin::world::order_generation::DAYS_OF_ORDERS;
use crate::twin::world::product::Fulfilment;
use crate::twin::world::stream::{Purpose, Stream};

/// The monthly fee of a professional seller, VAT included.
const SUBSCRIPTION_PENCE: i64 = 3_000;

const OTHER: &str = "other-transaction";
const STORAGE_FEE: &str = "FBA Inventory Storage Fee";

pub(super) fn of(world: &World, orders: usize) -> Vec<SettlementRow> {
    let mut stream = Stream::new(world.seed(), Purpose::Settlement, 1);
    let orders = i64::try_from(orders).expect("a count fits 64 bits");
    let mut account = Account { world, rows: Vec::new() };
    account.advertise(&mut stream, orders);
    account.store(&mut stream);
    let gross = |class| Meaning::Fee(class, FeeAmount::Gross);
    let at = account.some_time(&mut stream);
    account.add([OTHER, OTHER, "Subscription Fee"], -SUBSCRIPTION_PENCE, at, gross(FeeClass::Subscription));
    account.lose_two_pieces(&mut stream);
    let at = account.some_time(&mut stream);
    let label_pence = stream.between(289, 649);
    account.add(
        [OTHER, OTHER, "Shipping label purchase for return"],
        -label_pence,
        at,
        gross(FeeClass::Postage),
    );
    account.reserve(&mut stream, orders);
    account.rows
}

struct Account<'a> {
    world: &'a World,
    rows: Vec<SettlementRow>,
}

impl Account<'_> {
    /// Two charges, by the number of orders.
    fn advertise(&mut self, stream: &mut Stream, orders: i64) {
        for _ in 0..2 {
            let at = self.some_time(stream);
            let pence = stream.between(20, 40) * orders.max(1) + stream.between(0, 99);
            let kind = ["ServiceFee", "Cost of Advertising", "TransactionTotalAmount"];
            self.add(kind, -pence, at, Meaning::Fee(FeeClass::Advertising, FeeAmount::Gross));
        }
    }

    /// A fee that states its VAT in a row of its own.
    fn store(&mut self, stream: &mut Stream) {
        let at = self.some_time(stream);
        let products = i64::try_from(self.world.products().len()).expect("a count fits 64 bits");
        let base_pence = products * stream.between(20, 60) + stream.between(0, 9);
        for (part, pence, amount) in [
            ("Base fee", base_pence, FeeAmount::Net),
            ("Tax on fee", vat_added(base_pence, 20), FeeAmount::Vat),
        ] {
            self.add(["FBAFees", STORAGE_FEE, part], -pence, at, Meaning::Fee(FeeClass::Storage, amount));
        }
    }

    /// Two pieces of a product, lost at one time: two rows that are the same to the letter, and both count.
    fn lose_two_pieces(&mut self, stream: &mut Stream) {
        let at = self.some_time(stream);
        let products = self.world.products();
        let product = products.iter().find(|product| product.fulfilment == Fulfilment::Amazon);
        let product = product.unwrap_or(&products[0]);
        let pence = product.unit_price_pence * 7 / 10;
        for _ in 0..2 {
            let kind = [OTHER, "FBA Inventory Reimbursement", "WAREHOUSE_LOST"];
            let row = self.add(kind, pence, at, Meaning::Reimbursement);
            row.sku = product.sku.to_string();
            row.quantity = Some(1);
        }
    }

    /// What was kept back the last time comes, and some is kept back for the next.
    fn reserve(&mut self, stream: &mut Stream, orders: i64) {
        let (begin, end) = (self.begin(), self.world.epoch() - Duration::minutes(1));
        let (before_pence, now_pence) =
            (stream.between(2_000, 9_000), stream.between(50, 150) * orders.max(1));
        self.add([OTHER, OTHER, "Previous Reserve Amount Balance"], before_pence, begin, Meaning::Reserve);
        self.add([OTHER, OTHER, "Current Reserve Amount"], -now_pence, end, Meaning::Reserve);
    }

    fn add(
        &mut self,
        kind: [&str; 3],
        pence: i64,
        at: DateTime<Utc>,
        meaning: Meaning,
    ) -> &mut SettlementRow {
        let row = SettlementRow::new(kind, pence, at, meaning);
        self.rows.push(SettlementRow { marketplace_name: UNITED_KINGDOM.name.to_owned(), ..row });
        self.rows.last_mut().expect("one was just added")
    }

    fn begin(&self) -> DateTime<Utc> {
        self.world.epoch() - Duration::days(DAYS_OF_ORDERS)
    }

    fn some_time(&self, stream: &mut Stream) -> DateTime<Utc> {
        self.begin() + Duration::seconds(stream.between(60, DAYS_OF_ORDERS * 86_400 - 60))
    }
}
