//! The categories of settlement rows: what a row is, apart from where and at which VAT it is posted.

/// What a row of a settlement is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Category {
    /// A part of what a buyer paid for an order: pays the order's invoice.
    Sale(SalePart),
    /// A part of what a buyer got back: makes a credit note, which is paid out.
    Refund(SalePart),
    /// What Amazon charges, or gives back of it: a purchase.
    Fee(FeeKind, FeeForm),
    /// Money for the seller that no order paid.
    Income(IncomeKind),
    /// Money that moves between balances: no income, no cost, no VAT.
    Movement(MovementKind),
    /// What no rule knows, or what a rule deliberately leaves to a person.
    Suspense,
}

/// A part of a sale, or of a refund.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum SalePart {
    Goods,
    /// VAT that is stated beside the goods, and what any promotion takes off it.
    GoodsVat,
    Delivery,
    DeliveryVat,
    GiftWrap,
    GiftWrapVat,
    GoodsPromotion,
    DeliveryPromotion,
    /// VAT that Amazon keeps because it owes it.
    WithheldVat,
    /// Given to a buyer beyond the price.
    Goodwill,
    /// Kept of a refund.
    Restocking,
    /// The way back of the goods, paid to the buyer or by the buyer.
    ReturnDelivery,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum FeeKind {
    /// Commissions and everything that comes with a sale.
    Selling,
    Subscription,
    Fulfilment,
    Inbound,
    Removal,
    Storage,
    Advertising,
    /// Labels and carriers.
    Postage,
    EcoContribution,
    /// Brokerage of liquidations.
    Liquidation,
}

/// How a fee's amount relates to its VAT.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum FeeForm {
    /// One amount, with whatever VAT there is in it.
    Gross,
    /// The amount without VAT: a row of its own states the VAT.
    Net,
    /// The VAT of a fee that is stated without it.
    Vat,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum IncomeKind {
    /// For goods that Amazon lost or damaged, and what is taken back of it.
    Reimbursement,
    /// For claims about returns, and rewards.
    OtherIncome,
    /// Goods sold to a liquidator, without VAT, and the VAT of it.
    Liquidation,
    LiquidationVat,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum MovementKind {
    /// Kept back by Amazon, and given free again.
    Reserve,
    /// What the seller owed at the end of the settlement before.
    CarriedForward,
    /// Between the seller's bank or card and Amazon, beside the payout: a charge, a transfer that failed.
    Bank,
    Loan,
    /// Between the seller's marketplaces.
    InterMarketplace,
}
