//! Whether an order is invoiced yet, and on which date.

use chrono::{DateTime, NaiveDate, Utc};

use crate::canonical::{Order, OrderStatus};
use crate::finding::{Code, Finding};
use crate::settings::PostOn;

/// What the status of an order asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Moment {
    Post,
    /// Nothing is sold: what was posted is taken back, and where nothing was, there is nothing to do.
    Withdraw(Finding),
    /// Nothing to do now; the finding says what is awaited.
    Wait(Finding),
    /// A person must look.
    Hold(Finding),
}

/// Whether an order in this status is posted under the setting `posting.on-status`.
pub fn moment(order: &Order, post_on: PostOn) -> Moment {
    let id = order.id.as_str();
    let wait = |code, message: &str| Moment::Wait(Finding::new(code, id, message));
    let withdraw = |code, message: &str| Moment::Withdraw(Finding::new(code, id, message));
    match (&order.status, post_on) {
        (OrderStatus::Pending, _) => {
            wait(Code::OrderPending, "is pending: it is posted when Amazon has taken the payment")
        }
        (OrderStatus::Cancelled, _) => withdraw(Code::OrderCancelled, "was cancelled before it was posted"),
        (OrderStatus::Unfulfillable, _) => {
            withdraw(Code::OrderUnfulfillable, "cannot be fulfilled, so it is not posted")
        }
        (OrderStatus::Unshipped | OrderStatus::PartiallyShipped, PostOn::Shipped) => wait(
            Code::OrderNotShipped,
            "is not wholly shipped: it is posted then, because `posting.on-status` is `shipped`",
        ),
        (OrderStatus::Unrecognised(text), _) => Moment::Hold(Finding::new(
            Code::OrderStatusUnknown,
            id,
            format!(
                "has the status `{text}`, which this version does not know: update the plugin, then release it"
            ),
        )),
        (OrderStatus::Unshipped | OrderStatus::PartiallyShipped, PostOn::Unshipped)
        | (OrderStatus::Shipped, _) => Moment::Post,
    }
}

/// The date of the invoice: the day in London on which the order was placed.
///
/// The same for every delivery of the order, unlike the day of shipping, of which Amazon gives no firm
/// account for its own warehouses. It is never later than the tax point, so VAT is never declared late.
pub fn invoice_date(order: &Order) -> NaiveDate {
    london_day(order.placed_at)
}

/// The date of a document that corrects an earlier one: the day in London on which it is made.
///
/// The change of a sale belongs into the VAT period in which it is given effect in the books, not into that of
/// the sale (VAT Regulations 1995, regulation 38); the return of that one may be filed already.
pub fn correction_date(now: DateTime<Utc>) -> NaiveDate {
    london_day(now)
}

fn london_day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&chrono_tz::Europe::London).date_naive()
}
