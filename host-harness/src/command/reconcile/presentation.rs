//! How a proof looks: five figures in a column, the postings by kind, and what a person should look at.

use std::path::Path;

use comfy_table::CellAlignment;
use plugin_core::canonical::Money;
use plugin_core::mapping::settlement::certificate::{Figures, SettlementCertificate};
use serde_json::{Value, json};

use crate::settlement_proof::{
    BooksCheck, Counts, KindOfPosting, Reading, Standings, Verification, head, overview,
};

use super::super::presentation::{print, table};

/// Findings and remarks that are shown one by one; a certificate has them all.
const SHOWN_MAX: usize = 20;

/// A proof with what has become of its postings.
pub(super) struct Proof<'a> {
    pub reading: &'a Reading<'a>,
    pub certificate: &'a SettlementCertificate<'a>,
    pub standings: &'a Standings,
    /// What the books say of it, where they were asked.
    pub books: Option<&'a BooksCheck>,
}

impl Proof<'_> {
    /// Whether something waits for a person, or for its turn.
    pub(super) fn waits(&self) -> bool {
        let counts = self.standings.counts();
        !self.reading.findings.is_empty() || counts.waiting + counts.pending > 0
    }

    /// What was kept and is not what the rules and settings lead to today.
    pub(super) fn differences(&self) -> Vec<String> {
        self.standings.differences(self.reading.plan().postings())
    }

    pub(super) fn json(&self, certificate_file: Option<&Path>) -> Value {
        let (kinds, counts) = (overview(self.certificate, self.standings), self.standings.counts());
        let mut value = json!({
            "certificate": certificate_file, "differences": self.differences(),
            "kinds": kinds.iter().map(kind_json).collect::<Vec<_>>(),
            "posted": counts.posted, "pending": counts.pending, "waiting": counts.waiting,
            "isPlan": !self.standings.is_kept(), "books": self.books.map(books_json),
        });
        let postings = self.certificate.postings.len();
        for (key, part) in head(self.reading, self.certificate, self.standings) {
            // The postings one by one are the certificate's: there can be a hundred thousand.
            value[key] = if key == "postings" { postings.into() } else { part };
        }
        value
    }

    pub(super) fn print(&self, certificate_file: Option<&Path>) -> anyhow::Result<()> {
        let settlement = self.certificate.settlement;
        let day = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d");
        print(format_args!(
            "settlement {}, {} to {}, paid out {}, {} rows, marketplace {}",
            settlement.id,
            day(settlement.starts_at),
            day(settlement.ends_at),
            day(settlement.deposited_at),
            settlement.rows,
            self.reading.marketplace
        ))?;
        print_figures(&self.certificate.figures)?;
        print_kinds(&overview(self.certificate, self.standings))?;
        self.print_exceptions()?;
        if let Some(file) = certificate_file {
            print(format_args!("certificate: {}", file.display()))?;
        }
        self.print_conclusion()
    }

    fn print_exceptions(&self) -> anyhow::Result<()> {
        let contradictions = self.certificate.contradictions.iter().map(ToString::to_string);
        let findings = self.reading.findings.iter().map(ToString::to_string);
        let remarks = self.certificate.postings.iter().filter_map(|posting| {
            let remark = self.standings.remark(&posting.name)?;
            Some(format!("{} {}: {}", remark.code, posting.name, remark.message))
        });
        let in_books = self.books.iter().flat_map(|books| books.differences.iter().cloned());
        let all: Vec<String> =
            contradictions.chain(in_books).chain(self.differences()).chain(findings).chain(remarks).collect();
        for line in all.iter().take(SHOWN_MAX) {
            print(format_args!("- {line}"))?;
        }
        match all.len().saturating_sub(SHOWN_MAX) {
            0 => Ok(()),
            more => print(format_args!("- and {more} more: `--certificate` writes all of them")),
        }
    }

    fn print_conclusion(&self) -> anyhow::Result<()> {
        if let Some(books) = self.books {
            let BooksCheck { checked, differences, balance, date } = books;
            print(format_args!(
                "books: {checked} postings looked up, {} differ; the clearing account holds {} at the end of {date}",
                differences.len(),
                balance.to_decimal()
            ))?;
        }
        if !self.certificate.contradictions.is_empty() {
            return print("not proven: report it, with the certificate");
        }
        let postings = self.certificate.postings.len();
        if !self.standings.is_kept() {
            return print(format_args!(
                "proven: {postings} postings would take every row, and nothing stays on the clearing account"
            ));
        }
        let Counts { posted, pending, waiting } = self.standings.counts();
        print(format_args!(
            "proven: {postings} postings take every row; {posted} are posted, {pending} pending, {waiting} wait for a person"
        ))
    }
}

fn print_figures(figures: &Figures) -> anyhow::Result<()> {
    let mut rows = table(&["", "amount"]);
    let at_the_end = if figures.payout.is_zero() && !figures.debt.is_zero() {
        ("owed to Amazon, carried to the next settlement", figures.debt)
    } else {
        ("payout to the bank", figures.payout)
    };
    for (what, amount) in [
        ("all rows of the file", figures.rows),
        ("Amazon's total (total-amount)", figures.total),
        ("all postings", figures.postings),
        ("moved on the clearing account, row by row", figures.clearing),
        at_the_end,
    ] {
        rows.add_row([what.to_owned(), amount.to_decimal()]);
    }
    rows.add_row(["left on the clearing account".to_owned(), figures.left.to_decimal()]);
    align_right(&mut rows, &[1]);
    print(rows)
}

fn print_kinds(kinds: &[KindOfPosting]) -> anyhow::Result<()> {
    let mut rows = table(&["posting", "nominal", "number", "VAT in it", "clearing account"]);
    for kind in kinds {
        rows.add_row([
            kind.what.clone(),
            kind.nominal.map(|code| code.to_string()).unwrap_or_default(),
            kind.postings.to_string(),
            kind.vat.map(Money::to_decimal).unwrap_or_default(),
            kind.clearing.to_decimal(),
        ]);
    }
    align_right(&mut rows, &[1, 2, 3, 4]);
    print(rows)
}

fn align_right(rows: &mut comfy_table::Table, columns: &[usize]) {
    for place in columns {
        if let Some(column) = rows.column_mut(*place) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn books_json(books: &BooksCheck) -> Value {
    json!({
        "checked": books.checked, "differences": books.differences, "date": books.date.to_string(),
        "clearingBalance": books.balance.to_decimal(),
    })
}

fn kind_json(kind: &KindOfPosting) -> Value {
    json!({
        "what": kind.what, "nominal": kind.nominal, "number": kind.postings,
        "vat": kind.vat.map(Money::to_decimal), "clearing": kind.clearing.to_decimal(),
    })
}

pub(super) fn print_verification(
    certificate: &Path,
    reading: &Reading<'_>,
    verification: &Verification,
) -> anyhow::Result<()> {
    let (file, id) = (certificate.display(), reading.settlement().id);
    for difference in &verification.differences {
        print(format_args!("- {difference}"))?;
    }
    if verification.differences_left_out > 0 {
        print(format_args!("- and {} more", verification.differences_left_out))?;
    }
    if verification.is_true() {
        let rows = verification.rows;
        print(format_args!(
            "true: {file} is what settlement {id} leads to, in every figure and {rows} rows"
        ))?;
        return print("what was posted under which number cannot be told from the file");
    }
    print(format_args!("not true: {file} differs from what settlement {id} leads to by the rules of today"))
}
