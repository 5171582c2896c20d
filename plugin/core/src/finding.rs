//! Findings: what a person should know, under a stable code.
//!
//! `docs/errors.md` has one entry a code, with cause and remedy; a test keeps the two in step.
//! A message says what happened, to what, and what to do. It holds no personal data: an order id, a
//! SKU or a setting is named, a buyer never is.

use std::fmt;

/// Declares the codes once: variant, text, title.
macro_rules! codes {
    ($($variant:ident = $text:literal, $title:literal;)*) => {
        /// A stable code that an operator can look up.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Code { $($variant),* }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text),* }
            }

            /// What it means, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title),* }
            }
        }
    };
}

codes! {
    EventUnreadable = "KA-0101", "the event is not an SP-API notification";
    EventNotHandled = "KA-0102", "the event is of a type that asks for nothing here";
    EventTooLarge = "KA-0103", "the event is larger than any notification";
    EventIncomplete = "KA-0104", "the notification lacks what its type requires";
    SweepUnreadable = "KA-0105", "a scheduled event is no sweep";
    QueuedOrderUnreadable = "KA-0106", "a message of the queue names no order";

    SettingMissing = "KA-0201", "a setting is missing";
    SettingInvalid = "KA-0202", "a setting cannot be read";
    SettingsContradict = "KA-0203", "two settings contradict each other";
    SkuTableInvalid = "KA-0204", "the SKU table cannot be read";
    NominalUnknown = "KA-0205", "KashFlow has no nominal of a configured code";
    VatRateUnknown = "KA-0206", "the KashFlow account has no VAT rate that a posting needs";
    ClearingAccountUnknown = "KA-0207", "a marketplace has no clearing account in KashFlow";
    SkuTableTargetUnknown = "KA-0208", "a row of the SKU table points at no KashFlow product";
    SettingUnknown = "KA-0209", "a setting has a name that nothing reads";
    PayoutAccountUnknown = "KA-0210", "a marketplace's payout account is no bank account of KashFlow";
    StockTableInvalid = "KA-0211", "the stock table cannot be read";

    OrderNotFound = "KA-0301", "Amazon does not know the order";
    MarketplaceNotConfigured = "KA-0302", "the order is of a marketplace that is not configured";
    OrderPending = "KA-0303", "the order is not paid for yet";
    OrderNotShipped = "KA-0304", "the order waits for the status that posts it";
    OrderCancelled = "KA-0305", "the order was cancelled before it was posted";
    OrderUnfulfillable = "KA-0306", "the order will not be fulfilled";
    OrderStatusUnknown = "KA-0307", "the order has a status that this version does not know";
    TotalsDiffer = "KA-0308", "the amounts of the order do not add up";
    CurrencyUnexpected = "KA-0309", "the order is in another currency than its marketplace";
    OrderTooLong = "KA-0310", "the order has more lines than one delivery handles";
    ReplacementOrder = "KA-0311", "the order replaces another one free of charge";
    ChargeUnknown = "KA-0312", "the order has a charge of a kind that this version does not know";
    ProceedsMissing = "KA-0313", "Amazon gives no amounts for an order that is paid";
    PlacedElsewhere = "KA-0314", "the order was placed outside Amazon";
    PostedOrderCancelled = "KA-0315", "the order was cancelled after it was posted";
    OrderCorrected = "KA-0316", "the order changed after it was posted";
    OlderVersion = "KA-0317", "Amazon showed an older version of the order";
    InvoicePaid = "KA-0318", "an invoice that is to be taken back is paid";
    InvoiceNotReversible = "KA-0319", "an invoice cannot be taken back line by line";
    CorrectedTooOften = "KA-0320", "the order was corrected too often";

    SkuUnknown = "KA-0401", "a SKU has no product in KashFlow";
    VatDisagrees = "KA-0402", "Amazon's VAT disagrees with the VAT class of the SKU";
    VatClassUnknown = "KA-0403", "the VAT class of a SKU cannot be told";
    CustomerAmbiguous = "KA-0404", "several customers share a name and post code";
    AddressDidNotFit = "KA-0405", "an address did not fit into KashFlow's four lines";
    VatNotStated = "KA-0406", "Amazon states no VAT where the seller owes it";

    KashFlowRefused = "KA-0501", "KashFlow refused a call";
    KashFlowLoginRefused = "KA-0502", "KashFlow refused the user name or password";
    KashFlowAddressRefused = "KA-0503", "KashFlow refused this network address";
    KashFlowUnreadable = "KA-0504", "KashFlow's answer cannot be read";
    KashFlowUnavailable = "KA-0505", "KashFlow is out of order";
    InvoiceDiffers = "KA-0506", "the books hold an invoice of this order with other amounts";
    InvoiceDoubled = "KA-0507", "the books hold more than one invoice of this order";
    CustomerCodeTaken = "KA-0508", "another delivery created the same customer";
    NotReadBack = "KA-0509", "a new document does not read back as it was written";
    SupplierCodeTaken = "KA-0510", "another delivery created the same supplier";

    AmazonThrottled = "KA-0601", "Amazon's usage plan is spent";
    AmazonUnauthorised = "KA-0602", "Amazon refused the access";
    AmazonRejected = "KA-0603", "Amazon refused a request";
    AmazonUnavailable = "KA-0604", "Amazon is out of order";
    AmazonUnreadable = "KA-0605", "Amazon's answer cannot be read";

    CallNotGranted = "KA-0701", "the connection does not grant a call";
    ServiceUnreachable = "KA-0702", "a service cannot be reached";
    AnswerLost = "KA-0703", "a request was sent and no answer came";
    GatewayRefused = "KA-0704", "the host's gateway did not send a request";
    StateUnavailable = "KA-0705", "the host's state store does not work";
    OrderInWork = "KA-0706", "another delivery is working on the same order";
    SettingsUnavailable = "KA-0707", "the host gives no settings";
    AnswerTooLarge = "KA-0708", "an answer is larger than is parsed";
    StepsExceeded = "KA-0709", "an order takes more steps than one delivery makes";
    QueueNotGranted = "KA-0710", "the connection does not grant a queue";
    QueueUnavailable = "KA-0711", "the host's queue takes no message";
    SweepInWork = "KA-0712", "another delivery is sweeping";

    SettlementUnreadable = "KA-0801", "a file is no settlement report";
    SettlementCutOff = "KA-0802", "a settlement file is cut off";
    SettlementTotalDiffers = "KA-0803", "the rows of a settlement do not come to its total";
    SettlementsMixed = "KA-0804", "a file has rows of more than one settlement";
    SettlementSummaryMissing = "KA-0805", "a settlement file has no summary row, or more than one";
    SettlementCurrencyUnknown = "KA-0806", "a settlement is in a currency that is none";
    SettlementHeaderRepeated = "KA-0807", "a settlement file has its header twice";
    SettlementDecimalsMixed = "KA-0808", "a settlement file has decimal commas and points";
    SettlementDatesAmbiguous = "KA-0809", "the dates of a settlement file can be read in two ways";
    SettlementEmpty = "KA-0810", "a settlement file has no rows";
    SettlementRowUnreadable = "KA-0811", "a row of a settlement file cannot be read";
    SettlementTooLarge = "KA-0812", "a settlement file is larger than is read";
    ReportFailed = "KA-0813", "Amazon made no settlement report";
    ReportGone = "KA-0814", "Amazon does not keep the settlement report any more";
    SettlementRulesInvalid = "KA-0815", "a table of settlement rules cannot be read";
    SettlementNotConfigured = "KA-0816", "the connection posts no settlements";
    SettlementMarketplaceUnknown = "KA-0817", "the marketplace of a settlement is not configured";
    ReportLinkExpired = "KA-0818", "the link to a report has expired";
    SettlementDiffers = "KA-0821", "a settlement was posted from a file with other content";
    SettlementInWork = "KA-0822", "another delivery is working on the same settlement";
    SettledOrderUnknown = "KA-0823", "a settlement has money of an order that is not in the books";
    PaymentDiffers = "KA-0824", "what Amazon paid for an order is not what its invoice comes to";
    InvoicePaidByHand = "KA-0825", "an invoice that a settlement pays is paid already";
    RowsInSuspense = "KA-0826", "a settlement has rows that wait in suspense";
    RefundVatUnclear = "KA-0827", "the VAT of a refund cannot be told";
    RefundExceedsSale = "KA-0828", "more was refunded than was sold";
    SettlementUnfinished = "KA-0829", "parts of a settlement wait for a person";
    SettlementCurrencyForeign = "KA-0830", "a settlement is in another currency than the books";
    PaymentMethodUnknown = "KA-0831", "KashFlow has no payment method of a configured name";
    BooksHoldAnother = "KA-0832", "the books hold something else under the reference of a settlement";
    FindingsLeftOut = "KA-0833", "a settlement has more findings than are told one by one";

    StockNotConfigured = "KA-0901", "the connection keeps no stock in step";
    StockWithoutProduct = "KA-0902", "a SKU has stock at Amazon and no product in KashFlow";
    StockNotManaged = "KA-0903", "KashFlow does not keep the stock of a product";
    SoldBothWays = "KA-0904", "Amazon and the merchant both send a product to buyers";
    StockBrake = "KA-0905", "a sweep would change too much stock at once";
    QuantityRefused = "KA-0906", "Amazon refuses the quantity of an offer";
    QuantityNotTaken = "KA-0907", "Amazon accepts the quantity of an offer and does not show it";
    StockInWork = "KA-0908", "another delivery is working on the stock";
    FeedFailed = "KA-0909", "Amazon did not process a feed of quantities";
    StockNotReadBack = "KA-0910", "a stock level does not read back as it was written";
    InventoryStale = "KA-0911", "Amazon's count is older than its own notification";
    FeedDocumentRefused = "KA-0912", "the document of a feed was not taken";
}

