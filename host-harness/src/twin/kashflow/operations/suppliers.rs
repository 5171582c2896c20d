//! Operations on suppliers.

use super::super::soap::schema::{Kind, optional};
use super::super::soap::value::Record;
use super::super::types::supplier::SUPPLIER;
use super::Operation;

pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetSupplier",
        parameters: &[optional("SupplierCode", Kind::Text)],
        result: Kind::Complex(&SUPPLIER),
        success_detail: "Found Supplier",
        handler: |call| {
            let supplier = call.account.suppliers.by_code(call.parameters.text("SupplierCode"))?;
            Ok(supplier.record().clone().into())
        },
    },
    Operation {
        name: "GetSuppliers",
        parameters: &[],
        result: Kind::List(&SUPPLIER),
        success_detail: "Found Suppliers",
        handler: |call| Ok(call.account.suppliers.iter().map(|supplier| supplier.record().clone()).collect()),
    },
    Operation {
        name: "InsertSupplier",
        parameters: &[optional("supl", Kind::Complex(&SUPPLIER))],
        result: Kind::Int,
        success_detail: "Supplier added",
        handler: |call| {
            let stated = call.parameters.record("supl").cloned();
            let stated = stated.unwrap_or_else(|| Record::new(SUPPLIER.fields));
            Ok(call.account.suppliers.insert(stated, call.now)?.get().into())
        },
    },
];
