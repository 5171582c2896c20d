//! Suppliers.

use super::super::soap::schema::{ComplexType, Kind, optional, required};

pub static SUPPLIER: ComplexType = ComplexType {
    name: "Supplier",
    fields: &[
        required("SupplierID", Kind::Int),
        optional("Code", Kind::Text),
        optional("Name", Kind::Text),
        optional("Contact", Kind::Text),
        optional("Mobile", Kind::Text),
        optional("Fax", Kind::Text),
        optional("Address1", Kind::Text),
        optional("Address2", Kind::Text),
        optional("Address3", Kind::Text),
        optional("Address4", Kind::Text),
        optional("PostCode", Kind::Text),
        optional("Telephone", Kind::Text),
        optional("Website", Kind::Text),
        optional("Email", Kind::Text),
        required("Created", Kind::DateTime),
        required("Updated", Kind::DateTime),
        required("EC", Kind::Int),
        optional("VATNumber", Kind::Text),
        optional("Notes", Kind::Text),
        required("CurrencyID", Kind::Int),
        required("PaymentTerms", Kind::Int),
        optional("ContactTitle", Kind::Text),
        optional("ContactFirstName", Kind::Text),
        optional("ContactLastName", Kind::Text),
    ],
};
