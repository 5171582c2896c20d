//! Keeps one instance within its memory, and remembers if it wanted more.

use wasmtime::ResourceLimiter;

use crate::limits::Limits;

pub(super) struct MemoryLimiter {
    memory_bytes_max: usize,
    table_elements_max: usize,
    /// The plugin sees a refusal only as a failed allocation and crashes by itself.
    refused: bool,
}

impl MemoryLimiter {
    pub(super) fn new(limits: &Limits) -> Self {
        MemoryLimiter {
            memory_bytes_max: limits.memory_bytes,
            table_elements_max: limits.table_elements,
            refused: false,
        }
    }

    pub(super) fn refused(&self) -> bool {
        self.refused
    }

    fn allow(&mut self, desired: usize, most: usize) -> bool {
        let allowed = desired <= most;
        self.refused |= !allowed;
        allowed
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.allow(desired, self.memory_bytes_max))
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.allow(desired, self.table_elements_max))
    }
}
