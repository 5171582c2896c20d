//! Keeps one instance within its memory, and remembers how much it took and if it wanted more.

use wasmtime::ResourceLimiter;

use crate::limits::Limits;

pub(super) struct MemoryLimiter {
    memory_bytes_max: usize,
    table_elements_max: usize,
    /// What all memories of the instance have together. A memory never shrinks, so this is the most that it had.
    taken_bytes: usize,
    /// The plugin sees a refusal only as a failed allocation and crashes by itself.
    refused: bool,
}

impl MemoryLimiter {
    pub(super) fn new(limits: &Limits) -> Self {
        MemoryLimiter {
            memory_bytes_max: limits.memory_bytes,
            table_elements_max: limits.table_elements,
            taken_bytes: 0,
            refused: false,
        }
    }

    pub(super) fn refused(&self) -> bool {
        self.refused
    }

    /// The most memory that the instance had, in bytes.
    pub(super) fn taken_bytes(&self) -> usize {
        self.taken_bytes
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
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = self.allow(desired, self.memory_bytes_max);
        if allowed {
            self.taken_bytes += desired.saturating_sub(current);
        }
        Ok(allowed)
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
