//! The decision what a refund's credit note says: it mirrors the sale that is in the books, with its VAT.
//!
//! A decrease in consideration is adjusted at the rate of the original supply, by a credit note of the period in which
//! it is given (VAT Regulations 1995, regulations 15C and 38). So the rates are those of the invoice, whatever rules
//! apply today. Goods that come back are counted by Amazon and not here: no line moves stock.

use crate::canonical::{
    DocumentError, DocumentLine, DocumentReference, Money, MoneyError, Nominal, OrderRefund, PostedDocument,
    RefundedItem, SalesDocument, SettlementId,
};

mod rate_limits;
#[cfg(test)]
mod tests;

use rate_limits::{RateLimits, Share, contained};

/// What is needed beside the refund and its invoice.
#[derive(Clone, Copy, Debug)]
pub struct RefundTerms {
    pub settlement: SettlementId,
    /// Where goes what was paid beyond the price.
    pub goodwill: Nominal,
}

/// A credit note, and how much of the refund exceeds the sale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundDraft {
    pub credit_note: SalesDocument,
    /// Zero in most cases; posted as goodwill otherwise.
    pub excess: Money,
}

/// Why a refund makes no credit note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCreditNote {
    /// The invoice has several VAT rates, and nothing says which part was refunded.
    #[error("the invoice has lines of several VAT rates and the refund names none of them")]
    VatUnclear,
    #[error("the invoice has lines of a form that this plugin never writes")]
    ForeignLines,
    #[error("the amounts cannot be computed")]
    Amounts(#[source] MoneyError),
    #[error("the lines make no document")]
    Document(#[source] DocumentError),
}

impl From<MoneyError> for NoCreditNote {
    fn from(error: MoneyError) -> Self {
        NoCreditNote::Amounts(error)
    }
}

/// What a line sells, by its words: our own invoices say it, see `mapping::invoice_lines`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Goods,
    Delivery,
    GiftWrap,
}

/// The credit note of a refund. `posted` is the invoice of the order that stands in the books.
pub fn map(
    refund: &OrderRefund,
    posted: &PostedDocument,
    terms: RefundTerms,
) -> Result<RefundDraft, NoCreditNote> {
    let sold = posted.lines.as_deref().ok_or(NoCreditNote::ForeignLines)?;
    let gross = posted.gross()?;
    let of_the_sale = refund.of_the_sale()?;
    let zero = Money::zero(gross.currency());
    let (mut lines, excess) = if of_the_sale.minor() >= gross.minor() {
        let lines = sold.iter().filter(|line| !is_free(line)).map(reversed);
        (lines.collect::<Result<Vec<_>, _>>()?, of_the_sale.checked_sub(gross)?)
    } else {
        let (mut lines, excess) = partial(refund, sold, zero)?;
        if excess.is_zero() {
            as_stated(&mut lines, refund.stated_vat)?;
        }
        (lines, excess)
    };
    let beyond = refund.goodwill.checked_add(excess)?;
    if !beyond.is_zero() {
        lines.push(DocumentLine {
            description: "Paid to the buyer beyond the price".to_owned(),
            quantity: 1,
            unit_price: beyond.negated(),
            vat: zero,
            vat_rate: None,
            nominal: terms.goodwill.id,
            product: None,
        });
    }
    let reference = DocumentReference::refund(&refund.order, terms.settlement);
    let (date, rate) = (refund.refunded_on, posted.exchange_rate.clone());
    let amount = refund.amount()?.negated();
    let credit_note =
        SalesDocument::new(reference, date, date, rate, lines, amount).map_err(NoCreditNote::Document)?;
    Ok(RefundDraft { credit_note, excess })
}

/// Whether it has no price.
fn is_free(line: &DocumentLine) -> bool {
    line.unit_price.is_zero() && line.vat.is_zero()
}

/// The line taken back as one amount: units stay where they are.
fn reversed(line: &DocumentLine) -> Result<DocumentLine, MoneyError> {
    Ok(DocumentLine {
        quantity: 1,
        unit_price: line.net()?.negated(),
        vat: line.vat.negated(),
        product: None,
        ..line.clone()
    })
}

