//! What the books call the things that a settlement is posted to, looked up once a delivery.

use crate::canonical::{Chart, NominalCode, PaymentMethod, PaymentMethodId, SupplierCard};
use crate::finding::{Code, Finding};
use crate::host::Host;
use crate::orchestration::settlement::{Manifest, PostingTerms};
use crate::orchestration::{SettlementBooks, Stop};
use crate::settings::{NominalRole, Settings, Settlements, UnknownOrders};

use super::chart;
use super::kashflow_books::KashFlowBooks;

/// The chart with every nominal that a settlement can need.
pub(super) fn chart(
    host: &mut dyn Host,
    settings: &Settings,
    settlements: &Settlements,
) -> Result<Chart, Stop> {
    let accounts = settings.marketplaces.values();
    let banks = accounts.flat_map(|one| [Some(one.clearing_account), one.payout_account]).flatten();
    let required: Vec<NominalCode> = settlements.nominals.values().copied().chain(banks).collect();
    Ok(chart::chart(host, &required)?.0)
}

pub(super) fn terms<'a>(
    host: &mut dyn Host,
    settings: &Settings,
    settlements: &Settlements,
    manifest: &Manifest,
    chart: &'a Chart,
) -> Result<PostingTerms<'a>, Stop> {
    let subject = manifest.settlement.to_string();
    let held = |code, message: String| Stop::Held(Finding::new(code, &subject, message));
    let marketplace = settings.marketplaces.get(&manifest.marketplace).ok_or_else(|| {
        let message = format!("is of marketplace {}, which is not configured any more", manifest.marketplace);
        held(Code::SettlementMarketplaceUnknown, message)
    })?;
    let code = marketplace.clearing_account;
    let accounts = KashFlowBooks.bank_accounts(host)?;
    let clearing = accounts.into_iter().find(|account| account.code == code).ok_or_else(|| {
        let message = format!(
            "KashFlow has no bank account with the nominal code {code}: create it, then release the event"
        );
        held(Code::ClearingAccountUnknown, message)
    })?;
    let wanted = settlements.payment_method.as_deref();
    let of_invoices = KashFlowBooks.payment_methods(host)?;
    let of_purchases = KashFlowBooks.purchase_payment_methods(host)?;
    let no_method = || {
        let name = wanted.map_or_else(String::new, |name| format!(" called `{name}`"));
        held(
            Code::PaymentMethodUnknown,
            format!("KashFlow has no payment method{name}: create it, then release the event"),
        )
    };
    let goodwill = settlements.nominal(NominalRole::Goodwill);
    let goodwill = chart.nominal(goodwill).ok_or_else(|| {
        held(
            Code::NominalUnknown,
            format!("needs nominal {goodwill}, which the KashFlow account does not have"),
        )
    })?;
    let unknown_orders = match settlements.unknown_orders {
        UnknownOrders::Hold => None,
        UnknownOrders::Suspense => Some(settlements.nominal(NominalRole::Suspense)),
        UnknownOrders::EarlierSales => Some(settlements.nominal(NominalRole::EarlierSales)),
    };
    Ok(PostingTerms {
        settlement: manifest.settlement,
        deposited_on: manifest.deposited_on,
        home_currency: settings.posting.home_currency,
        clearing,
        invoice_method: method(&of_invoices, wanted).ok_or_else(no_method)?,
        purchase_method: method(&of_purchases, wanted)
            .or_else(|| method(&of_purchases, None))
            .ok_or_else(no_method)?,
        supplier: SupplierCard {
            code: settlements.supplier_code.clone(),
            name: settlements.supplier_name.clone(),
        },
        chart,
        goodwill,
        suspense: settlements.nominal(NominalRole::Suspense),
        unknown_orders,
    })
}

/// The method of this name, or the account's first.
fn method(methods: &[PaymentMethod], name: Option<&str>) -> Option<PaymentMethodId> {
    let is_wanted = |method: &&PaymentMethod| name.is_none_or(|name| method.name.eq_ignore_ascii_case(name));
    methods.iter().find(is_wanted).map(|method| method.id)
}
