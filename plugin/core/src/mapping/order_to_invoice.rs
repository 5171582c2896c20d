//! An order as a sales invoice.
//!
//! What the buyer paid, less what Amazon keeps as deemed supplier, is what the invoice comes to, to the
//! penny; `SalesDocument` cannot be built otherwise. Absent on purpose: the customer
//! (`customer_match`) and whether it is time to post (`posting_moment`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::canonical::{
    Chart, Component, ComponentKind, DocumentLine, DocumentReference, Liability, Money, MoneyError, Nominal,
    NominalCode, Order, OrderId, Sale, SaleLine, SalesDocument, SellerSku, VatClass, VatRate, VatTreatment,
};
use crate::finding::{Code, Finding};
use crate::settings::{Marketplace, Settings, UnknownSku};

use super::invoice_lines::{LinePosting, description, split_by_quantity};
use super::nominal_codes::nominal_for;
use super::posting_moment::invoice_date;
use super::sku::{ResolvedSku, why_unknown};
use super::tax::{TaxContext, TaxedPart, class_by_stated_tax, stated_tax, tax_parts};

/// What an order is posted with.
#[derive(Clone, Copy, Debug)]
pub struct PostingContext<'a> {
    pub settings: &'a Settings,
    pub marketplace: &'a Marketplace,
    pub chart: &'a Chart,
    pub skus: &'a BTreeMap<SellerSku, ResolvedSku>,
}

/// Which invoice of the order it is, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoiceTerms {
    pub reference: DocumentReference,
    /// The date of the document. The VAT is that of the day of the order, whenever its invoice is corrected.
    pub date: NaiveDate,
}

/// An invoice with what a person should know about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoiceDraft {
    pub invoice: SalesDocument,
    pub findings: Vec<Finding>,
    /// Whether a line went to the holding nominal and awaits a person.
    pub partly_held: bool,
}

/// Maps an order that has a sale. The error holds the order; it names what a person has to decide.
pub fn map(
    order: &Order,
    sale: &Sale,
    terms: InvoiceTerms,
    context: PostingContext<'_>,
) -> Result<InvoiceDraft, Finding> {
    let mapper = Mapper { order, context, tax_point: invoice_date(order) };
    mapper.check_currency(sale)?;
    let expected = gross_to_post(sale).map_err(|error| mapper.held(Code::TotalsDiffer, error.to_string()))?;
    let mut draft = Draft { lines: Vec::new(), findings: Vec::new(), held: false };
    mapper.admit_unknown_skus(sale, &mut draft)?;
    for line in lines_of(sale) {
        mapper.add(line, &mut draft)?;
    }
    if let Some(original) = &order.replaces {
        let text = format!("replaces order {original} free of charge; its invoice keeps the stock right");
        draft.findings.push(Finding::new(Code::ReplacementOrder, order.id.as_str(), text));
    }
    let due = terms.date + Days::new(u64::from(context.settings.posting.due_days));
    let invoice = SalesDocument::new(
        terms.reference,
        terms.date,
        due,
        context.marketplace.exchange_rate.clone(),
        draft.lines,
        expected,
    )
    .map_err(|error| mapper.held(Code::TotalsDiffer, format!("cannot be invoiced: {error}")))?;
    Ok(InvoiceDraft { invoice, findings: draft.findings, partly_held: draft.held })
}

/// What the invoice must come to: what the buyer paid, less what Amazon collects for itself. Computed from
/// the sale, not from the lines that are made of it, so that a part that gets lost on the way shows.
fn gross_to_post(sale: &Sale) -> Result<Money, MoneyError> {
    let collected = sale.lines().iter().filter(|line| matches!(line.liability, Liability::Marketplace(_)));
    let taxes = collected.map(stated_tax).collect::<Result<Vec<_>, _>>()?;
    let kept = Money::sum(sale.currency(), taxes.into_iter().flatten())?;
    sale.total().checked_sub(kept)
}

/// The lines that something is left of.
fn lines_of(sale: &Sale) -> impl Iterator<Item = &SaleLine> {
    sale.lines().iter().filter(|line| !line.is_void())
}

/// The invoice while it grows.
struct Draft {
    lines: Vec<DocumentLine>,
    findings: Vec<Finding>,
    held: bool,
}

struct Mapper<'a> {
    order: &'a Order,
    context: PostingContext<'a>,
    tax_point: NaiveDate,
}

