//! The processor cores that ranks share.

/// As many cores can be told apart.
#[cfg(any(test, feature = "mpi"))]
const CORES: usize = 1024;

/// A bit for each core.
#[cfg(any(test, feature = "mpi"))]
pub(crate) type Cores = [u64; CORES / 64];

/// Keeps what is written on one core off the cache lines of another.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Padded<T>(pub(crate) T);

/// How many cores this process may use.
pub(crate) fn available() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The cores on which this process may run; none where the system does not tell.
#[cfg(feature = "mpi")]
pub(crate) fn allowed() -> Cores {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed:"));
    line.map_or([0; CORES / 64], |mask| of_mask(mask.trim()))
}

/// The cores of a mask as Linux writes it: groups of 32 bits in hexadecimal digits, the last cores first.
#[cfg(any(test, feature = "mpi"))]
fn of_mask(mask: &str) -> Cores {
    let mut cores = [0; CORES / 64];
    for (group, digits) in mask.rsplit(',').enumerate().take(CORES / 32) {
        cores[group / 2] |= u64::from_str_radix(digits, 16).unwrap_or(0) << (group % 2 * 32);
    }
    cores
}

/// How many cores.
#[cfg(any(test, feature = "mpi"))]
pub(crate) fn count(cores: &Cores) -> usize {
    cores.iter().map(|group| group.count_ones() as usize).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_of_cores_is_read_from_its_end() {
        assert_eq!(of_mask("3")[0], 3);
        let cores = of_mask("f0,00000001,80000000");
        assert_eq!(cores[..2], [0x1_8000_0000, 0xf0]);
        assert_eq!(count(&cores), 6);
    }

    #[test]
    fn a_mask_of_more_cores_than_can_be_told_apart_loses_only_those() {
        let mask = vec!["ffffffff"; 40].join(",");
        assert_eq!(count(&of_mask(&mask)), CORES);
    }

    #[test]
    fn there_is_a_core() {
        assert!(available() > 0);
    }
}
