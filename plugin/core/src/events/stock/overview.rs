//! Both sides of the stock as they are now, and what a sweep would do: for a person to look at.
//!
//! Everything is read anew, offers included, and nothing is written, neither to a side nor to the state.

use crate::amazon::listings::{Mode, PatchListingsItem, Submission};
use crate::canonical::{Fulfilment, OfferKind, ProductCode, ProductStanding, SellerSku, SkuStanding, Units};
use crate::finding::Code;
use crate::finding::Finding;
use crate::host::Host;
use crate::limits::STOCK_PREVIEWS_MAX;
use crate::mapping::stock::{ProductPlan, refused};
use crate::remote::{CallFailure, FailureClass};
use crate::settings::{Owner, Settings};

use super::desk::Desk;

/// One SKU on both sides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StockLine {
    pub sku: SellerSku,
    pub product: ProductCode,
    /// Who sends it to buyers; `None` where Amazon has no offer and no units of it.
    pub fulfilment: Option<Fulfilment>,
    /// Who says how many there are; `None` where neither side follows the other.
    pub owner: Option<Owner>,
    /// What Amazon shows: the units in its warehouses that count, or those of the offer.
    pub at_amazon: Option<Units>,
    /// `None` where the books have no such product, or do not count it.
    pub in_books: Option<Units>,
    /// Promised to buyers, and not invoiced yet.
    pub promised: Units,
    /// Whether the number in the books is the one that this plugin wrote last.
    pub is_ours: bool,
    /// What the following side should show, where that is something else.
    pub change_to: Option<Units>,
    /// What was sent to the following side and does not show there yet.
    pub on_its_way: Option<Units>,
    pub finding: Option<Finding>,
}

/// Compares both sides. `progress` hears how many of how many offers are read.
pub fn overview(
    host: &mut dyn Host,
    mut progress: impl FnMut(usize, usize),
) -> Result<Vec<StockLine>, CallFailure> {
    let texts = host.settings().map_err(|reason| unusable(&reason))?;
    let settings = Settings::parse(&texts).map_err(|findings| {
        unusable(&findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })?;
    let stock = settings.stock.clone().ok_or_else(|| unusable("they have no section `stock`"))?;
    let mut desk = Desk::open(host, &settings, &stock, "overview")?;
    desk.look_only();
    desk.read_everything()?;
    for pool in &stock.pools {
        desk.journal.progress.pools.remove(pool);
        desk.count_changes(pool, true)?;
    }
    let candidates: Vec<(ProductCode, SellerSku)> = desk
        .candidates()
        .into_iter()
        .flat_map(|(product, skus)| skus.into_iter().map(move |sku| (product.clone(), sku)))
        .collect();
    for (index, batch) in candidates.chunks(crate::limits::OFFER_SKUS_MAX).enumerate() {
        progress(index * crate::limits::OFFER_SKUS_MAX, candidates.len());
        look_at_offers(&mut desk, batch)?;
    }
    let mut lines = Vec::new();
    let mut previews_left = STOCK_PREVIEWS_MAX;
    for (product, mut plan) in desk.plans()? {
        preview(&mut desk, &mut plan, &mut previews_left)?;
        let standing = desk.standing(&product)?;
        lines.extend(
            standing.skus.iter().map(|(sku, of_sku)| line(&desk, &product, &standing, sku, of_sku, &plan)),
        );
    }
    lines.retain(|line| line.fulfilment.is_some());
    lines.sort_by(|one, other| (&one.product, &one.sku).cmp(&(&other.product, &other.sku)));
    Ok(lines)
}

/// Reads offers anew. What was sent in vain stays so: no sweep would try it again yet.
fn look_at_offers(desk: &mut Desk<'_>, batch: &[(ProductCode, SellerSku)]) -> Result<(), CallFailure> {
    let mut in_vain = Vec::new();
    for (product, sku) in batch {
        let offer = desk.standing(product)?.skus.remove(sku).and_then(|standing| standing.offer);
        in_vain.push(offer.filter(|offer| offer.on_its_way.is_none()));
    }
    desk.read_offers(batch)?;
    for ((product, sku), known) in batch.iter().zip(in_vain) {
        let Some(known) = known else { continue };
        desk.change_offer(product, sku, |offer| {
            (offer.unheeded, offer.refused) = (known.unheeded, known.refused);
        })?;
    }
    Ok(())
}

/// Asks Amazon what it would say of the quantities that would be sent, and sends none.
fn preview(desk: &mut Desk<'_>, plan: &mut ProductPlan, left: &mut usize) -> Result<(), CallFailure> {
    for change in plan.offers.iter().take(*left) {
        let said = desk.call(&PatchListingsItem {
            host: desk.settings.region.host(),
            seller: &desk.stock.seller,
            marketplace: &desk.stock.marketplace,
            sku: &change.sku,
            units: change.to,
            mode: Mode::Preview,
        })?;
        if let Submission::Refused(why) = said {
            plan.sku_findings.insert(change.sku.clone(), refused(&change.sku, change.to, &why));
        }
    }
    *left = left.saturating_sub(plan.offers.len());
    Ok(())
}

fn line(
    desk: &Desk<'_>,
    product: &ProductCode,
    standing: &ProductStanding,
    sku: &SellerSku,
    of_sku: &SkuStanding,
    plan: &ProductPlan,
) -> StockLine {
    let fulfilment = of_sku.fulfilment();
    let offer = of_sku.offer.as_ref().map(|offer| offer.kind);
    let at_amazon = match offer {
        Some(OfferKind::ByMerchant(units)) => Some(units),
        _ => of_sku.at_amazon(),
    };
    let in_books =
        desk.products.get(product).filter(|product| product.is_managed).map(|product| product.units);
    let by_default = fulfilment.map(|fulfilment| match fulfilment {
        Fulfilment::ByAmazon => Owner::Amazon,
        Fulfilment::ByMerchant => Owner::KashFlow,
    });
    let owner = desk.stock.table.get(sku).owner.or(by_default).filter(|owner| *owner != Owner::Nobody);
    let change_to = match owner {
        Some(Owner::Amazon) => plan.books.as_ref().map(|change| change.to),
        Some(Owner::KashFlow) => plan.offers.iter().find(|change| change.sku == *sku).map(|change| change.to),
        Some(Owner::Nobody) | None => None,
    };
    let on_its_way = match owner {
        Some(Owner::Amazon) => standing.intended.map(|intended| intended.units),
        Some(Owner::KashFlow) => of_sku.offer.as_ref().and_then(|offer| offer.on_its_way).map(|it| it.units),
        Some(Owner::Nobody) | None => None,
    };
    let shown = if owner == Some(Owner::Amazon) { in_books } else { at_amazon };
    StockLine {
        sku: sku.clone(),
        product: product.clone(),
        fulfilment,
        owner,
        at_amazon,
        in_books,
        promised: desk.promised.get(sku).copied().unwrap_or_default(),
        is_ours: standing.written.map(|written| written.units).is_some_and(|units| Some(units) == in_books),
        change_to,
        on_its_way: on_its_way.filter(|units| Some(*units) != shown),
        finding: plan.sku_findings.get(sku).or(plan.finding.as_ref()).cloned(),
    }
}

fn unusable(why: &str) -> CallFailure {
    let message = format!("the settings of the stock cannot be used: {why}");
    CallFailure::new(FailureClass::Rejected, Code::SettingInvalid, "stock", message)
}
