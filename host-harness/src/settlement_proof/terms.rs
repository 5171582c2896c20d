//! What a proof is made with: the connection's settings and rules, read as the plugin reads them.

use std::collections::BTreeMap;

use plugin_core::finding::{Code, Finding};
use plugin_core::mapping::settlement::RuleBook;
use plugin_core::settings::{Settings, Settlements};

/// Settings of a connection that posts settlements.
pub struct Terms {
    pub settings: Settings,
    pub settlements: Settlements,
    pub rules: RuleBook,
}

impl Terms {
    /// Reads a connection's settings, which are dotted keys and texts.
    ///
    /// # Errors
    /// Everything that is wrong with them; also KA-0816 where the connection posts no settlements.
    pub fn read(texts: &BTreeMap<String, String>) -> Result<Self, Vec<Finding>> {
        let settings = Settings::parse(texts)?;
        let settlements = settings.settlements.clone().ok_or_else(|| {
            let message = "the connection has no settings below `settlement.`: add them";
            vec![Finding::new(Code::SettlementNotConfigured, "settings", message)]
        })?;
        let rules = RuleBook::of(&settlements, settings.vat.registered)?;
        Ok(Terms { settings, settlements, rules })
    }
}
