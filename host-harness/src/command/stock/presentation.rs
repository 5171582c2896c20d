//! How both sides of the stock look beside each other: two lines a SKU, what a person should know, and counts.

use std::collections::BTreeSet;
use std::process::ExitCode;

use comfy_table::CellAlignment;
use plugin_core::canonical::{Fulfilment, Units};
use plugin_core::events::StockLine;
use plugin_core::settings::Owner;
use serde_json::{Value, json};

use crate::connection::ConnectionName;

use super::super::presentation::{print, table};

/// Up to so many SKUs are shown whether they are in step or not.
const FEW: usize = 20;

/// What stands for a number that there is not, and for nothing to do.
const NONE: &str = "—";

/// Something differs, or waits for a person.
const NOT_IN_STEP: u8 = 3;

/// How one SKU stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    InStep,
    ToChange,
    /// For a person.
    Waits,
}

/// All SKUs of a connection.
pub(super) struct Comparison<'a> {
    pub connection: &'a ConnectionName,
    pub lines: &'a [StockLine],
}

impl Comparison<'_> {
    /// For people. `all` shows what is in step as well, however many there are.
    pub(super) fn print(&self, all: bool) -> anyhow::Result<()> {
        let is_shown =
            |line: &&StockLine| all || self.lines.len() <= FEW || standing(line) != Standing::InStep;
        let shown: Vec<&StockLine> = self.lines.iter().filter(is_shown).collect();
        if !shown.is_empty() {
            print_lines(&shown)?;
        }
        for finding in self.findings() {
            print(finding)?;
        }
        let left_out = self.lines.len() - shown.len();
        if left_out > 0 {
            print(format_args!("{left_out} that are in step are left out; `--all` shows them"))?;
        }
        let skus = if self.lines.len() == 1 { "SKU" } else { "SKUs" };
        let (waiting, wait) = match self.count(Standing::Waits) {
            1 => (1, "waits"),
            waiting => (waiting, "wait"),
        };
        print(format_args!(
            "{} {skus}: {} in step, {} to change, {waiting} {wait} for a person",
            self.lines.len(),
            self.count(Standing::InStep),
            self.count(Standing::ToChange),
        ))
    }

    pub(super) fn print_json(&self) -> anyhow::Result<()> {
        print(json!({
            "connection": self.connection.as_str(),
            "skus": self.lines.iter().map(line_json).collect::<Vec<_>>(),
            "inStep": self.count(Standing::InStep),
            "toChange": self.count(Standing::ToChange),
            "waiting": self.count(Standing::Waits),
        }))
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        match self.count(Standing::InStep) == self.lines.len() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(NOT_IN_STEP),
        }
    }

    fn count(&self, wanted: Standing) -> usize {
        self.lines.iter().filter(|line| standing(line) == wanted).count()
    }

    /// Each once: what is said of a product is said of all its SKUs.
    fn findings(&self) -> Vec<String> {
        let mut told = BTreeSet::new();
        let findings = self.lines.iter().filter_map(|line| line.finding.as_ref());
        findings.map(ToString::to_string).filter(|finding| told.insert(finding.clone())).collect()
    }
}

fn standing(line: &StockLine) -> Standing {
    match (&line.finding, line.change_to) {
        (Some(_), _) => Standing::Waits,
        (None, Some(_)) => Standing::ToChange,
        (None, None) => Standing::InStep,
    }
}

fn print_lines(lines: &[&StockLine]) -> anyhow::Result<()> {
    let mut rows = table(&[
        "SKU\nproduct",
        "sent by\nowner",
        "at\nAmazon",
        "in KashFlow\nlast writer",
        "promised",
        "next",
    ]);
    for line in lines {
        let writer = writer(line).map_or("", Writer::text);
        rows.add_row([
            format!("{}\n{}", line.sku, line.product),
            format!("{}\n{}", sender(line), owner_text(line)),
            number(line.at_amazon),
            format!("{}\n{writer}", number(line.in_books)),
            line.promised.to_string(),
            next(line),
        ]);
    }
    for place in [2, 4] {
        if let Some(column) = rows.column_mut(place) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    print(rows)
}

fn number(units: Option<Units>) -> String {
    units.map_or_else(|| NONE.to_owned(), |units| units.to_string())
}

/// What a sweep would do.
fn next(line: &StockLine) -> String {
    if let Some(finding) = &line.finding {
        return format!("waits\n{}", finding.code);
    }
    let (side, from) = match line.owner {
        Some(Owner::Amazon) => ("KashFlow", line.in_books),
        Some(Owner::KashFlow) => ("Amazon", line.at_amazon),
        Some(Owner::Nobody) | None => return NONE.to_owned(),
    };
    match (line.change_to, line.on_its_way) {
        (Some(to), _) => format!("{side}\n{} → {to}", number(from)),
        // It was accepted and does not show yet.
        (None, Some(to)) => format!("sent {to}\nto {side}"),
        (None, None) => NONE.to_owned(),
    }
}

fn sender(line: &StockLine) -> &'static str {
    match line.fulfilment {
        Some(Fulfilment::ByAmazon) => "Amazon",
        Some(Fulfilment::ByMerchant) => "merchant",
        None => NONE,
    }
}

fn owner_text(line: &StockLine) -> &'static str {
    match line.owner {
        Some(Owner::Amazon) => "Amazon",
        Some(Owner::KashFlow) => "KashFlow",
        Some(Owner::Nobody) | None => "nobody",
    }
}

/// Who wrote the number that is in the books.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Writer {
    Plugin,
    /// In KashFlow: a person, an invoice, another program.
    Other,
}

impl Writer {
    fn text(self) -> &'static str {
        match self {
            Writer::Plugin => "this plugin",
            Writer::Other => "somebody else",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Writer::Plugin => "plugin",
            Writer::Other => "other",
        }
    }
}

fn writer(line: &StockLine) -> Option<Writer> {
    line.in_books.map(|_| if line.is_ours { Writer::Plugin } else { Writer::Other })
}

fn line_json(line: &StockLine) -> Value {
    let fulfilment = line.fulfilment.map(|fulfilment| match fulfilment {
        Fulfilment::ByAmazon => "amazon",
        Fulfilment::ByMerchant => "merchant",
    });
    let units = |units: Option<Units>| units.map(|units| units.0);
    json!({
        "sku": line.sku.as_str(), "product": line.product.as_str(), "fulfilment": fulfilment,
        "owner": line.owner.unwrap_or(Owner::Nobody).name(), "atAmazon": units(line.at_amazon),
        "inBooks": units(line.in_books), "promised": line.promised.0, "lastWriter": writer(line).map(Writer::word),
        "changeTo": units(line.change_to), "onItsWay": units(line.on_its_way),
        "finding": line.finding.as_ref().map(|finding| json!({
            "code": finding.code.as_str(), "subject": finding.subject, "message": finding.message,
        })),
    })
}
