//! What must be true of the documents of one order.
//!
//! The rules are asked one after the other and the first that is broken is told: what comes later would
//! mostly repeat it. Absent on purpose: stock and balances, which are of the whole books (`whole_books`), and what was
//! paid and paid back (`settlement_rules`).

use std::collections::BTreeMap;

use crate::twin::kashflow::{CustomerSnapshot, InvoiceSnapshot, LineSnapshot};
use crate::twin::world::expected_sale::{Expected, ExpectedCustomer, Posting};

use super::documents::{DocumentKind, OrderDocuments, gross_pence};
use super::settled::Settled;

/// Who the customers of the books are.
pub(super) struct Buyers<'a> {
    emails: BTreeMap<&'a str, &'a str>,
    /// The code of the customer whom Amazon does not name.
    shared_customer: &'a str,
}

impl<'a> Buyers<'a> {
    pub fn new(customers: &'a [CustomerSnapshot], shared_customer: &'a str) -> Self {
        let emails = customers.iter().map(|customer| (customer.code.as_str(), customer.email.as_str()));
        Buyers { emails: emails.collect(), shared_customer }
    }

    fn is(&self, expected: &ExpectedCustomer, code: &str) -> bool {
        match expected {
            ExpectedCustomer::OfMarketplace(_) => code == self.shared_customer,
            ExpectedCustomer::ByEmail(email) => self.emails.get(code) == Some(&email.as_str()),
        }
    }
}

/// What is wrong with an order's documents.
pub(super) fn problem(
    expected: &Expected,
    found: &OrderDocuments<'_>,
    buyers: &Buyers<'_>,
    settled: &Settled,
) -> Option<String> {
    let standing: Vec<(u32, &InvoiceSnapshot)> = found.standing().collect();
    match expected {
        Expected::Held(_) => {
            (!found.is_empty()).then(|| "has documents, and must wait for a person".to_owned())
        }
        Expected::NotPosted(reason) => on_paper_problem(found).or_else(|| {
            let (number, _) = standing.first()?;
            Some(format!("{} stands, and must not: {reason:?}", kind_name(DocumentKind::Invoice(*number))))
        }),
        Expected::Posted(posting) => on_paper_problem(found)
            .or_else(|| first_date_problem(posting, found))
            .or_else(|| standing_problem(posting, &standing, buyers, settled)),
    }
}

/// Documents twice, gaps, credit notes that reverse nothing, and reversals that do not come to nothing.
fn on_paper_problem(found: &OrderDocuments<'_>) -> Option<String> {
    let doubled = found.all().find(|(_, documents)| documents.len() > 1);
    if let Some((kind, documents)) = doubled {
        let numbers: Vec<String> = documents.iter().map(|document| document.number.to_string()).collect();
        return Some(format!(
            "{} is there {} times, as {}",
            kind_name(kind),
            numbers.len(),
            numbers.join(" and ")
        ));
    }
    let numbers: Vec<u32> = found.invoices().map(|(number, _)| number).collect();
    let gap = (1..).zip(&numbers).find(|(wanted, number)| *wanted != **number);
    if let Some((wanted, number)) = gap {
        let [wanted, number] = [wanted, *number].map(|number| kind_name(DocumentKind::Invoice(number)));
        return Some(format!("{number} is there, and {wanted} is not"));
    }
    found.all().find_map(|(kind, documents)| {
        let (DocumentKind::CreditNote(number), [credit_note]) = (kind, documents) else { return None };
        let Some(invoice) = found.one(DocumentKind::Invoice(number)) else {
            return Some(format!("{} reverses an invoice that is not there", kind_name(kind)));
        };
        let broken = mirror_problem(invoice, credit_note)?;
        Some(format!("{}, of invoice {}: {broken}", kind_name(kind), invoice.number))
    })
}

/// Why a credit note does not undo its invoice.
fn mirror_problem(invoice: &InvoiceSnapshot, credit_note: &InvoiceSnapshot) -> Option<String> {
    let (of, by) =
        ((&invoice.customer_code, &invoice.currency), (&credit_note.customer_code, &credit_note.currency));
    if of != by {
        return Some(format!("has customer and currency {by:?} instead of {of:?}"));
    }
    let mirrored = invoice.lines.len() == credit_note.lines.len()
        && invoice.lines.iter().zip(&credit_note.lines).all(|(line, mirror)| is_mirror(line, mirror));
    if !mirrored {
        return Some("its lines are not those of the invoice with the sign turned".to_owned());
    }
    let unsettled = |document: &InvoiceSnapshot| document.paid_pence != gross_pence(document);
    (unsettled(invoice) || unsettled(credit_note)).then(|| {
        format!(
            "is not applied: {} of {} pence are paid on the invoice, {} of {} on the credit note",
            invoice.paid_pence,
            gross_pence(invoice),
            credit_note.paid_pence,
            gross_pence(credit_note)
        )
    })
}

/// The sign may stand at the rate or at the quantity: which of them moves the stock of a line that costs
/// nothing is told by the stock itself.
fn is_mirror(line: &LineSnapshot, mirror: &LineSnapshot) -> bool {
    let form = |line: &LineSnapshot| {
        let quantity = line.quantity.trim_start_matches('-').to_owned();
        let vat_rate = line.vat_rate.clone();
        (quantity, line.rate_pence.abs(), vat_rate, line.nominal_code, line.product_code.clone())
    };
    form(line) == form(mirror) && (line.net_pence, line.vat_pence) == (-mirror.net_pence, -mirror.vat_pence)
}

/// An invoice is dated when the order was placed; one that corrects it is of a later day.
fn first_date_problem(posting: &Posting, found: &OrderDocuments<'_>) -> Option<String> {
    let first = found.one(DocumentKind::Invoice(1))?;
    let (booked, expected) = (first.date.date(), posting.invoice_date);
    (booked != expected)
        .then(|| format!("invoice {} is dated {booked}, and must be {expected}", first.number))
}

/// What is wrong with the one invoice that must stand.
fn standing_problem(
    posting: &Posting,
    standing: &[(u32, &InvoiceSnapshot)],
    buyers: &Buyers<'_>,
    settled: &Settled,
) -> Option<String> {
    let [(_, invoice)] = standing else {
        return Some(format!("has {} invoices that stand, and must have one", standing.len()));
    };
    let expected = (posting.net_pence, posting.vat_pence, posting.currency);
    let booked = (invoice.net_pence, invoice.vat_pence, invoice.currency.as_str());
    if booked != expected {
        return Some(format!(
            "invoice {} has (net, VAT, currency) {booked:?}, and must have {expected:?}",
            invoice.number
        ));
    }
    if !buyers.is(&posting.customer, &invoice.customer_code) {
        return Some(format!("invoice {} is made out to another customer", invoice.number));
    }
    // Only Amazon pays what stands. What it has to pay is asked of the settlement.
    let strange = invoice.payments.iter().find(|payment| !settled.includes(payment))?;
    Some(format!("{} pence are paid on invoice {}, by no settlement", strange.amount_pence, invoice.number))
}

fn kind_name(kind: DocumentKind) -> String {
    match kind {
        DocumentKind::Invoice(1) => "the first invoice".to_owned(),
        DocumentKind::Invoice(number) => format!("invoice R{number}"),
        DocumentKind::CreditNote(number) => format!("credit note CN{number}"),
        DocumentKind::Refund(settlement) => format!("refund RF{settlement}"),
    }
}