impl Mapper<'_> {
    fn held(&self, code: Code, message: impl Into<String>) -> Finding {
        Finding::new(code, self.order.id.as_str(), message)
    }

    fn check_currency(&self, sale: &Sale) -> Result<(), Finding> {
        let expected = self.context.marketplace.currency;
        if sale.currency() == expected {
            return Ok(());
        }
        Err(self.held(
            Code::CurrencyUnexpected,
            format!(
                "is in {}, its marketplace {} is configured in {expected}: correct the marketplace's currency, then release it",
                sale.currency(),
                self.context.marketplace.name
            ),
        )
        .caused_by(self.order.marketplace.as_str()))
    }

    fn add(&self, line: &SaleLine, draft: &mut Draft) -> Result<(), Finding> {
        let unknown = ResolvedSku::default();
        let sku = self.sku(&line.sku).unwrap_or(&unknown);
        let is_held = sku.product.is_none();
        let class = self.vat_class(line, sku)?;
        let context =
            TaxContext::of(self.order, self.context.marketplace, &self.context.settings.vat, self.tax_point);
        let treatment = context.treatment(&line.liability, class);
        let parts =
            tax_parts(line, treatment, self.context.settings.vat.calculation_service).map_err(|error| {
                let message =
                    format!("SKU {}: {error}; {}, then release the order", line.sku, error.remedy());
                self.held(error.code(), message)
            })?;
        let vat_rate = treatment.posted_rate();
        if vat_rate.is_some_and(|rate| !self.context.chart.has_vat_rate(rate)) {
            let rate = vat_rate.map(VatRate::to_percent).unwrap_or_default();
            return Err(self.held(
                Code::VatRateUnknown,
                format!("needs the VAT rate {rate} %, which the KashFlow account does not have: add it there, then release the order"),
            )
            .caused_by(rate));
        }
        for (component, part) in with_goods(line).iter().zip(pad(parts, line)) {
            let nominal = self.nominal(component, treatment, sku, is_held)?;
            let is_goods = component.kind == ComponentKind::Item;
            let text = description(line, &component.kind, self.order.replaces.as_ref().map(OrderId::as_str));
            let posting = LinePosting {
                description: &text,
                quantity: if is_goods { line.quantity } else { 1 },
                vat_rate,
                nominal,
                // An item of quantity 0 that still costs something moves no stock.
                product: sku
                    .product
                    .as_ref()
                    .filter(|_| is_goods && line.quantity > 0)
                    .map(|product| product.id),
            };
            draft.lines.extend(split_by_quantity(posting, &part));
        }
        Ok(())
    }

    /// Applies the policy for SKUs without product: hold the order, or let their lines through, flagged.
    fn admit_unknown_skus(&self, sale: &Sale, draft: &mut Draft) -> Result<(), Finding> {
        let unknown: BTreeSet<&SellerSku> = lines_of(sale)
            .map(|line| &line.sku)
            .filter(|sku| self.sku(sku).is_none_or(|sku| sku.product.is_none()))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let table = &self.context.settings.sku.table;
        let each: Vec<String> = unknown.iter().map(|sku| why_unknown(sku, table)).collect();
        let what = each.join("; ");
        let cause = unknown.iter().map(|sku| sku.as_str()).collect::<Vec<_>>().join(" ");
        match self.context.settings.sku.unknown {
            UnknownSku::Hold => {
                let message = format!("{what}; then release the order");
                Err(self.held(Code::SkuUnknown, message).caused_by(cause))
            }
            UnknownSku::Partial => {
                draft.held = true;
                let message =
                    format!("{what}; the lines were posted to `nominals.unknown-sku`: correct them there");
                draft.findings.push(self.held(Code::SkuUnknown, message).caused_by(cause));
                Ok(())
            }
        }
    }

    fn sku(&self, sku: &SellerSku) -> Option<&ResolvedSku> {
        self.context.skus.get(sku)
    }

    fn vat_class(&self, line: &SaleLine, sku: &ResolvedSku) -> Result<VatClass, Finding> {
        let registered = self.context.settings.vat.registered;
        sku.vat_class
            .or_else(|| (!registered).then_some(VatClass::Zero))
            .or_else(|| if sku.product.is_none() { class_by_stated_tax(line, self.tax_point) } else { None })
            .ok_or_else(|| {
                self.held(
                    Code::VatClassUnknown,
                    format!(
                        "SKU {}: nothing tells its VAT class, neither the SKU table nor {}: \
                         set `vat-class` in the SKU table, then release the order",
                        line.sku,
                        if sku.product.is_some() {
                            "the product's VAT rate, which is none of the UK's"
                        } else {
                            "Amazon's VAT figure, which fits none or several"
                        },
                    ),
                )
                .caused_by(line.sku.as_str())
            })
    }

    fn nominal(
        &self,
        component: &Component,
        treatment: VatTreatment,
        sku: &ResolvedSku,
        is_held: bool,
    ) -> Result<Nominal, Finding> {
        let nominals = &self.context.settings.nominals;
        let code = nominal_for(nominals, treatment, &component.kind, sku.nominal).ok_or_else(|| {
            self.held(
                Code::ChargeUnknown,
                format!(
                    "has a charge of {} that this version has no nominal for ({}): post the order by hand, or update the plugin",
                    component.gross,
                    component.kind.name()
                ),
            )
        })?;
        let code = if is_held { nominals.unknown_sku.unwrap_or(code) } else { code };
        self.in_chart(code)
    }

    fn in_chart(&self, code: NominalCode) -> Result<Nominal, Finding> {
        self.context.chart.nominal(code).ok_or_else(|| {
            self.held(
                Code::NominalUnknown,
                format!("needs nominal {code}, which the KashFlow account does not have: create it there or correct the setting, then release the order"),
            )
            .caused_by(code.to_string())
        })
    }
}

/// The components of a line, with the goods themselves where they cost nothing: a free unit leaves the
/// stock like any other.
fn with_goods(line: &SaleLine) -> Vec<Component> {
    let mut components = line.components().to_vec();
    let has_goods = components.iter().any(|component| component.kind == ComponentKind::Item);
    if !has_goods && line.quantity > 0 {
        let free = Money::zero(line.total().currency());
        components.push(Component { kind: ComponentKind::Item, gross: free, tax: None });
    }
    components
}

/// The taxed parts, with a free one for what [`with_goods`] adds.
fn pad(mut parts: Vec<TaxedPart>, line: &SaleLine) -> Vec<TaxedPart> {
    let free = Money::zero(line.total().currency());
    parts.resize(with_goods(line).len(), TaxedPart { net: free, vat: free });
    parts
}
