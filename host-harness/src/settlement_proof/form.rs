//! How a certificate is written: JSON, amounts as decimal texts, the rows at the end.
//!
//! What depends on the day it was made stands under `standing`, and in `remarks` alone: all the rest can be computed
//! again from the file.

use plugin_core::canonical::{Money, SettlementPosting};
use plugin_core::events::describe;
use plugin_core::mapping::settlement::certificate::{
    CertifiedPosting, CertifiedRow, Figures, SettlementCertificate, VatView,
};
use serde_json::{Value, json};

use super::reading::Reading;
use super::standing::{Standing, Standings};

/// The form of certificates; another one is another version.
pub const VERSION: u32 = 1;

/// All of a certificate but its rows, in the order in which it is written.
pub type Head = Vec<(&'static str, Value)>;

/// The head of a certificate.
pub fn head(reading: &Reading<'_>, certificate: &SettlementCertificate<'_>, standings: &Standings) -> Head {
    let postings = certificate.postings.iter().map(|posting| posting_form(posting, standings));
    let exceptions = reading.findings.iter().map(
        |finding| json!({"code": finding.code.as_str(), "subject": finding.subject, "message": finding.message}),
    );
    let contradictions = certificate.contradictions.iter().map(ToString::to_string);
    let remarks = certificate.postings.iter().filter_map(|posting| {
        let remark = standings.remark(&posting.name)?;
        Some(json!({
            "posting": posting.name, "code": remark.code.as_str(), "message": remark.message,
            "waits": remark.waits,
        }))
    });
    vec![
        ("version", VERSION.into()),
        ("plugin", describe().version.into()),
        ("settlement", settlement_form(reading)),
        ("figures", figures_form(&certificate.figures)),
        ("vat", vat_form(&certificate.vat)),
        ("contradictions", contradictions.collect()),
        ("exceptions", exceptions.collect()),
        ("remarks", remarks.collect()),
        ("postings", postings.collect()),
    ]
}

pub fn settlement_form(reading: &Reading<'_>) -> Value {
    let settlement = reading.settlement();
    json!({
        "id": settlement.id.to_string(), "startsAt": settlement.starts_at.to_rfc3339(),
        "endsAt": settlement.ends_at.to_rfc3339(), "depositedAt": settlement.deposited_at.to_rfc3339(),
        "marketplace": reading.marketplace, "currency": settlement.total.currency().as_str(),
        "file": reading.hash, "rowsDigest": settlement.digest.to_string(), "rows": settlement.rows,
        "rules": reading.rules(),
    })
}

pub fn figures_form(figures: &Figures) -> Value {
    json!({
        "rows": figures.rows.to_decimal(), "total": figures.total.to_decimal(),
        "postings": figures.postings.to_decimal(), "clearing": figures.clearing.to_decimal(),
        "payout": figures.payout.to_decimal(), "debt": figures.debt.to_decimal(),
        "left": figures.left.to_decimal(),
    })
}

pub fn vat_form(vat: &VatView) -> Value {
    let fees = vat.fees.iter().map(
        |fee| json!({"treatment": fee.treatment, "net": fee.net.to_decimal(), "vat": fee.vat.to_decimal()}),
    );
    json!({
        "fees": fees.collect::<Vec<_>>(), "refundedSales": vat.refunded_sales.to_decimal(),
        "goodwill": vat.goodwill.to_decimal(), "income": vat.income.to_decimal(),
        "incomeVat": vat.income_vat.to_decimal(),
    })
}

fn posting_form(posting: &CertifiedPosting<'_>, standings: &Standings) -> Value {
    json!({
        "name": posting.name, "what": posting.posting.to_string(), "clearing": posting.clearing.to_decimal(),
        "rows": posting.rows, "lines": lines_form(posting.posting),
        "standing": standing_form(&standings.standing(&posting.name)),
    })
}

fn lines_form(posting: &SettlementPosting) -> Value {
    let line = |nominal: i64, net: Money, vat: Money, description: &str| json!({"nominal": nominal, "net": net.to_decimal(), "vat": vat.to_decimal(), "description": description});
    match posting {
        SettlementPosting::Payment(_) | SettlementPosting::Refund(_) => json!([]),
        SettlementPosting::Purchase(purchase) => {
            let lines = purchase.lines.iter();
            lines.map(|one| line(one.nominal.0, one.net, one.vat, &one.description)).collect()
        }
        SettlementPosting::Transaction(one) => {
            let net = one.amount.checked_sub(one.vat).unwrap_or(one.amount);
            json!([line(one.nominal.0, net, one.vat, &one.description)])
        }
        SettlementPosting::Movements(movements) => {
            let no_vat = |amount: Money| Money::zero(amount.currency());
            let lines = movements.lines.iter();
            lines.map(|one| line(one.nominal.0, one.amount, no_vat(one.amount), &one.description)).collect()
        }
    }
}

fn standing_form(standing: &Standing) -> Value {
    match standing {
        Standing::Posted(posted) => json!({
            "state": standing.word(), "reference": posted.reference, "document": posted.document,
            "payment": posted.payment,
        }),
        Standing::Planned | Standing::Pending | Standing::Waits => json!({"state": standing.word()}),
    }
}

/// A row of a certificate.
pub fn row_form(certified: &CertifiedRow<'_>) -> Value {
    let row = certified.row;
    json!({
        "line": row.line, "transactionType": row.kind.transaction_type, "amountType": row.kind.amount_type,
        "amountDescription": row.kind.amount_description, "amount": row.amount.to_decimal(),
        "order": row.order_id, "postedOn": row.posted_on.to_string(),
        "category": certified.category_rule.category.name(), "categoryRule": certified.category_rule.id,
        "postingRule": certified.posting_rule.id, "nominal": certified.destination.nominal.map(|code| code.0),
        "posting": certified.posting,
    })
}
