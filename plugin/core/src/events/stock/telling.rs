//! What a person is told of stock: each thing once, and again only after it was gone.

use crate::canonical::ProductCode;
use crate::finding::Finding;
use crate::mapping::stock::ProductPlan;
use crate::remote::CallFailure;

use super::desk::Desk;

impl Desk<'_> {
    /// Tells what is new of a product and its SKUs.
    pub fn tell(&mut self, product: &ProductCode, plan: &ProductPlan) -> Result<(), CallFailure> {
        let mut standing = self.standing(product)?;
        let mut new = Vec::new();
        is_new(&mut standing.told, plan.finding.as_ref(), &mut new);
        for (sku, standing) in &mut standing.skus {
            is_new(&mut standing.told, plan.sku_findings.get(sku), &mut new);
        }
        self.findings.extend(new);
        self.set(product, standing)
    }
}

fn is_new(told: &mut Option<String>, finding: Option<&Finding>, new: &mut Vec<Finding>) {
    let code = finding.map(|finding| finding.code.as_str().to_owned());
    if *told != code {
        new.extend(finding.cloned());
        *told = code;
    }
}
