//! What a person is told about a file that is no settlement: what happened, in which line, and what to do.

use crate::canonical::settlement::{CutOff, NotASettlement, SettlementProblem};
use crate::finding::{Code, Finding};

/// The finding of a problem. `subject` names the report or the file.
pub fn finding(problem: &SettlementProblem, subject: &str) -> Finding {
    let (code, remedy) = code_and_remedy(problem);
    Finding::new(code, subject, format!("{problem}; {remedy}. Nothing was posted"))
}

const AS_AMAZON_GIVES_IT: &str = "hand in the file as Amazon gives it, without opening it in a spreadsheet";
const DOWNLOAD_AGAIN: &str = "download it again and hand in the whole file";
const ONE_BY_ONE: &str = "hand in each settlement as its own file";

fn code_and_remedy(problem: &SettlementProblem) -> (Code, &'static str) {
    match problem {
        SettlementProblem::NotASettlement(what) => (
            Code::SettlementUnreadable,
            match what {
                NotASettlement::ColumnMissing(_) | NotASettlement::ColumnRepeated(_) => AS_AMAZON_GIVES_IT,
                _ => {
                    "download \"Flat File V2\" in Seller Central (Payments, All Statements) and hand in that file"
                }
            },
        ),
        SettlementProblem::CutOff(CutOff::LastColumn { .. }) => (
            Code::SettlementCutOff,
            "hand in the file as Amazon gives it, whose last line ends like the others",
        ),
        SettlementProblem::CutOff(_) => (Code::SettlementCutOff, DOWNLOAD_AGAIN),
        SettlementProblem::TotalDiffers { .. } => (
            Code::SettlementTotalDiffers,
            "rows are missing, added or changed: download it again, and where Amazon's own file does not add up, \
             open a case with Amazon",
        ),
        SettlementProblem::SettlementsMixed { .. } => (Code::SettlementsMixed, ONE_BY_ONE),
        SettlementProblem::SummaryMissing => (Code::SettlementSummaryMissing, DOWNLOAD_AGAIN),
        SettlementProblem::SummaryRepeated { .. } => (Code::SettlementSummaryMissing, ONE_BY_ONE),
        SettlementProblem::CurrencyUnknown { .. } => (Code::SettlementCurrencyUnknown, AS_AMAZON_GIVES_IT),
        SettlementProblem::HeaderRepeated { .. } => (Code::SettlementHeaderRepeated, ONE_BY_ONE),
        SettlementProblem::DecimalsMixed { .. } | SettlementProblem::DecimalsUndecided { .. } => {
            (Code::SettlementDecimalsMixed, AS_AMAZON_GIVES_IT)
        }
        SettlementProblem::DatesMixed { .. } | SettlementProblem::DatesUndecided { .. } => {
            (Code::SettlementDatesAmbiguous, AS_AMAZON_GIVES_IT)
        }
        SettlementProblem::Empty => (Code::SettlementEmpty, "download it again"),
        SettlementProblem::Row { .. } | SettlementProblem::Amounts(_) => {
            (Code::SettlementRowUnreadable, AS_AMAZON_GIVES_IT)
        }
        SettlementProblem::TooLarge(_) => (
            Code::SettlementTooLarge,
            "hand it in compressed (gzip), and if it is Amazon's own and still too large, report it",
        ),
    }
}
