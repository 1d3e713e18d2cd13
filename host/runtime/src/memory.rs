//! The limit on a guest's memory, and on the parts it is made of. The pool has the same, where there is one.

use crate::engine::{INSTANCES, MEMORIES, TABLES};

/// Sums the memory of a guest over all its memories and tables, since a limit on each would be no limit.
#[derive(Debug)]
pub(crate) struct Memory {
    used: usize,
    most: usize,
    /// Whether growth was refused; tells a crash for want of memory from others.
    pub(crate) refused: bool,
    /// The most that was in use.
    pub(crate) peak: usize,
}

/// Bytes of a table's element.
const ELEMENT: usize = 8;

impl Memory {
    /// Nothing in use, and at most so many bytes.
    pub(crate) fn of(most: usize) -> Self {
        Self { used: 0, most, refused: false, peak: 0 }
    }

    fn grow(&mut self, current: usize, desired: usize, bytes_each: usize) -> bool {
        let more = desired.saturating_sub(current).checked_mul(bytes_each);
        match more.and_then(|more| self.used.checked_add(more)) {
            Some(total) if total <= self.most => {
                self.used = total;
                self.peak = self.peak.max(total);
                true
            }
            _ => {
                self.refused = true;
                false
            }
        }
    }
}

impl wasmtime::ResourceLimiter for Memory {
    fn memory_growing(&mut self, current: usize, desired: usize, _most: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired, 1))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _most: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired, ELEMENT))
    }

    fn instances(&self) -> usize {
        INSTANCES as usize
    }

    fn tables(&self) -> usize {
        TABLES as usize
    }

    fn memories(&self) -> usize {
        MEMORIES as usize
    }
}
