//! VAT classes of goods and the rates of the world.
//!
//! Absent on purpose: rates that change with time. The world lasts two weeks, in which none does.

/// The VAT class of goods in the United Kingdom.
///
/// Source: VAT Act 1994, Schedule 7A (reduced), Schedule 8 (zero), Schedule 9 (exempt).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VatClass {
    Standard,
    Reduced,
    Zero,
    Exempt,
}

impl VatClass {
    pub const ALL: [VatClass; 4] = [VatClass::Standard, VatClass::Reduced, VatClass::Zero, VatClass::Exempt];

    /// Percent added to the net price: exempt goods bear none, as zero-rated ones do.
    pub fn rate_percent(self) -> i64 {
        match self {
            VatClass::Standard => 20,
            VatClass::Reduced => 5,
            VatClass::Zero | VatClass::Exempt => 0,
        }
    }

    /// Percent as KashFlow keeps it on a product, where -1 stands for "exempt" ("N/A").
    pub fn kashflow_percent(self) -> i64 {
        match self {
            VatClass::Exempt => -1,
            other => other.rate_percent(),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            VatClass::Standard => "standard",
            VatClass::Reduced => "reduced",
            VatClass::Zero => "zero",
            VatClass::Exempt => "exempt",
        }
    }
}
