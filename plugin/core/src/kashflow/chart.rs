//! The account's own lists: VAT rates, nominal codes, bank accounts.
//!
//! None of them is paged and each account has its own. Absent on purpose: changing them.

use crate::canonical::{BankAccount, BankAccountId, Nominal, NominalCode, NominalId, VatRate};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::soap::{Operation, answer, envelope};

/// The VAT rates that the account may post.
#[derive(Clone, Copy, Debug)]
pub struct GetVatRates;

impl Call for GetVatRates {
    type Answer = Vec<VatRate>;

    fn request(&self) -> HttpRequest {
        envelope::request(&Operation::reading("GetVATRates", "VAT rates"), |_| {})
    }

    /// Leaves out a negative rate, which stands for "no VAT".
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = Operation::reading("GetVATRates", "VAT rates");
        let rates =
            answer::rows(&operation, response, "BasicDataset", |record| match record.text("Value") {
                text if text.starts_with('-') => Ok(None),
                // A rate finer than a hundredth of a per cent is none of the United Kingdom's.
                text if is_decimal(text) => Ok(VatRate::parse_percent(text)),
                _ => Err(record.unreadable("Value")),
            })?;
        Ok(rates.into_iter().flatten().collect())
    }
}

fn is_decimal(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// The nominal accounts: the code that people know and the id that a posting carries.
#[derive(Clone, Copy, Debug)]
pub struct GetNominalCodes;

impl Call for GetNominalCodes {
    type Answer = Vec<Nominal>;

    fn request(&self) -> HttpRequest {
        envelope::request(&Operation::reading("GetNominalCodes", "nominal codes"), |_| {})
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = Operation::reading("GetNominalCodes", "nominal codes");
        answer::rows(&operation, response, "NominalCode", |record| {
            Ok(Nominal { code: NominalCode(record.integer("Code")?), id: NominalId(record.integer("id")?) })
        })
    }
}

/// The bank accounts, clearing accounts among them.
#[derive(Clone, Copy, Debug)]
pub struct GetBankAccounts;

impl Call for GetBankAccounts {
    type Answer = Vec<BankAccount>;

    fn request(&self) -> HttpRequest {
        envelope::request(&Operation::reading("GetBankAccounts", "bank accounts"), |_| {})
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = Operation::reading("GetBankAccounts", "bank accounts");
        answer::rows(&operation, response, "BankAccount", |record| {
            let name = record.text("AccountName").to_owned();
            let id = BankAccountId(record.integer("AccountID")?);
            Ok(BankAccount { id, name, code: NominalCode(record.integer("AccountCode")?) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;
    use crate::kashflow::fixture;
    use crate::remote::FailureClass;

    fn rates(rows: &str) -> Result<Vec<VatRate>, CallFailure> {
        GetVatRates
            .parse(&fixture::ok("GetVATRates", &format!("<GetVATRatesResult>{rows}</GetVATRatesResult>")))
    }

    fn rate(value: &str) -> String {
        format!("<BasicDataset><ID>1</ID><Name>{value}%</Name><Value>{value}</Value></BasicDataset>")
    }

    #[test]
    fn the_lists_have_no_parameters() {
        let requests = [GetVatRates.request(), GetNominalCodes.request(), GetBankAccounts.request()];
        let operations = requests.each_ref().map(|request| request.operation);
        assert_eq!(operations, ["GetVATRates", "GetNominalCodes", "GetBankAccounts"]);
        for request in &requests {
            assert_eq!(fixture::parameters(request), "");
            assert!(!request.writes);
        }
    }

    #[test]
    fn vat_rates_are_read() {
        assert_eq!(rates(""), Ok(vec![]));
        assert_eq!(rates(&rate("20")), Ok(vec![VatRate::from_basis_points(2000)]));
        let many = [rate("20.0000"), rate("5.00"), rate("0"), rate("-1")].concat();
        let expected = [2000, 500, 0].map(VatRate::from_basis_points);
        assert_eq!(rates(&many), Ok(expected.to_vec()));
        assert_eq!(rates(&rate("6.665")), Ok(vec![]), "a rate of somebody's own stops nothing");
        let broken = rates(&rate("20 percent")).expect_err("it is no rate");
        assert_eq!((broken.class, broken.finding.code), (FailureClass::Transient, Code::KashFlowUnreadable));
    }

    #[test]
    fn nominal_codes_are_read_with_their_ids() {
        let result = "<GetNominalCodesResult>\
            <NominalCode><id>17387826</id><Code>4000</Code><Name>Sales</Name><debit>0.0000</debit></NominalCode>\
            <NominalCode><id>17387830</id><Code>4905</Code><Name>Carriage</Name></NominalCode>\
            </GetNominalCodesResult>";
        let nominals = GetNominalCodes.parse(&fixture::ok("GetNominalCodes", result));
        let expected = [(4000, 17_387_826), (4905, 17_387_830)]
            .map(|(code, id)| Nominal { code: NominalCode(code), id: NominalId(id) });
        assert_eq!(nominals, Ok(expected.to_vec()));
    }

    #[test]
    fn bank_accounts_are_read() {
        let result = "<GetBankAccountsResult><BankAccount><AccountID>3</AccountID>\
            <AccountName>Amazon clearing</AccountName><AccountCode>1260</AccountCode></BankAccount>\
            </GetBankAccountsResult>";
        let accounts = GetBankAccounts.parse(&fixture::ok("GetBankAccounts", result));
        assert_eq!(
            accounts,
            Ok(vec![BankAccount {
                id: BankAccountId(3),
                name: "Amazon clearing".into(),
                code: NominalCode(1260)
            }])
        );
    }

    #[test]
    fn a_refused_list_is_a_failure_and_never_an_empty_list() {
        let failure = GetNominalCodes
            .parse(&fixture::no("GetNominalCodes", "Incorrect username or password"))
            .expect_err("refused");
        assert_eq!(failure.finding.code, Code::KashFlowLoginRefused);
        assert!(failure.finding.message.starts_with("GetNominalCodes (nominal codes): KashFlow refused"));
        let failure = GetBankAccounts
            .parse(&fixture::no("GetBankAccounts", "There are no bank accounts for you"))
            .expect_err("refused");
        assert_eq!((failure.class, failure.finding.code), (FailureClass::Rejected, Code::KashFlowRefused));
    }
}
