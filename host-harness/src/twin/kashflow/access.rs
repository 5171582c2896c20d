//! Who may call: the API settings of an account.
//!
//! KashFlow checks every call on its own; there are no sessions.
//! Sources: KashFlow, Apps, API Settings; the texts of the refusals are in `refusal`.

use std::fmt;
use std::net::IpAddr;

use super::refusal::Refusal;

/// API switch, API credentials and the list of permitted addresses.
#[derive(Clone)]
pub struct Access {
    user_name: String,
    password: String,
    soap_api_enabled: bool,
    /// None when access is not restricted to specific addresses.
    allowed_addresses: Option<Vec<IpAddr>>,
}

impl Access {
    pub fn with_credentials(user_name: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            user_name: user_name.into(),
            password: password.into(),
            soap_api_enabled: true,
            allowed_addresses: None,
        }
    }

    pub fn set_credentials(&mut self, user_name: impl Into<String>, password: impl Into<String>) {
        self.user_name = user_name.into();
        self.password = password.into();
    }

    pub fn set_soap_api_enabled(&mut self, enabled: bool) {
        self.soap_api_enabled = enabled;
    }

    /// Restricts access to these addresses; an empty list refuses everyone, which is KashFlow's initial state.
    pub fn set_allowed_addresses(&mut self, addresses: Option<Vec<IpAddr>>) {
        self.allowed_addresses = addresses;
    }

    /// # Errors
    /// The first reason to refuse the caller: credentials, then the switch, then the address.
    pub fn check(&self, user_name: &str, password: &str, caller: IpAddr) -> Result<(), Refusal> {
        if user_name != self.user_name || password != self.password {
            return Err(Refusal::IncorrectCredentials);
        }
        if !self.soap_api_enabled {
            return Err(Refusal::ApiDisabled);
        }
        match &self.allowed_addresses {
            Some(addresses) if !addresses.contains(&caller) => Err(Refusal::AddressNotAllowed(caller)),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Access {
    /// Without the credentials, so that no log can hold them.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Access")
            .field("soap_api_enabled", &self.soap_api_enabled)
            .field("allowed_addresses", &self.allowed_addresses)
            .finish_non_exhaustive()
    }
}
