//! The purchase of a month's fees.

use crate::canonical::{ExchangeRate, FeePurchase, Purchase, PurchaseLine};
use crate::remote::CallFailure;

use super::ensure::{Ensurable, Sought};
use super::session::{Session, holds_another, the_only};

pub(super) struct WantedPurchase {
    pub reference: String,
    pub purchase: FeePurchase,
}

impl WantedPurchase {
    fn purchase(&self, session: &Session<'_>) -> Result<Purchase, CallFailure> {
        let lines = self.purchase.lines.iter().map(|line| {
            Ok(PurchaseLine {
                description: line.description.clone(),
                net: line.net,
                vat: line.vat,
                vat_rate: line.vat_rate,
                nominal: session.nominal(line.nominal)?.id,
            })
        });
        let lines = lines.collect::<Result<Vec<_>, CallFailure>>()?;
        let purchase = Purchase::new(self.reference.clone(), self.purchase.date, ExchangeRate::home(), lines);
        let purchase = purchase.map_err(|error| holds_another(&self.reference, error.to_string()))?;
        purchase.ok_or_else(|| holds_another(&self.reference, "has no lines".to_owned()))
    }
}

impl Ensurable for WantedPurchase {
    fn subject(&self) -> String {
        self.reference.clone()
    }

    fn find(&self, session: &mut Session<'_>) -> Result<Sought, CallFailure> {
        let wanted = self.purchase(session)?;
        let supplier = session.supplier()?;
        let looked_at = session.host.now();
        let found = session.money.purchases_of(session.host, supplier, &self.reference)?;
        let Some(posted) = the_only(&self.reference, "purchases", found)? else {
            return Ok(Sought::Absent { looked_at });
        };
        if posted.amounts() != wanted.amounts() {
            let message = format!(
                "is to come to {}, and purchase {} in the books comes to {}: correct it in KashFlow, then release the event",
                wanted.amounts(),
                posted.number,
                posted.amounts()
            );
            return Err(holds_another(&self.reference, message));
        }
        Ok(Sought::Found { number: posted.number.0, remark: None })
    }

    fn create(&self, session: &mut Session<'_>) -> Result<(), CallFailure> {
        let purchase = self.purchase(session)?;
        let supplier = session.supplier()?;
        session.money.create_purchase(session.host, &purchase, supplier).map(drop)
    }
}
