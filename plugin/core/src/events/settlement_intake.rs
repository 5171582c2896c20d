//! From the bytes of a settlement file to a plan that is kept.

use crate::amazon::settlement::{SettlementFile, finding};
use crate::canonical::{MarketplaceId, Settlement, SettlementId, SettlementProblem};
use crate::finding::{Code, Finding};
use crate::host::{Host, LogLevel};
use crate::mapping::settlement::collected::{Collected, Collector};
use crate::mapping::settlement::ledger_plan::{PlanContext, PlannedSettlement, deposit_day, plan};
use crate::mapping::settlement::marketplace_match::marketplace_of;
use crate::mapping::settlement::{Categoriser, RuleBook, country_of};
use crate::orchestration::settlement::{KeptSettlement, Manifest, Origin, keep, kept};
use crate::remote::CallFailure;
use crate::settings::{Settings, Settlements};

use super::settlement_file;

/// Why a file leads to no plan.
pub(super) enum NoPlan {
    /// The file is not what it should be.
    Unreadable(Finding),
    /// A person has to decide or set something.
    Held(Finding),
    Failed(CallFailure),
}

impl From<CallFailure> for NoPlan {
    fn from(failure: CallFailure) -> Self {
        NoPlan::Failed(failure)
    }
}

/// A file that was read as far as its own header.
pub(super) struct Surveyed<'a> {
    file: SettlementFile<'a>,
    hash: String,
}

impl<'a> Surveyed<'a> {
    /// `subject`: what the file is called in findings.
    pub fn of(bytes: &'a [u8], hash: &str, subject: &str) -> Result<Self, NoPlan> {
        let file = SettlementFile::open(bytes).map_err(|problem| unreadable(&problem, subject))?;
        Ok(Surveyed { file, hash: hash.to_owned() })
    }

    pub fn settlement(&self) -> SettlementId {
        self.file.id()
    }

    /// The plan of the settlement: the one that is kept, or a new one. The caller owns the settlement.
    pub fn plan(
        &self,
        host: &mut dyn Host,
        settings: &Settings,
        settlements: &Settlements,
    ) -> Result<KeptSettlement, NoPlan> {
        let id = self.settlement();
        let rules = rule_book(settings, settlements)?;
        let currency = self.file.currency();
        let collector = Collector::new(Categoriser::new(&rules), currency);
        let read = self.file.read(collector).map_err(|problem| unreadable(&problem, &id.to_string()));
        let (settlement, collector) = read?;
        if let Some(known) = kept(host, id)? {
            self.check_same(&settlement, &known)?;
            settlement_file::belongs_to(host, &self.hash, id)?;
            return Ok(known);
        }
        let (rows, sum) = (settlement.rows.to_string(), settlement.total.to_decimal());
        host.log(LogLevel::Info, "a settlement adds up", &[("rows", &rows), ("total", &sum)]);
        let collected = collector.finish();
        let (marketplace, planned) = self.planned(settings, settlements, &rules, settlement, &collected)?;
        let manifest = self.manifest(host, marketplace, &planned, &rules);
        // The sums of a large settlement take as much memory as its plan, and are not needed any more.
        drop(collected);
        let known = keep(host, manifest, planned.plan.into_postings())?;
        settlement_file::belongs_to(host, &self.hash, id)?;
        Ok(known)
    }

    fn planned(
        &self,
        settings: &Settings,
        settlements: &Settlements,
        rules: &RuleBook,
        settlement: Settlement,
        collected: &Collected,
    ) -> Result<(MarketplaceId, PlannedSettlement), NoPlan> {
        let id = self.settlement().to_string();
        let found = marketplace_of(collected, &settings.marketplaces);
        let (marketplace_id, marketplace) = found.ok_or_else(|| {
            let message = format!(
                "is in {}, and no configured marketplace fits it: configure the marketplace, then release the event",
                collected.currency()
            );
            NoPlan::Held(Finding::new(Code::SettlementMarketplaceUnknown, &id, message))
        })?;
        if collected.currency() != settings.posting.home_currency {
            let message = format!(
                "comes to {} and adds up; the books are in {}: post it by hand with the help of `harness reconcile`, then \
                 discard the event",
                settlement.total, settings.posting.home_currency
            );
            return Err(NoPlan::Held(Finding::new(Code::SettlementCurrencyForeign, &id, message)));
        }
        let country = country_of(marketplace_id).unwrap_or(marketplace.dispatch_country);
        let context = PlanContext { settings: settlements, marketplace, country, rules };
        let planned = plan(settlement, collected, context).map_err(NoPlan::Held)?;
        Ok((marketplace_id.clone(), planned))
    }

    fn manifest(
        &self,
        host: &mut dyn Host,
        marketplace: MarketplaceId,
        planned: &PlannedSettlement,
        rules: &RuleBook,
    ) -> Manifest {
        let settlement = planned.plan.settlement();
        Manifest {
            settlement: settlement.id,
            marketplace,
            starts_at: settlement.starts_at,
            ends_at: settlement.ends_at,
            deposited_on: deposit_day(settlement.deposited_at),
            total: settlement.total,
            origin: Origin {
                file: self.hash.clone(),
                rows_digest: settlement.digest.to_string(),
                rows: settlement.rows,
                rules: rules.digest(),
            },
            planned_at: host.now(),
            postings: 0,
            parts: 0,
            parts_done: 0,
            parts_waiting: Vec::new(),
            looked_at: 0,
            findings: planned.findings.clone(),
            progressed_at_attempt: 0,
        }
    }

    /// Amazon does not change a settlement: the same id with other rows is another person's file.
    fn check_same(&self, settlement: &Settlement, known: &KeptSettlement) -> Result<(), NoPlan> {
        let Manifest { origin, .. } = &known.manifest;
        if origin.rows_digest == settlement.digest.to_string() {
            return Ok(());
        }
        let message = format!(
            "was posted from the file {} with {} rows, and this file {} has {} other rows: nothing was changed; find out \
             which of the two is Amazon's",
            origin.file, origin.rows, self.hash, settlement.rows
        );
        Err(NoPlan::Held(Finding::new(Code::SettlementDiffers, settlement.id.to_string(), message)))
    }
}

fn unreadable(problem: &SettlementProblem, subject: &str) -> NoPlan {
    NoPlan::Unreadable(finding(problem, subject))
}

/// The rules of the connection, or the first thing that is wrong with its own tables.
pub(super) fn rule_book(settings: &Settings, settlements: &Settlements) -> Result<RuleBook, NoPlan> {
    RuleBook::of(settlements, settings.vat.registered).map_err(|findings| {
        let all: Vec<String> = findings.iter().map(|finding| finding.message.clone()).collect();
        let message = format!("{}; then release the event", all.join("; "));
        NoPlan::Held(
            Finding::new(Code::SettlementRulesInvalid, "settlement rules", &message).caused_by(message),
        )
    })
}
