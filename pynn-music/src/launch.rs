//! Whether this process was started by an MPI launcher, as its environment tells.

/// The launcher's view of this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The launcher, as a user calls it.
    pub launcher: &'static str,
    /// This process.
    pub rank: usize,
    /// How many processes.
    pub size: usize,
}

/// Names: launcher, and its environment variables for rank and size.
const LAUNCHERS: [[&str; 3]; 3] = [
    ["Open MPI mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"],
    ["MPICH mpiexec", "PMI_RANK", "PMI_SIZE"],
    // Not SLURM_NTASKS: plain batch shells have it too.
    ["srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"],
];

impl Launch {
    /// How this process was launched, if by one of several.
    #[must_use]
    pub fn detect() -> Option<Self> {
        Self::from(|name| std::env::var(name).ok()).filter(|launch| launch.size > 1)
    }

    fn from(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let number = |name| variable(name)?.trim().parse::<usize>().ok();
        LAUNCHERS.iter().find_map(|&[launcher, rank, size]| {
            Some(Self { launcher, rank: number(rank)?, size: number(size)? })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(variables: &[(&str, &str)]) -> Option<Launch> {
        Launch::from(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn launchers_are_known_by_their_variables() {
        let open = launch(&[("OMPI_COMM_WORLD_RANK", "2"), ("OMPI_COMM_WORLD_SIZE", "4")]).unwrap();
        assert_eq!((open.launcher, open.rank, open.size), ("Open MPI mpirun", 2, 4));
        let slurm = launch(&[("SLURM_PROCID", "0"), ("SLURM_STEP_NUM_TASKS", "8")]).unwrap();
        assert_eq!((slurm.launcher, slurm.size), ("srun", 8));
    }

    #[test]
    fn a_batch_shell_is_no_launch() {
        assert_eq!(launch(&[("SLURM_PROCID", "0"), ("SLURM_NTASKS", "8")]), None);
        assert_eq!(launch(&[("PMIX_RANK", "0")]), None);
        assert_eq!(launch(&[]), None);
    }
}
