//! The operations that the twin offers: the one place to add another.
//!
//! An operation is a row of `OPERATIONS` and a variant of [`OperationId`]; routing, authorisation, usage
//! plans, faults and counting follow from the row. Absent on purpose: Login with Amazon (`login`), which
//! has neither plan nor access token.

use std::collections::BTreeMap;

use axum::routing::MethodFilter;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::get_order::get_order;
use super::login::GrantKind;
use super::parameters::Query;
use super::problem::Problem;
use super::search_orders::search_orders;
use super::service::Service;
use super::usage_plan::UsagePlan;

/// What a call is counted as, and what a fault can be tied to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OperationId {
    /// `POST /auth/o2/token` of Login with Amazon.
    Token,
    GetOrder,
    SearchOrders,
}

pub(super) struct Operation {
    pub id: OperationId,
    pub method: MethodFilter,
    /// With parameters in braces, as the API model writes them.
    pub path: &'static str,
    /// The default rate and burst of Amazon's documentation.
    pub plan: UsagePlan,
    /// Which kind of access token the operation takes.
    pub grant: GrantKind,
    pub handler: fn(&Call<'_>) -> Result<Value, Problem>,
}

/// An authorised call within its quota.
pub(super) struct Call<'a> {
    pub service: &'a Service,
    pub now: DateTime<Utc>,
    path: BTreeMap<String, String>,
    pub query: Query,
    #[expect(dead_code, reason = "no operation so far has a body; the next ones (listings, feeds) do")]
    pub body: Bytes,
}

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: OperationId::SearchOrders,
        method: MethodFilter::GET,
        path: "/orders/2026-01-01/orders",
        plan: UsagePlan { rate_per_10_000_seconds: 56, burst: 20 },
        grant: GrantKind::Seller,
        handler: search_orders,
    },
    Operation {
        id: OperationId::GetOrder,
        method: MethodFilter::GET,
        path: "/orders/2026-01-01/orders/{orderId}",
        plan: UsagePlan { rate_per_10_000_seconds: 5_000, burst: 30 },
        grant: GrantKind::Seller,
        handler: get_order,
    },
];

impl<'a> Call<'a> {
    pub fn new(
        service: &'a Service,
        now: DateTime<Utc>,
        path: BTreeMap<String, String>,
        query: Query,
        body: Bytes,
    ) -> Self {
        Call { service, now, path, query, body }
    }

    /// A parameter that stands in the operation's path.
    pub fn path_parameter(&self, name: &str) -> &str {
        self.path.get(name).map(String::as_str).expect("the operation's path names its parameters")
    }
}
