//! Endings of processes that a launcher started and that cannot end in an `Err`.

use std::time::Duration;

/// A program without MPI under an MPI launcher.
#[cfg(not(feature = "mpi"))]
pub(crate) const WITHOUT_MPI: i32 = 64;
/// A program of one MPI under the launcher of another.
#[cfg(feature = "mpi")]
pub(crate) const OTHER_MPI: i32 = 67;
/// A rank that panicked where nobody catches it.
#[cfg(feature = "mpi")]
pub(crate) const PANIC: i32 = 70;
/// A rank that failed.
#[cfg(feature = "mpi")]
pub(crate) const FAILED: i32 = 2;

/// How long the other processes leave the one that speaks: launchers end all when the first one ends.
const LINGER: Duration = Duration::from_secs(2);

/// Ends this process with `code` and `text` if it is not ended before: rank 0 has the same reason, and speaks.
#[cfg(feature = "mpi")]
pub(crate) fn exit_after_rank_0(text: &str, code: i32) -> ! {
    std::thread::sleep(LINGER);
    say(text);
    std::process::exit(code)
}

/// Ends this process with `code`; of all processes that do so, the first one says why.
pub(crate) fn exit_together(rank: usize, text: &str, code: i32) -> ! {
    if rank == 0 {
        say(text);
    } else {
        std::thread::sleep(LINGER);
    }
    std::process::exit(code)
}

#[allow(clippy::print_stderr, reason = "the process ends without returning to its main function")]
pub(crate) fn say(text: &str) {
    eprintln!("error: {text}");
}
