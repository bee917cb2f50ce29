//! The counting allocator of the binaries.
//!
//! It is mockalloc's, for two reasons. A `GlobalAlloc` cannot be written without `unsafe`, which
//! this workspace forbids. And it counts only inside [`count`], in thread-local cells: elsewhere a
//! call costs one look at a flag. Allocators that always count in shared atomics (stats_alloc)
//! would add some 20 ns to each allocation of a peer while it is being timed, and one without its
//! own `realloc` (allocation-counter) would turn the growth of every `Vec` into a copy.

use std::alloc::System;

use mockalloc::Mockalloc;

/// The type of a binary's `#[global_allocator]`.
pub type Counting = Mockalloc<System>;

/// The value of a binary's `#[global_allocator]`.
pub const COUNTING: Counting = Mockalloc(System);

/// What a piece of code asked of the allocator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls that gave memory: allocations and reallocations together.
    pub calls: u64,
    /// Bytes asked for, a reallocation with its whole new size.
    pub bytes: u64,
}

/// Counts what `work` asks of the allocator; all zero when [`COUNTING`] is not the global one.
pub fn count(work: impl FnOnce()) -> Counts {
    let info = mockalloc::record_allocs(work);
    Counts { calls: info.num_allocs(), bytes: info.mem_allocated() }
}

/// How many bytes what `work` makes holds on to; zero when [`COUNTING`] is not the global one.
pub fn held<T>(work: impl FnOnce() -> T) -> u64 {
    let mut made = None;
    let info = mockalloc::record_allocs(|| made = Some(work()));
    drop(made);
    info.mem_leaked()
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::{COUNTING, Counting, Counts, count, held};

    #[global_allocator]
    static ALLOCATOR: Counting = COUNTING;

    #[test]
    fn counts_allocations_and_reallocations() {
        let counts = count(|| {
            let mut bytes: Vec<u8> = Vec::with_capacity(16);
            black_box(&bytes);
            bytes.reserve_exact(64);
            black_box(&bytes);
        });
        assert_eq!(counts, Counts { calls: 2, bytes: 16 + 64 });
        assert_eq!(count(|| ()), Counts::default());
    }

    #[test]
    fn what_is_freed_is_not_held() {
        let held = held(|| {
            drop(black_box(Vec::<u8>::with_capacity(64)));
            Vec::<u8>::with_capacity(16)
        });
        assert_eq!(held, 16);
    }
}
