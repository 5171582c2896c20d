//! Both twins over one world: what a seller has at Amazon, and the books that the seller keeps.
//! With sockets for clients of any kind, or without for [`InProcessTwins`](super::InProcessTwins).

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Utc};

use super::amazon::{AmazonError, AmazonOptions, AmazonTwin};
use super::kashflow::{
    Account, KashFlowTwin, NewProduct, NominalCode, Options, Refusal, StartError, VatRate,
};
use super::world::product::KashFlowProduct;
use super::world::{SharedWorld, World};

/// The nominal that the seller's products belong to.
const SALES_NOMINAL: i32 = 4000;

/// Where the twins listen, how patient Amazon is, and what time it is for both.
#[derive(Clone)]
pub struct PairOptions {
    /// 0 lets the system choose.
    pub amazon_port: u16,
    pub kashflow_port: u16,
    /// Multiplies Amazon's usage plans; 1 gives the real ones.
    pub usage_plan_factor: u32,
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

impl PairOptions {
    fn of_each(&self) -> (AmazonOptions, Options) {
        let clock = || Arc::clone(&self.clock);
        let amazon = AmazonOptions { clock: clock(), usage_plan_factor: self.usage_plan_factor };
        (amazon, Options::with_clock(clock()))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PairError {
    #[error("the Amazon twin does not run")]
    Amazon(#[source] AmazonError),
    #[error("the KashFlow twin does not run")]
    KashFlow(#[source] StartError),
    #[error("the KashFlow twin refuses the product {code}: {refusal:?}")]
    Product { code: String, refusal: Refusal },
}

/// Two running twins. They stop when this is dropped.
pub struct TwinPair {
    pub world: SharedWorld,
    pub amazon: AmazonTwin,
    pub kashflow: KashFlowTwin,
    pub kashflow_credentials: KashFlowCredentials,
}

/// What lets a client into the KashFlow twin.
#[derive(Clone)]
pub struct KashFlowCredentials {
    pub user_name: String,
    pub password: String,
}

impl KashFlowCredentials {
    /// A password that must be escaped in XML, because real ones must be too.
    fn of_seed(seed: u64) -> Self {
        KashFlowCredentials { user_name: "acme-api".to_owned(), password: format!("<pass&word>-{seed:016x}") }
    }
}

impl TwinPair {
    /// Starts both on loopback. The books begin with the seller's products and no documents.
    pub async fn start(world: World, options: PairOptions) -> Result<Self, PairError> {
        let account = account(&world)?;
        Self::start_with(world, account, options).await
    }

    /// Starts both with books that were prepared already.
    pub async fn start_with(world: World, account: Account, options: PairOptions) -> Result<Self, PairError> {
        let (account, kashflow_credentials) = opened(account, &world);
        let world = world.shared();
        let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let (of_amazon, of_kashflow) = options.of_each();
        let amazon = AmazonTwin::start(Arc::clone(&world), loopback(options.amazon_port), of_amazon)
            .await
            .map_err(PairError::Amazon)?;
        let kashflow = KashFlowTwin::start(account, loopback(options.kashflow_port), of_kashflow)
            .await
            .map_err(PairError::KashFlow)?;
        Ok(TwinPair { world, amazon, kashflow, kashflow_credentials })
    }

    /// Makes both without sockets, with books that were prepared already or new ones. The ports of the
    /// options mean nothing, and the URLs of the twins lead nowhere: they are for a connection file.
    pub fn in_process(
        world: World,
        account: Option<Account>,
        options: PairOptions,
    ) -> Result<Self, PairError> {
        let account = match account {
            Some(account) => account,
            None => self::account(&world)?,
        };
        let (account, kashflow_credentials) = opened(account, &world);
        let world = world.shared();
        let (of_amazon, of_kashflow) = options.of_each();
        let amazon = AmazonTwin::in_process(Arc::clone(&world), of_amazon);
        let kashflow = KashFlowTwin::in_process(account, of_kashflow);
        Ok(TwinPair { world, amazon, kashflow, kashflow_credentials })
    }

    /// Reads something of the world.
    pub fn with_world<R>(&self, read: impl FnOnce(&World) -> R) -> R {
        read(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The account with the credentials that belong to the world.
fn opened(account: Account, world: &World) -> (Account, KashFlowCredentials) {
    let credentials = KashFlowCredentials::of_seed(world.seed());
    (account.with_credentials(&credentials.user_name, &credentials.password), credentials)
}

/// A new set of books with the seller's products in it.
pub fn account(world: &World) -> Result<Account, PairError> {
    let mut account = Account::standard_uk();
    for product in world.kashflow_products() {
        let code = product.code.clone();
        account.add_product(new_product(product)).map_err(|refusal| PairError::Product { code, refusal })?;
    }
    Ok(account)
}

fn new_product(product: KashFlowProduct) -> NewProduct {
    NewProduct {
        code: product.code,
        name: product.name,
        price_pence: product.price_net_pence,
        // The world writes "exempt" as -1, as KashFlow does.
        vat_rate: if product.vat_percent < 0 { VatRate::EXEMPT } else { percent(product.vat_percent) },
        managed: product.managed_stock,
        quantity_in_stock: i32::try_from(product.stock_quantity).unwrap_or(i32::MAX),
        nominal_code: NominalCode::new(SALES_NOMINAL),
    }
}

fn percent(percent: i64) -> VatRate {
    // The world's rates are those of the United Kingdom: 0, 5 and 20.
    VatRate::percent(i32::try_from(percent).expect("a rate is a small number"))
}
