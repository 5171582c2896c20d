//! The faults that a story puts in the way, by the names that it gives them.

use host_harness::twin::TwinPair;
use host_harness::twin::amazon::fault::{Fault as AmazonFault, When};
use host_harness::twin::amazon::operation::OperationId;
use host_harness::twin::kashflow::{Fault as KashFlowFault, FaultEffect};

use crate::story::FaultStory;

/// A fault at Amazon lasts until it is healed, unless it is of one call; one at KashFlow is always of one call.
pub(super) fn inject(fault: &FaultStory, pair: &TwinPair) {
    match fault.at.as_str() {
        "amazon" => {
            let operation = match fault.on.as_str() {
                "getOrder" => OperationId::GetOrder,
                "searchOrders" => OperationId::SearchOrders,
                "getReport" => OperationId::GetReport,
                "getReportDocument" => OperationId::GetReportDocument,
                "downloadDocument" => OperationId::DownloadDocument,
                "getInventorySummaries" => OperationId::GetInventorySummaries,
                "searchListingsItems" => OperationId::SearchListingsItems,
                "patchListingsItem" => OperationId::PatchListingsItem,
                "createFeedDocument" => OperationId::CreateFeedDocument,
                "uploadFeedDocument" => OperationId::UploadDocument,
                "createFeed" => OperationId::CreateFeed,
                "getFeed" => OperationId::GetFeed,
                "getFeedDocument" => OperationId::GetFeedDocument,
                "token" => OperationId::Token,
                other => panic!("a story names Amazon's operation `{other}`"),
            };
            let when = fault.occurrence.map_or(When::Always, |number| When::Nth(number.into()));
            pair.amazon.faults().inject(Some(operation), when, amazon(&fault.what));
        }
        "kashflow" => {
            let planned = KashFlowFault::on(fault.on.as_str(), kashflow(&fault.what));
            pair.kashflow.faults().push(planned.at_occurrence(fault.occurrence.unwrap_or(1)));
        }
        other => panic!("a story has a fault at `{other}`"),
    }
}

/// Faults that have not happened yet do not happen any more.
pub(super) fn end(pair: &TwinPair) {
    pair.amazon.faults().clear();
    pair.kashflow.faults().clear();
}

fn amazon(what: &str) -> AmazonFault {
    match what {
        "quota-exceeded" => AmazonFault::QuotaExceeded,
        "internal-failure" => AmazonFault::InternalFailure,
        "service-unavailable" => AmazonFault::ServiceUnavailable,
        "service-unavailable-page" => AmazonFault::ServiceUnavailablePage,
        "revoked" => AmazonFault::Revoked,
        "truncated-json" => AmazonFault::TruncatedJson,
        "not-json" => AmazonFault::NotJson,
        "drop-call" => AmazonFault::DropCall,
        "drop-answer" => AmazonFault::DropAnswer,
        other => panic!("a story names Amazon's fault `{other}`"),
    }
}

fn kashflow(what: &str) -> FaultEffect {
    match what {
        "http-500" => FaultEffect::HttpError(500),
        "http-503" => FaultEffect::HttpError(503),
        "truncated-body" => FaultEffect::TruncatedBody,
        "not-xml" => FaultEffect::NotXml,
        "wrong-password" => FaultEffect::WrongPassword,
        "drop-before-processing" => FaultEffect::DropBeforeProcessing,
        "drop-after-processing" => FaultEffect::DropAfterProcessing,
        "processed-150-s-later" => FaultEffect::ProcessedLater { after_ms: 150_000 },
        other => panic!("a story names KashFlow's fault `{other}`"),
    }
}
