//! What a component imports and exports, by name and version, for people to read.

use wasmtime::Engine;
use wasmtime::component::Component;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interfaces {
    pub imports: Vec<String>,
    pub exports: Vec<String>,
}

impl Interfaces {
    pub(super) fn of(component: &Component, engine: &Engine) -> Self {
        let kind = component.component_type();
        Interfaces {
            imports: kind.imports(engine).map(|(name, _import)| name.to_owned()).collect(),
            exports: kind.exports(engine).map(|(name, _export)| name.to_owned()).collect(),
        }
    }
}
