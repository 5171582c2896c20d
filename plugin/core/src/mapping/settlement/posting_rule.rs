//! A rule that says where a category is posted, and at which VAT: by marketplace, fulfilment and day.
//!
//! Absent on purpose: rates (`mapping::vat_rates`) and nominal codes (the connection's settings).

use chrono::NaiveDate;

use crate::canonical::{CountryCode, Fulfilment};
use crate::settings::NominalRole;

use super::category::Category;
use super::pattern::Pattern;

/// The VAT of what a rule posts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PostingVat {
    /// The standard rate of the day is in it, or stands beside it.
    Standard,
    /// The seller owes the VAT on what a supplier abroad provides, and deducts it (VATA 1994 s.8).
    ReverseCharge,
    Zero,
    /// A payment that is for no supply in the United Kingdom; VAT of another country stays in the cost.
    OutsideScope,
    /// That of the order's own sale.
    AsSale,
    /// VAT does not come into it.
    None,
}

impl PostingVat {
    pub const ALL: [PostingVat; 6] = [
        PostingVat::Standard,
        PostingVat::ReverseCharge,
        PostingVat::Zero,
        PostingVat::OutsideScope,
        PostingVat::AsSale,
        PostingVat::None,
    ];

    /// Its word in a table of rules.
    pub fn name(self) -> &'static str {
        match self {
            PostingVat::Standard => "standard",
            PostingVat::ReverseCharge => "reverse-charge",
            PostingVat::Zero => "zero",
            PostingVat::OutsideScope => "outside-scope",
            PostingVat::AsSale => "as-sale",
            PostingVat::None => "none",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        PostingVat::ALL.into_iter().find(|vat| vat.name().eq_ignore_ascii_case(text.trim()))
    }
}

/// Where a rule posts to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PostingNominal {
    /// The nominal that the connection has for this.
    Role(NominalRole),
    /// Pays the invoice of the order.
    Invoice,
    /// The nominals of the sale that is refunded.
    OriginalSale,
    /// The bank account that Amazon pays out to.
    PayoutAccount,
}

impl PostingNominal {
    /// Its word in a table of rules.
    pub fn name(self) -> &'static str {
        match self {
            PostingNominal::Role(role) => role.name(),
            PostingNominal::Invoice => "invoice",
            PostingNominal::OriginalSale => "original-sale",
            PostingNominal::PayoutAccount => "payout-account",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let others = [PostingNominal::Invoice, PostingNominal::OriginalSale, PostingNominal::PayoutAccount];
        let other = others.into_iter().find(|other| other.name().eq_ignore_ascii_case(text.trim()));
        other.or_else(|| NominalRole::parse(text).map(PostingNominal::Role))
    }
}

/// What a posting depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PostingContext {
    pub category: Category,
    /// The country of the marketplace, see [`country_of`](super::country_of).
    pub marketplace: CountryCode,
    /// `None` where the row does not say; a rule for either kind does not match then.
    pub fulfilment: Option<Fulfilment>,
    pub date: NaiveDate,
}

/// Where a category is posted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PostingRule {
    pub id: String,
    /// The categories, as words; `*` stands for anything. Never empty.
    pub categories: Vec<Pattern>,
    /// The countries of marketplaces; empty for all.
    pub marketplaces: Vec<CountryCode>,
    /// `None` for both.
    pub fulfilment: Option<Fulfilment>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; `None` where none is known.
    pub until: Option<NaiveDate>,
    pub vat: PostingVat,
    pub nominal: PostingNominal,
    /// The document that the rule rests on.
    pub source: String,
    /// Why, in a sentence.
    pub note: String,
}

impl PostingRule {
    pub(super) fn matches(&self, context: &PostingContext) -> bool {
        self.is_about(context) && self.is_valid_on(context.date)
    }

    /// Whether it is for this category, marketplace and fulfilment, whatever the day.
    pub(super) fn is_about(&self, context: &PostingContext) -> bool {
        self.catches(context.category)
            && (self.marketplaces.is_empty() || self.marketplaces.contains(&context.marketplace))
            && (self.fulfilment.is_none() || self.fulfilment == context.fulfilment)
    }

    pub(super) fn catches(&self, category: Category) -> bool {
        let word = super::pattern::normal(category.name());
        self.categories.iter().any(|pattern| pattern.matches(&word))
    }

    pub(super) fn is_valid_on(&self, date: NaiveDate) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }

    /// The columns of category, marketplace and fulfilment: rules that share it follow each other in time.
    pub fn scope(&self) -> [String; 3] {
        let words = |texts: Vec<&str>| texts.join(" ");
        let marketplaces = match self.marketplaces.as_slice() {
            [] => "*".to_owned(),
            countries => words(countries.iter().map(CountryCode::as_str).collect()),
        };
        let fulfilment = match self.fulfilment {
            None => "*",
            Some(Fulfilment::ByAmazon) => "amazon",
            Some(Fulfilment::ByMerchant) => "merchant",
        };
        [words(self.categories.iter().map(Pattern::as_str).collect()), marketplaces, fulfilment.to_owned()]
    }

    /// What decides, in a form that stays the same however it is written.
    pub(super) fn essence(&self) -> String {
        let until = self.until.map(|until| until.to_string()).unwrap_or_default();
        let columns = [&self.from.to_string(), &until, self.vat.name(), self.nominal.name()];
        format!("{}\t{}\t{}", self.id, self.scope().join("\t").to_lowercase(), columns.join("\t"))
    }
}
