//! A settlement file that was read for its plan, and is read again for each proof.

use plugin_core::amazon::settlement::{SettlementFile, finding};
use plugin_core::canonical::{Settlement, SettlementPlan};
use plugin_core::events::settlement_file_hash;
use plugin_core::finding::{Code, Finding};
use plugin_core::mapping::settlement::certificate::{Assigner, CertifiedRow, SettlementCertificate};
use plugin_core::mapping::settlement::collected::{Collected, Collector};
use plugin_core::mapping::settlement::ledger_plan::{PlanContext, PlannedSettlement, plan};
use plugin_core::mapping::settlement::marketplace_match::marketplace_of;
use plugin_core::mapping::settlement::{Categoriser, country_of};

use super::Terms;

/// A file with the plan that the plugin makes of it.
pub struct Reading<'a> {
    file: SettlementFile<'a>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub hash: String,
    /// The id of the marketplace.
    pub marketplace: String,
    collected: Collected,
    context: PlanContext<'a>,
    planned: PlannedSettlement,
    /// What a person should know of it.
    pub findings: Vec<Finding>,
}

impl<'a> Reading<'a> {
    /// `bytes` is the file as Amazon gives it, plain or gzip; `name` is what findings call it.
    ///
    /// # Errors
    /// Why the file leads to no plan.
    pub fn of(bytes: &'a [u8], name: &str, terms: &'a Terms) -> Result<Self, Finding> {
        let file = SettlementFile::open(bytes).map_err(|problem| finding(&problem, name))?;
        let id = file.id().to_string();
        let collector = Collector::new(Categoriser::new(&terms.rules), file.currency());
        let (settlement, collector) = file.read(collector).map_err(|problem| finding(&problem, &id))?;
        let collected = collector.finish();
        let found = marketplace_of(&collected, &terms.settings.marketplaces);
        let (marketplace_id, marketplace) = found.ok_or_else(|| {
            let currency = collected.currency();
            let message =
                format!("is in {currency}, and no configured marketplace fits it: configure the marketplace");
            Finding::new(Code::SettlementMarketplaceUnknown, &id, message)
        })?;
        let context = PlanContext {
            settings: &terms.settlements,
            marketplace,
            country: country_of(marketplace_id).unwrap_or(marketplace.dispatch_country),
            rules: &terms.rules,
        };
        let planned = plan(settlement, &collected, context)?;
        let mut findings = planned.findings.clone();
        let home = terms.settings.posting.home_currency;
        if collected.currency() != home {
            let message = format!("the books are in {home}: the plugin holds it, and it is posted by hand");
            findings.push(Finding::new(Code::SettlementCurrencyForeign, &id, message));
        }
        let (hash, marketplace) = (settlement_file_hash(bytes), marketplace_id.to_string());
        Ok(Reading { file, hash, marketplace, collected, context, planned, findings })
    }

    pub fn settlement(&self) -> &Settlement {
        self.plan().settlement()
    }

    pub fn plan(&self) -> &SettlementPlan {
        &self.planned.plan
    }

    /// The digest of the rules that the plan was made with.
    pub fn rules(&self) -> String {
        self.context.rules.digest()
    }

    /// Reads the file again and proves the plan; `take` is shown every row.
    ///
    /// # Errors
    /// Where the file cannot be read any more as it was the first time.
    pub fn certify(&self, take: impl FnMut(&CertifiedRow<'_>)) -> Result<SettlementCertificate<'_>, Finding> {
        let id = self.file.id().to_string();
        let wrong = |problem| finding(&problem, &id);
        let amounts = |error| wrong(plugin_core::canonical::SettlementProblem::Amounts(error));
        let assigner = Assigner::new(self.plan(), &self.collected, self.context, take).map_err(amounts)?;
        let (_, assigner) = self.file.read(assigner).map_err(wrong)?;
        assigner.finish().map_err(amounts)
    }
}
