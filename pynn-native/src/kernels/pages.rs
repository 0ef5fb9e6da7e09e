//! The memory of large columns.
//!
//! Synapses are placed and found all over theirs. Of pages of 4 KiB those are more than the processor remembers, so each
//! place costs a walk through page tables; of pages of 2 MiB they are not.

/// Asks Linux for huge pages for what of a column has not been touched yet; elsewhere nothing is done.
#[cfg(target_os = "linux")]
pub fn ask<T>(column: &[T]) {
    /// What two huge pages hold; of less none may be whole.
    const LARGE: usize = 4 << 20;
    /// `madvise` wants the start of a page, however large pages are.
    const PAGE: usize = 1 << 16;
    let (start, bytes) = (column.as_ptr() as usize, size_of_val(column));
    let first = start.next_multiple_of(PAGE);
    if bytes >= LARGE {
        // SAFETY: the range lies within the column, and the advice changes no contents. It is no matter whether the
        // system follows it.
        unsafe { libc::madvise(first as *mut libc::c_void, start + bytes - first, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
pub fn ask<T>(_: &[T]) {}
