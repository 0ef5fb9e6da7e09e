//! What the driver asks of the ranks, and how it travels.

use std::sync::Arc;

use pynn_core::change::SynapseValue;
use pynn_core::error::Result;
use pynn_core::population::{ElectrodeId, PopulationId, ProjectionId};
#[cfg(any(test, feature = "mpi"))]
use pynn_core::time::Tick;

use crate::clock::Span;
#[cfg(any(test, feature = "mpi"))]
use crate::wire::Reader;

/// What a rank answers: words, whose meaning the command tells.
pub(crate) type Answer = Result<Vec<u64>>;

/// What is asked of every rank.
#[derive(Clone, Debug, PartialEq)]
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
    /// New values between runs; the answer is a result of its own, since it may be refused.
    Set { object: Object, values: Values },
    /// Takes back what the last [`Set`](Self::Set) set, since another rank refused it.
    Undo,
    /// The values that the rank has of something between runs; the answer is a result of its own.
    Get(Object),
    /// The potentials that the rank's cells have now and other ranks need, by channel; the bits of one a word.
    Potentials,
    /// The answers of all ranks to [`Potentials`](Self::Potentials), before a run.
    Meet(Arc<[u64]>),
    /// No more commands. `failed`: the ranks are in no state to say goodbye to each other.
    End { failed: bool },
}

/// What has values that can be set or read between runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    /// A parameter of all cells of a population.
    Parameter(PopulationId, usize),
    /// A state variable. Set: initial values of all cells; places are the cells that take them now, none for all.
    /// Read: the bits of the values of the cells that live on the rank.
    State(PopulationId, usize),
    /// Spike times; places are how many each cell has.
    SpikeTimes(PopulationId),
    /// A value of the connections of a projection. Set: rank by rank in the order in which they are emitted; places are
    /// how many each rank has, or how many there are of gap junctions, in the order of targets. Read: target, source, bits of the value.
    Synapses(ProjectionId, SynapseValue),
    /// The numbers of an electrode's source.
    Electrode(ElectrodeId),
}

/// New values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Values {
    /// One for all, or one each.
    pub(crate) numbers: Arc<[f64]>,
    /// Which they belong to; [`Object`] tells how.
    pub(crate) places: Arc<[u64]>,
}

impl Command {
    /// Whether silence may be judged: ranks show signs of life while they run.
    pub(crate) fn is_watched(&self) -> bool {
        !matches!(
            self,
            Self::Build { .. }
                | Self::Reset
                | Self::Set { .. }
                | Self::Undo
                | Self::Get(_)
                | Self::Potentials
                | Self::Meet(_)
        )
    }
}

/// As they travel between processes.
#[cfg(any(test, feature = "mpi"))]
impl Command {
    pub(crate) fn words(&self) -> Vec<u64> {
        match self {
            Self::Build { digest } => vec![0, *digest],
            Self::Run(span) => vec![1, span.start.0 as u64, span.end.0 as u64],
            Self::Spikes { population, segment } => vec![2, population.0 as u64, *segment as u64],
            Self::Samples { population, variable, segment } => {
                vec![3, population.0 as u64, *variable as u64, *segment as u64]
            }
            Self::Statistics => vec![4],
            Self::Reset => vec![5],
            Self::End { failed } => vec![6, u64::from(*failed)],
            Self::Set { object, values } => {
                let mut words = vec![7];
                words.extend(object.words());
                words.push(values.numbers.len() as u64);
                words.extend(values.numbers.iter().map(|number| number.to_bits()));
                words.push(values.places.len() as u64);
                words.extend_from_slice(&values.places);
                words
            }
            Self::Get(object) => [&[8], &object.words()[..]].concat(),
            Self::Potentials => vec![9],
            Self::Meet(potentials) => [&[10], &potentials[..]].concat(),
            Self::Undo => vec![11],
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
            7 => {
                let object = Object::of([number()?, number()?, number()?])?;
                let mut list = || {
                    let count = reader.word()?;
                    reader.words(count)
                };
                let numbers = list()?.iter().map(|bits| f64::from_bits(*bits)).collect();
                Self::Set { object, values: Values { numbers, places: list()?.into() } }
            }
            8 => Self::Get(Object::of([number()?, number()?, number()?])?),
            9 => Self::Potentials,
            10 => Self::Meet(words[1..].into()),
            11 => Self::Undo,
            _ => return None,
        })
    }
}

#[cfg(any(test, feature = "mpi"))]
impl Object {
    fn words(self) -> [u64; 3] {
        match self {
            Self::Parameter(population, index) => [0, population.0 as u64, index as u64],
            Self::State(population, index) => [1, population.0 as u64, index as u64],
            Self::SpikeTimes(population) => [2, population.0 as u64, 0],
            Self::Synapses(projection, value) => {
                let value = match value {
                    SynapseValue::Weight => 0,
                    SynapseValue::Delay => 1,
                    SynapseValue::Parameter(index) => 2 + index as u64,
                };
                [3, projection.0 as u64, value]
            }
            Self::Electrode(electrode) => [4, electrode.0 as u64, 0],
        }
    }

    fn of([kind, object, index]: [u64; 3]) -> Option<Self> {
        let (object, index) = (object as usize, index as usize);
        Some(match kind {
            0 => Self::Parameter(PopulationId(object), index),
            1 => Self::State(PopulationId(object), index),
            2 => Self::SpikeTimes(PopulationId(object)),
            3 => {
                let value = match index {
                    0 => SynapseValue::Weight,
                    1 => SynapseValue::Delay,
                    more => SynapseValue::Parameter(more - 2),
                };
                Self::Synapses(ProjectionId(object), value)
            }
            4 => Self::Electrode(ElectrodeId(object)),
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
        let values = Values { numbers: [1.5, -0.0].into(), places: [4, u64::MAX, 6].into() };
        let none = Values { numbers: [].into(), places: [].into() };
        for command in [
            Command::Build { digest: u64::MAX },
            Command::Run(Span::new(Tick(-1), Tick(7))),
            Command::Spikes { population, segment: 1 },
            Command::Samples { population, variable: 2, segment: 0 },
            Command::Statistics,
            Command::Reset,
            Command::Set { object: Object::Parameter(population, 2), values: values.clone() },
            Command::Set { object: Object::State(population, 1), values: none },
            Command::Set { object: Object::SpikeTimes(population), values: values.clone() },
            Command::Set { object: Object::Electrode(ElectrodeId(5)), values },
            Command::Get(Object::Synapses(ProjectionId(7), SynapseValue::Weight)),
            Command::Get(Object::Synapses(ProjectionId(7), SynapseValue::Delay)),
            Command::Get(Object::Synapses(ProjectionId(7), SynapseValue::Parameter(1))),
            Command::Potentials,
            Command::Meet([7, u64::MAX].into()),
            Command::Undo,
            Command::End { failed: true },
        ] {
            assert_eq!(Command::of(&command.words()), Some(command));
        }
        for bad in [&[12][..], &[1, 2], &[7, 0, 0, 0, 2, 1], &[7, 0, 0, 0, 0], &[8, 5, 0, 0]] {
            assert_eq!(Command::of(bad), None, "{bad:?}");
        }
    }
}
