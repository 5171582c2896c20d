//! What a settlement has come to in the books.

use std::collections::BTreeMap;

use crate::canonical::{Money, SettlementPosting};
use crate::finding::{Code, Finding};
use crate::host::Host;
use crate::limits::SETTLEMENT_FINDINGS_MAX;
use crate::remote::CallFailure;

use super::super::outcome::Effect;
use super::item::Item;
use super::manifest::Manifest;
use super::part::Part;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Postings that are in the books.
    pub posted: u32,
    /// Those that wait for a person, and what they come to on the clearing account.
    pub waiting: u32,
    pub waiting_amount: Money,
    /// The first of those that wait, and why.
    pub waits_for: Option<Finding>,
    /// Documents and transactions. Those of single orders are left out, which are thousands: a payment is at its
    /// invoice.
    pub effects: Vec<Effect>,
    /// What a person should know, the plan's first; the rest of many is only counted.
    pub findings: Vec<Finding>,
    pub findings_left_out: u32,
    /// Whether something went to a nominal where it awaits a person.
    pub has_suspense: bool,
    unknown_orders_wait: bool,
}

impl Summary {
    /// Reads all parts of the settlement. `unknown_orders_wait` says whether the money of orders that are not in the
    /// books went where it awaits a person.
    pub fn of(
        host: &mut dyn Host,
        manifest: &Manifest,
        unknown_orders_wait: bool,
    ) -> Result<Self, CallFailure> {
        let mut summary = Summary {
            posted: 0,
            waiting: 0,
            waiting_amount: Money::zero(manifest.total.currency()),
            waits_for: None,
            effects: Vec::new(),
            findings: manifest.findings.clone(),
            findings_left_out: 0,
            has_suspense: !manifest.findings.is_empty(),
            unknown_orders_wait,
        };
        let mut kinds: BTreeMap<&'static str, u32> = BTreeMap::new();
        for number in 0..manifest.parts {
            let part = Part::open(host, manifest.settlement, number)?;
            for item in &part.items {
                summary.add(manifest, item, &mut kinds);
            }
        }
        Ok(summary)
    }

    fn add(&mut self, manifest: &Manifest, item: &Item, kinds: &mut BTreeMap<&'static str, u32>) {
        if item.is_posted() {
            self.posted += 1;
        } else {
            self.waiting += 1;
            let amount = item.posting.clearing().and_then(|amount| self.waiting_amount.checked_add(amount));
            self.waiting_amount = amount.unwrap_or(self.waiting_amount);
        }
        if let Some(finding) = item.finding(&manifest.settlement.to_string()) {
            if item.waits_for_a_person() && self.waits_for.is_none() {
                self.waits_for = Some(finding.clone());
            }
            if self.findings.len() < SETTLEMENT_FINDINGS_MAX {
                self.findings.push(finding);
            } else {
                self.findings_left_out += 1;
            }
        }
        let code = item.remark.as_ref().filter(|_| item.elsewhere).map(|remark| remark.code);
        self.has_suspense |=
            code == Some(Code::RefundVatUnclear) || (code.is_some() && self.unknown_orders_wait);
        let Some(number) = item.document.number() else { return };
        let document = match &item.posting {
            // Told by its finding: there can be hundreds, and the payout is not to be lost among them.
            _ if item.elsewhere => return,
            SettlementPosting::Refund(_) => "credit-note",
            SettlementPosting::Purchase(_) => "purchase",
            SettlementPosting::Transaction(_) => "bank-transaction",
            SettlementPosting::Movements(_) => "journal",
            SettlementPosting::Payment(_) => return,
        };
        let of_this_kind = kinds.entry(document).or_default();
        *of_this_kind += 1;
        if *of_this_kind as usize <= SETTLEMENT_FINDINGS_MAX {
            let reference = item.reference(manifest.settlement);
            self.effects.push(Effect { document, number: number.to_string(), reference });
        }
    }
}