/// The lines of a refund of a part of the sale, and what exceeds the sale at its VAT rate.
fn partial(
    refund: &OrderRefund,
    sold: &[DocumentLine],
    zero: Money,
) -> Result<(Vec<DocumentLine>, Money), NoCreditNote> {
    let mut lines = Vec::new();
    let mut limits = RateLimits::of(sold)?;
    let mut excess = zero;
    for item in &refund.items {
        for (part, amount) in parts(item) {
            if amount.is_zero() {
                continue;
            }
            for share in of_part(item, part, amount, sold)? {
                excess = excess.checked_add(limits.credit(share, &mut lines)?)?;
            }
        }
    }
    Ok((lines, excess))
}

/// Gives the lines the VAT that the buyer was shown, where that is theirs but for the rounding of each: the VAT of a
/// sale is what was stated, and so is that of its refund. A figure that is further off is none of this sale's rates.
fn as_stated(lines: &mut [DocumentLine], stated: Money) -> Result<(), MoneyError> {
    let currency = stated.currency();
    let computed = Money::sum(currency, lines.iter().map(|line| line.vat.negated()))?;
    let mut taxed: Vec<&mut DocumentLine> = lines.iter_mut().filter(|line| !line.vat.is_zero()).collect();
    let difference = stated.checked_sub(computed)?.minor();
    if stated.is_zero() || difference.unsigned_abs() > taxed.len() as u64 {
        return Ok(());
    }
    taxed.sort_by_key(|line| line.vat.minor());
    let penny = Money::new(difference.signum(), currency);
    for line in taxed.into_iter().take(usize::try_from(difference.unsigned_abs()).unwrap_or(0)) {
        line.vat = line.vat.checked_sub(penny)?;
        line.unit_price = line.unit_price.checked_add(penny)?;
    }
    Ok(())
}

fn parts(item: &RefundedItem) -> [(Part, Money); 3] {
    [(Part::Goods, item.goods), (Part::Delivery, item.delivery), (Part::GiftWrap, item.gift_wrap)]
}

/// What gives one amount back: at the rate of what was sold. Where that was sold at several rates, in
/// proportion to what was paid at each.
fn of_part<'a>(
    item: &RefundedItem,
    part: Part,
    amount: Money,
    sold: &'a [DocumentLine],
) -> Result<Vec<Share<'a>>, NoCreditNote> {
    let priced = || sold.iter().filter(|line| !is_free(line));
    let of_this = |line: &&DocumentLine| sells(line, part, &item.sku);
    let mut candidates: Vec<&'a DocumentLine> = priced().filter(of_this).collect();
    if candidates.is_empty() {
        // A part that was sold for nothing, or an invoice in other words: the rate is certain if there is only one.
        candidates = priced().collect();
        let one_rate = candidates.windows(2).all(|pair| pair[0].vat_rate == pair[1].vat_rate);
        if !one_rate || candidates.is_empty() {
            return Err(NoCreditNote::VatUnclear);
        }
        candidates.truncate(1);
    }
    let mut by_rate: Vec<(&'a DocumentLine, Money, Money)> = Vec::new();
    for line in candidates {
        let gross = line.net()?.checked_add(line.vat)?;
        match by_rate.iter_mut().find(|(first, ..)| first.vat_rate == line.vat_rate) {
            Some((_, all, vat)) => (*all, *vat) = (all.checked_add(gross)?, vat.checked_add(line.vat)?),
            None => by_rate.push((line, gross, line.vat)),
        }
    }
    let weights: Vec<u64> = by_rate.iter().map(|(_, gross, _)| gross.minor().unsigned_abs()).collect();
    let shares = by_rate.iter().zip(amount.split(&weights)).filter(|(_, share)| !share.is_zero());
    let shares = shares.map(|((line, gross, vat), share)| {
        // The whole of it has the VAT that was posted, which may be a penny beside the one that is contained.
        let vat = if share == *gross { *vat } else { contained(line.vat_rate, share)? };
        Ok(Share { gross: share, vat, line })
    });
    shares.collect()
}

/// Whether a line of one of our own invoices sells this part of this SKU. The discount on a part has its rate.
fn sells(line: &DocumentLine, part: Part, sku: &str) -> bool {
    let text = line.description.as_str();
    let (of, subject) = if let Some(subject) = text.strip_prefix("Delivery of ") {
        (Part::Delivery, subject)
    } else if let Some(subject) = text.strip_prefix("Gift wrap of ") {
        (Part::GiftWrap, subject)
    } else if text.starts_with("Discount on ") {
        return false;
    } else {
        (Part::Goods, text)
    };
    of == part && subject.strip_prefix(sku).is_some_and(|rest| rest.starts_with(':'))
}
