//! `wasi:config/store`: the connection's settings, as text.

use std::sync::Arc;

use wasmtime_wasi_config::{WasiConfig, WasiConfigVariables};

use crate::runtime::ConnectionRuntime;

pub(crate) struct ConfigCapability {
    settings: Arc<WasiConfigVariables>,
}

impl ConfigCapability {
    pub(crate) fn new(connection: &ConnectionRuntime) -> Self {
        ConfigCapability { settings: Arc::clone(&connection.settings) }
    }
}

pub(crate) fn config_view(config: &ConfigCapability) -> WasiConfig<'_> {
    WasiConfig::new(&config.settings)
}
