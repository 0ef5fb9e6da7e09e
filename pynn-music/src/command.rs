//! What the driver asks of the ranks, and how it travels.

use pynn_core::error::Result;
use pynn_core::population::PopulationId;
#[cfg(any(test, feature = "mpi"))]
use pynn_core::time::Tick;

use crate::clock::Span;
#[cfg(any(test, feature = "mpi"))]
use crate::wire::Reader;

/// What a rank answers: words, whose meaning the command tells.
pub(crate) type Answer = Result<Vec<u64>>;

/// What is asked of every rank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Build the simulator, if the description has this digest.
    Build { digest: u64 },
    /// Run; the answer is empty.
    Run(Span),
    /// The recorded spikes, one a word.
    Spikes { population: PopulationId, segment: usize },
    /// The samples of one variable, the bits of one value a word.
    Samples { population: PopulationId, variable: usize, segment: usize },
    /// Numbers; see [`statistics`](crate::statistics).
    Statistics,
    /// Back to time 0, in a new segment.
    Reset,
    /// No more commands. `failed`: the ranks are in no state to say goodbye to each other.
    End { failed: bool },
}

impl Command {
    /// Whether silence may be judged: ranks show signs of life while they run.
    pub(crate) fn is_watched(&self) -> bool {
        !matches!(self, Self::Build { .. } | Self::Reset)
    }
}

/// As they travel between processes.
#[cfg(any(test, feature = "mpi"))]
impl Command {
    pub(crate) fn words(&self) -> Vec<u64> {
        match *self {
            Self::Build { digest } => vec![0, digest],
            Self::Run(span) => vec![1, span.start.0 as u64, span.end.0 as u64],
            Self::Spikes { population, segment } => vec![2, population.0 as u64, segment as u64],
            Self::Samples { population, variable, segment } => {
                vec![3, population.0 as u64, variable as u64, segment as u64]
            }
            Self::Statistics => vec![4],
            Self::Reset => vec![5],
            Self::End { failed } => vec![6, u64::from(failed)],
        }
    }

    pub(crate) fn of(words: &[u64]) -> Option<Self> {
        let mut reader = Reader(words);
        let mut number = || reader.word();
        Some(match number()? {
            0 => Self::Build { digest: number()? },
            1 => Self::Run(Span::new(Tick(number()? as i64), Tick(number()? as i64))),
            2 => Self::Spikes { population: PopulationId(number()? as usize), segment: number()? as usize },
            3 => Self::Samples {
                population: PopulationId(number()? as usize),
                variable: number()? as usize,
                segment: number()? as usize,
            },
            4 => Self::Statistics,
            5 => Self::Reset,
            6 => Self::End { failed: number()? != 0 },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_survive_their_words() {
        let population = PopulationId(3);
        for command in [
            Command::Build { digest: u64::MAX },
            Command::Run(Span::new(Tick(-1), Tick(7))),
            Command::Spikes { population, segment: 1 },
            Command::Samples { population, variable: 2, segment: 0 },
            Command::Statistics,
            Command::Reset,
            Command::End { failed: true },
        ] {
            assert_eq!(Command::of(&command.words()), Some(command));
        }
        assert_eq!(Command::of(&[9]), None);
        assert_eq!(Command::of(&[1, 2]), None);
    }
}
