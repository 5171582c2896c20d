//! The operations that the twin offers: the one place to add another.
//!
//! An operation is a row of `OPERATIONS` and a variant of [`OperationId`]; routing, authorisation, usage
//! plans, faults and counting follow from the row. Absent on purpose: Login with Amazon (`login`) and the
//! documents behind presigned links (`document`), which have neither plan nor access token.

use std::collections::BTreeMap;

use axum::routing::MethodFilter;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::Value;

use super::feed_operations::{create_feed, create_feed_document, get_feed, get_feed_document};
use super::get_order::get_order;
use super::inventory_summaries::get_inventory_summaries;
use super::login::GrantKind;
use super::parameters::Query;
use super::patch_listing::patch_listings_item;
use super::problem::Problem;
use super::reports::{create_report, get_report, get_report_document, get_reports};
use super::search_listings::{get_listings_item, search_listings_items};
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
    GetReports,
    GetReport,
    CreateReport,
    GetReportDocument,
    GetInventorySummaries,
    SearchListingsItems,
    GetListingsItem,
    PatchListingsItem,
    CreateFeedDocument,
    CreateFeed,
    GetFeed,
    GetFeedDocument,
    /// The presigned link to a document that a client receives.
    DownloadDocument,
    /// The presigned link to a document that a client sends.
    UploadDocument,
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
    /// How a success is told.
    pub success: StatusCode,
    pub handler: fn(&Call<'_>) -> Result<Value, Problem>,
}

/// An authorised call within its quota.
pub(super) struct Call<'a> {
    pub service: &'a Service,
    pub now: DateTime<Utc>,
    path: BTreeMap<String, String>,
    pub query: Query,
    pub body: Bytes,
}

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: OperationId::SearchOrders,
        method: MethodFilter::GET,
        path: "/orders/2026-01-01/orders",
        plan: UsagePlan { rate_per_10_000_seconds: 56, burst: 20 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: search_orders,
    },
    Operation {
        id: OperationId::GetOrder,
        method: MethodFilter::GET,
        path: "/orders/2026-01-01/orders/{orderId}",
        plan: UsagePlan { rate_per_10_000_seconds: 5_000, burst: 30 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: get_order,
    },
    Operation {
        id: OperationId::GetReports,
        method: MethodFilter::GET,
        path: "/reports/2021-06-30/reports",
        plan: UsagePlan { rate_per_10_000_seconds: 222, burst: 10 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: get_reports,
    },
    Operation {
        id: OperationId::CreateReport,
        method: MethodFilter::POST,
        path: "/reports/2021-06-30/reports",
        plan: UsagePlan { rate_per_10_000_seconds: 167, burst: 15 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: create_report,
    },
    Operation {
        id: OperationId::GetReport,
        method: MethodFilter::GET,
        path: "/reports/2021-06-30/reports/{reportId}",
        plan: UsagePlan { rate_per_10_000_seconds: 20_000, burst: 15 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: get_report,
    },
    Operation {
        id: OperationId::GetReportDocument,
        method: MethodFilter::GET,
        path: "/reports/2021-06-30/documents/{reportDocumentId}",
        plan: UsagePlan { rate_per_10_000_seconds: 167, burst: 15 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: get_report_document,
    },
    Operation {
        id: OperationId::GetInventorySummaries,
        method: MethodFilter::GET,
        path: "/fba/inventory/v1/summaries",
        plan: UsagePlan { rate_per_10_000_seconds: 20_000, burst: 2 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: get_inventory_summaries,
    },
    Operation {
        id: OperationId::SearchListingsItems,
        method: MethodFilter::GET,
        path: "/listings/2021-08-01/items/{sellerId}",
        plan: UsagePlan { rate_per_10_000_seconds: 50_000, burst: 5 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: search_listings_items,
    },
    Operation {
        id: OperationId::GetListingsItem,
        method: MethodFilter::GET,
        path: "/listings/2021-08-01/items/{sellerId}/{sku}",
        plan: UsagePlan { rate_per_10_000_seconds: 50_000, burst: 10 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: get_listings_item,
    },
    Operation {
        id: OperationId::PatchListingsItem,
        method: MethodFilter::PATCH,
        path: "/listings/2021-08-01/items/{sellerId}/{sku}",
        plan: UsagePlan { rate_per_10_000_seconds: 50_000, burst: 5 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: patch_listings_item,
    },
    Operation {
        id: OperationId::CreateFeedDocument,
        method: MethodFilter::POST,
        path: "/feeds/2021-06-30/documents",
        plan: UsagePlan { rate_per_10_000_seconds: 5_000, burst: 15 },
        grant: GrantKind::Seller,
        success: StatusCode::CREATED,
        handler: create_feed_document,
    },
    Operation {
        id: OperationId::CreateFeed,
        method: MethodFilter::POST,
        path: "/feeds/2021-06-30/feeds",
        plan: UsagePlan { rate_per_10_000_seconds: 83, burst: 15 },
        grant: GrantKind::Seller,
        success: StatusCode::ACCEPTED,
        handler: create_feed,
    },
    Operation {
        id: OperationId::GetFeed,
        method: MethodFilter::GET,
        path: "/feeds/2021-06-30/feeds/{feedId}",
        plan: UsagePlan { rate_per_10_000_seconds: 20_000, burst: 15 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: get_feed,
    },
    Operation {
        id: OperationId::GetFeedDocument,
        method: MethodFilter::GET,
        path: "/feeds/2021-06-30/documents/{feedDocumentId}",
        plan: UsagePlan { rate_per_10_000_seconds: 222, burst: 10 },
        grant: GrantKind::Seller,
        success: StatusCode::OK,
        handler: get_feed_document,
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

    /// Refuses a call whose path names another seller than the one who gave the access.
    pub fn require_own_seller(&self) -> Result<(), Problem> {
        match self.path_parameter("sellerId") == self.service.seller_id() {
            true => Ok(()),
            false => Err(Problem::not_permitted()),
        }
    }
}
