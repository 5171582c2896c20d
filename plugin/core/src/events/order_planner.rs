//! The plan of an order: what its invoice says, who it is made out to.
//!
//! Looks up what the mapping needs, the chart of accounts and the products, and decides nothing itself.

use std::collections::BTreeMap;

use crate::canonical::{Chart, DocumentReference, Order, Sale, SellerSku};
use crate::finding::Code;
use crate::host::Host;
use crate::kashflow::product::GetSubProductByCode;
use crate::mapping::customer_match;
use crate::mapping::order_to_invoice::{InvoiceTerms, PostingContext, map};
use crate::mapping::posting_moment::{correction_date, invoice_date};
use crate::mapping::sku::{ResolvedSku, candidate_codes, resolve};
use crate::orchestration::{Plan, Planner, Stop};
use crate::remote::{CallFailure, FailureClass, perform};
use crate::settings::{Marketplace, Settings};

use super::chart;

/// Plans the invoices of one order.
pub(super) struct OrderPlanner<'a> {
    pub settings: &'a Settings,
    pub marketplace: &'a Marketplace,
    pub order: &'a Order,
    /// `None` where the order sells nothing: then nothing asks for a plan.
    pub sale: Option<&'a Sale>,
}

impl Planner for OrderPlanner<'_> {
    fn plan(&mut self, host: &mut dyn Host, ordinal: u32) -> Result<Plan, Stop> {
        let sale = self.sale.ok_or_else(|| self.nothing_to_plan())?;
        let OrderPlanner { settings, marketplace, order, .. } = *self;
        let terms = InvoiceTerms {
            reference: DocumentReference::invoice(&order.id, ordinal),
            date: if ordinal == 1 { invoice_date(order) } else { correction_date(host.now()) },
        };
        let required: Vec<_> = settings.nominals.named().into_iter().map(|(_, code)| code).collect();
        let (chart, is_kept) = chart::chart(host, &required)?;
        let skus = self.resolve_skus(host, sale)?;
        let draft = |chart: &Chart| {
            map(order, sale, terms.clone(), PostingContext { settings, marketplace, chart, skus: &skus })
        };
        let drafted = match draft(&chart) {
            // Added to the account a moment ago, perhaps: the kept chart is not the last word.
            Err(finding)
                if is_kept && matches!(finding.code, Code::NominalUnknown | Code::VatRateUnknown) =>
            {
                draft(&chart::refresh(host)?)
            }
            drafted => drafted,
        };
        let draft = drafted.map_err(Stop::Held)?;
        let (customer, mut findings) = customer_match::card(order, marketplace);
        findings.extend(draft.findings);
        Ok(Plan { customer, invoice: draft.invoice, findings, partly_held: draft.partly_held })
    }
}

impl OrderPlanner<'_> {
    fn nothing_to_plan(&self) -> CallFailure {
        CallFailure::new(
            FailureClass::Conflict,
            Code::ProceedsMissing,
            self.order.id.as_str(),
            "sells nothing, so there is no invoice to plan",
        )
    }

    /// Looks up every SKU of the order once.
    fn resolve_skus(
        &self,
        host: &mut dyn Host,
        sale: &Sale,
    ) -> Result<BTreeMap<SellerSku, ResolvedSku>, CallFailure> {
        let tax_point = invoice_date(self.order);
        let table = &self.settings.sku.table;
        let mut skus = BTreeMap::new();
        for line in sale.lines().iter().filter(|line| !line.is_void()) {
            if skus.contains_key(&line.sku) {
                continue;
            }
            let mut product = None;
            for code in candidate_codes(&line.sku, table) {
                product = perform(host, &GetSubProductByCode { code: &code })?;
                if product.is_some() {
                    break;
                }
            }
            skus.insert(line.sku.clone(), resolve(&line.sku, table, product, tax_point));
        }
        Ok(skus)
    }
}
