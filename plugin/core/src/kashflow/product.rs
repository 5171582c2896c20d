//! Products: the sub-products of a sales nominal, found by their code.
//!
//! Absent on purpose: creating products and setting stock.

use crate::canonical::{NominalId, Product, ProductCode, ProductId, VatRate};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::failure;
use super::soap::{Element, Operation, Record, answer, envelope};

/// The product of one code.
#[derive(Clone, Copy, Debug)]
pub struct GetSubProductByCode<'a> {
    pub code: &'a ProductCode,
}

impl GetSubProductByCode<'_> {
    fn operation(&self) -> Operation {
        Operation::reading("GetSubProductByCode", format!("product code {}", self.code))
    }

    /// `None` for the blank object with id 0 that stands for "none".
    fn product(&self, operation: &Operation, element: &Element) -> Result<Option<Product>, CallFailure> {
        let record = Record { element, operation };
        let id = record.integer("id")?;
        if id == 0 {
            return Ok(None);
        }
        Ok(Some(Product {
            id: ProductId(id),
            code: ProductCode::new(record.text("Code")).unwrap_or_else(|| self.code.clone()),
            name: record.text("Name").to_owned(),
            nominal: NominalId(record.integer("ParentID")?),
            vat_rate: vat_rate(&record)?,
            stock_is_managed: record.integer("Managed")? != 0,
        }))
    }
}

impl Call for GetSubProductByCode<'_> {
    type Answer = Option<Product>;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.text("ProductCode", self.code.as_str()))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        let found = answer::find(&operation, response, |detail| failure::says_absent(detail, "product"))?;
        found.map_or(Ok(None), |element| self.product(&operation, &element))
    }
}

/// `None` for -1, KashFlow's "N/A".
fn vat_rate(record: &Record<'_>) -> Result<Option<VatRate>, CallFailure> {
    match record.text("VatRate") {
        text if text.starts_with('-') => Ok(None),
        text => VatRate::parse_percent(text).map(Some).ok_or_else(|| record.unreadable("VatRate")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;
    use crate::kashflow::fixture;
    use crate::remote::FailureClass;

    fn code() -> ProductCode {
        ProductCode::new("MUG & SPOON").expect("a code")
    }

    fn parse(response: &HttpResponse) -> Result<Option<Product>, CallFailure> {
        GetSubProductByCode { code: &code() }.parse(response)
    }

    fn result(fields: &str) -> HttpResponse {
        let result = format!("<GetSubProductByCodeResult>{fields}</GetSubProductByCodeResult>");
        fixture::ok("GetSubProductByCode", &result)
    }

    fn fields(code: &str, vat_rate: &str, managed: &str) -> String {
        format!(
            "<id>991</id><ParentID>17387826</ParentID><Name>Mug</Name><Code>{code}</Code><Description />\
             <Price>8.5000</Price><VatRate>{vat_rate}</VatRate><WholesalePrice>0.0000</WholesalePrice>\
             <Managed>{managed}</Managed><QtyInStock>12</QtyInStock><Unknown>1</Unknown>"
        )
    }

    #[test]
    fn the_code_is_sent_escaped() {
        let request = GetSubProductByCode { code: &code() }.request();
        assert_eq!(fixture::parameters(&request), "<ProductCode>MUG &amp; SPOON</ProductCode>");
        assert!(!request.writes);
    }

    #[test]
    fn a_product_is_read() {
        let product = Product {
            id: ProductId(991),
            code: ProductCode::new("MUG").expect("a code"),
            name: "Mug".into(),
            nominal: NominalId(17_387_826),
            vat_rate: Some(VatRate::from_basis_points(2000)),
            stock_is_managed: true,
        };
        assert_eq!(parse(&result(&fields("MUG", "20.0000", "1"))), Ok(Some(product.clone())));
        let exempt = Product { code: code(), vat_rate: None, stock_is_managed: false, ..product };
        assert_eq!(parse(&result(&fields("", "-1.0000", "0"))), Ok(Some(exempt)));
    }

    #[test]
    fn a_product_that_is_not_there_is_none() {
        let shapes = [
            fixture::no("GetSubProductByCode", "There is no product with that code"),
            fixture::ok("GetSubProductByCode", "<GetSubProductByCodeResult xsi:nil=\"true\" />"),
            fixture::ok("GetSubProductByCode", ""),
            result("<id>0</id><ParentID>0</ParentID>"),
        ];
        for response in shapes {
            assert_eq!(parse(&response), Ok(None));
        }
    }

    #[test]
    fn refusals_and_broken_products_are_failures() {
        let refused = parse(&fixture::no("GetSubProductByCode", "Your package has no stock control"));
        let refused = refused.expect_err("refused");
        assert_eq!((refused.class, refused.finding.code), (FailureClass::Rejected, Code::KashFlowRefused));
        for vat_rate in ["", "20 %", "20.001"] {
            let broken = parse(&result(&fields("MUG", vat_rate, "1"))).expect_err(vat_rate);
            assert_eq!(
                (broken.class, broken.finding.code),
                (FailureClass::Transient, Code::KashFlowUnreadable)
            );
        }
    }
}
