//! What a person is told of stock: each thing once, and again only after it was gone.

use crate::canonical::{ProductCode, SellerSku, Told};
use crate::finding::Finding;
use crate::mapping::stock::ProductPlan;
use crate::remote::CallFailure;

use super::desk::Desk;

impl Desk<'_> {
    /// Tells what is new of a product and its SKUs.
    pub fn tell(&mut self, product: &ProductCode, plan: &ProductPlan) -> Result<(), CallFailure> {
        let mut standing = self.standing(product)?;
        let mut new = Vec::new();
        is_new(&mut standing.told, plan.finding.as_ref(), self.event, &mut new);
        for (sku, standing) in &mut standing.skus {
            is_new(&mut standing.told, plan.sku_findings.get(sku), self.event, &mut new);
        }
        new.into_iter().for_each(|finding| self.add(finding));
        self.set(product, standing)
    }

    /// Tells one thing of a SKU.
    pub fn tell_of(
        &mut self,
        product: &ProductCode,
        sku: &SellerSku,
        finding: Finding,
    ) -> Result<(), CallFailure> {
        let mut standing = self.standing(product)?;
        let mut new = Vec::new();
        if let Some(standing) = standing.skus.get_mut(sku) {
            is_new(&mut standing.told, Some(&finding), self.event, &mut new);
        }
        new.into_iter().for_each(|finding| self.add(finding));
        self.set(product, standing)
    }

    /// Once a delivery.
    fn add(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

fn is_new(told: &mut Option<Told>, finding: Option<&Finding>, event: &str, new: &mut Vec<Finding>) {
    let code = finding.map(|finding| finding.code.as_str());
    let is_told = told.as_ref().is_some_and(|told| Some(told.code.as_str()) == code && told.event != event);
    if !is_told {
        new.extend(finding.cloned());
        *told = code.map(|code| Told { code: code.to_owned(), event: event.to_owned() });
    }
}
