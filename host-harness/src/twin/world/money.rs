//! Pence: how they are written, and the VAT inside a price.
//!
//! Amounts are `i64` pence everywhere in the world. Absent on purpose: other currencies' minor units
//! (every currency of the world has two decimals), and floating point.

/// Decimal text with two places, as Amazon writes an amount: 3499 is `34.99`.
pub fn decimal_text(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    let magnitude = pence.unsigned_abs();
    format!("{sign}{}.{:02}", magnitude / 100, magnitude % 100)
}

/// The VAT contained in a price that includes it: gross × rate ÷ (100 + rate), half-up to the penny.
///
/// Source: HMRC VAT guide (Notice 700) section 7.3, the VAT fraction; retailers may round each line
/// half-up (VATREC12010). `gross_pence` is not negative; `rate_percent` is a whole percentage.
pub fn vat_contained(gross_pence: i64, rate_percent: i64) -> i64 {
    let divisor = 100 + rate_percent;
    (2 * gross_pence * rate_percent + divisor) / (2 * divisor)
}

/// The VAT to be added to a net amount, half-up to the penny.
pub fn vat_added(net_pence: i64, rate_percent: i64) -> i64 {
    (2 * net_pence * rate_percent + 100) / 200
}

/// A part of a price and the VAT in it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Amount {
    /// What the buyer pays for it, VAT included.
    pub gross_pence: i64,
    pub vat_pence: i64,
}

impl Amount {
    /// A part priced with its VAT included.
    pub fn including_vat(gross_pence: i64, rate_percent: i64) -> Self {
        Amount { gross_pence, vat_pence: vat_contained(gross_pence, rate_percent) }
    }

    /// A part priced net, as Amazon Business shows it.
    pub fn from_net(net_pence: i64, rate_percent: i64) -> Self {
        let vat_pence = vat_added(net_pence, rate_percent);
        Amount { gross_pence: net_pence + vat_pence, vat_pence }
    }

    pub fn net_pence(self) -> i64 {
        self.gross_pence - self.vat_pence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_two_decimals() {
        let written = [3499, 5, 0, -120, 100_000].map(decimal_text);
        assert_eq!(written, ["34.99", "0.05", "0.00", "-1.20", "1000.00"]);
    }

    #[test]
    fn vat_in_a_price_is_rounded_half_up() {
        // 12.99 / 6 = 2.165; 0.03 / 6 = 0.005; 38.97 / 6 = 6.495; 10.00 / 21 = 0.476
        let figures = [(1299, 20, 217), (3, 20, 1), (2, 20, 0), (3897, 20, 650), (1000, 5, 48), (1000, 0, 0)];
        for (gross, rate, vat) in figures {
            assert_eq!(vat_contained(gross, rate), vat, "{gross} at {rate} %");
        }
    }

    #[test]
    fn a_net_price_and_the_gross_price_it_makes_hold_the_same_vat() {
        for rate in [0, 5, 19, 20, 23, 24] {
            for net in 0..20_000 {
                let amount = Amount::from_net(net, rate);
                assert_eq!(vat_contained(amount.gross_pence, rate), amount.vat_pence, "{net} at {rate} %");
            }
        }
    }
}
