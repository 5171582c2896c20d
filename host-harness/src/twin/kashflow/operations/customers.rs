//! Operations on customers.

use super::super::customers::Customer;
use super::super::identifiers::CustomerId;
use super::super::refusal::Refusal;
use super::super::soap::schema::{Kind, optional, required};
use super::super::soap::value::{Record, Value};
use super::super::types::customer::CUSTOMER;
use super::{Call, Operation};

pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetCustomer",
        parameters: &[optional("CustomerCode", Kind::Text)],
        result: Kind::Complex(&CUSTOMER),
        success_detail: "Found Customer",
        handler: |call| {
            let customer = call.account.customers.by_code(call.parameters.text("CustomerCode"))?;
            Ok(customer.record().clone().into())
        },
    },
    Operation {
        name: "GetCustomerByID",
        parameters: &[required("CustomerID", Kind::Int)],
        result: Kind::Complex(&CUSTOMER),
        success_detail: "Found Customer",
        handler: |call| {
            let id = CustomerId::new(call.parameters.int("CustomerID"));
            Ok(call.account.customers.by_id(id)?.record().clone().into())
        },
    },
    Operation {
        name: "GetCustomerByEmail",
        parameters: &[optional("CustomerEmail", Kind::Text)],
        result: Kind::Complex(&CUSTOMER),
        success_detail: "Found Customer",
        handler: |call| {
            let customer = call.account.customers.by_email(call.parameters.text("CustomerEmail"))?;
            Ok(customer.record().clone().into())
        },
    },
    Operation {
        name: "GetCustomersByPostcode",
        parameters: &[optional("Postcode", Kind::Text)],
        result: Kind::List(&CUSTOMER),
        success_detail: "Found Customers",
        handler: |call| Ok(records(call.account.customers.by_postcode(call.parameters.text("Postcode")))),
    },
    Operation {
        name: "GetCustomers",
        parameters: &[],
        result: Kind::List(&CUSTOMER),
        success_detail: "Found Customers",
        handler: |call| Ok(records(call.account.customers.iter())),
    },
    Operation {
        name: "InsertCustomer",
        parameters: &[optional("custr", Kind::Complex(&CUSTOMER))],
        result: Kind::Int,
        success_detail: "Customer added",
        handler: |call| {
            let record = stated_customer(&call);
            Ok(call.account.customers.insert(record, call.now)?.get().into())
        },
    },
    Operation {
        name: "UpdateCustomer",
        parameters: &[optional("custr", Kind::Complex(&CUSTOMER))],
        result: Kind::Text,
        success_detail: "Customer updated",
        handler: update_customer,
    },
];

fn update_customer(call: Call<'_>) -> Result<Value, Refusal> {
    let record = stated_customer(&call);
    call.account.customers.update(record, call.now)?;
    Ok("".into())
}

fn stated_customer(call: &Call<'_>) -> Record {
    call.parameters.record("custr").cloned().unwrap_or_else(|| Record::new(CUSTOMER.fields))
}

fn records<'a>(customers: impl Iterator<Item = &'a Customer>) -> Value {
    customers.map(|customer| customer.record().clone()).collect()
}