impl Code {
    /// Whether it is about the connection or a service and so the same for every event that meets it.
    fn concerns_the_connection(self) -> bool {
        matches!(
            self,
            Code::SettingMissing
                | Code::SettingInvalid
                | Code::SettingsContradict
                | Code::SkuTableInvalid
                | Code::SettlementRulesInvalid
                | Code::StockTableInvalid
                | Code::SettingUnknown
                | Code::KashFlowLoginRefused
                | Code::KashFlowAddressRefused
                | Code::KashFlowUnreadable
                | Code::KashFlowUnavailable
                | Code::AmazonThrottled
                | Code::AmazonUnauthorised
                | Code::AmazonUnavailable
                | Code::CallNotGranted
                | Code::ServiceUnreachable
                | Code::GatewayRefused
                | Code::SettingsUnavailable
                | Code::QueueNotGranted
                | Code::QueueUnavailable
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something a person should know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub code: Code,
    /// An order id, a SKU, a setting, an operation.
    pub subject: String,
    pub message: String,
    /// What several findings of a code have in common where that is not their subject: the SKU that holds
    /// many orders.
    common_cause: Option<String>,
}

impl Finding {
    pub fn new(code: Code, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Finding { code, subject: subject.into(), message: message.into(), common_cause: None }
    }

    /// The same finding, with what it has in common with those of other events.
    #[must_use]
    pub fn caused_by(self, cause: impl Into<String>) -> Self {
        Finding { common_cause: Some(cause.into()), ..self }
    }

    /// What a person has to put right: findings of one cause are told once.
    pub fn cause(&self) -> String {
        match &self.common_cause {
            Some(cause) => format!("{} {cause}", self.code),
            None if self.code.concerns_the_connection() => self.code.to_string(),
            // The same order can wait for one thing after the other.
            None => format!("{} {} {}", self.code, self.subject, self.message),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.code, self.subject, self.message)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn findings_of_one_cause_are_told_once() {
        let order = |code, order: &str| Finding::new(code, order, "message");
        let cause = |finding: Finding| finding.cause();
        assert_eq!(
            cause(order(Code::KashFlowLoginRefused, "026-1")),
            cause(order(Code::KashFlowLoginRefused, "026-2"))
        );
        assert_ne!(cause(order(Code::TotalsDiffer, "026-1")), cause(order(Code::TotalsDiffer, "026-2")));
        let unknown = |id, sku: &str| order(Code::SkuUnknown, id).caused_by(sku);
        assert_eq!(cause(unknown("026-1", "MUG")), cause(unknown("026-2", "MUG")));
        assert_ne!(cause(unknown("026-1", "MUG")), cause(unknown("026-1", "LAMP")));
    }

    #[test]
    fn every_code_is_unique_and_well_formed() {
        let texts: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        assert!(texts.iter().all(|text| text.len() == 7 && text.starts_with("KA-")));
    }
}
