//! The cells of one population on one rank: columns of state, kernel, samples.

use std::ops::Range;

use pynn_core::backend::{LocalPopulation, Part, Samples};
use pynn_core::error::Result;
use pynn_core::network::Selection;
use pynn_core::population::PopulationId;
use pynn_core::time::Spike;

use crate::Native;
use crate::model::{Cells, Inputs, Receptor, Setup, Step};

/// The cells of one population on one rank.
pub(crate) struct Group {
    pub(crate) population: PopulationId,
    /// The number, among the engine's sources, of the population, if its spikes act on this rank.
    pub(crate) source: Option<usize>,
    pub(crate) first_gid: u32,
    size: usize,
    kernel: Box<dyn Step>,
    initial: Vec<Vec<f64>>,
    state: Vec<Vec<f64>>,
    receptors: Vec<Receptor>,
    /// For each receptor room for what arrives.
    input: Vec<Vec<f64>>,
    fired: Vec<u8>,
    /// The column of the potential.
    potential: Option<usize>,
    samplers: Vec<Sampler>,
}

/// Samples of some cells of one column.
struct Sampler {
    column: usize,
    cells: Selection,
    /// Steps from sample to sample.
    every: u32,
    values: Vec<f64>,
}

impl Group {
    /// The cells of `population`, whose inputs have no slots so far.
    pub(crate) fn new(part: &Part<'_>, population: &LocalPopulation<'_>) -> Result<Self> {
        let (model, size) = (population.model::<Native>(), population.cells.len());
        let receptors = population.spec.cell.receptors.len();
        let kernel = model.kernel(&Setup::new(population, part.timestep().ms()))?;
        let initial = model.initial(population)?;
        let mut samplers = Vec::new();
        for sampled in &population.spec.recording.sampled {
            let every = u32::try_from(sampled.every.steps_up(part.timestep())).unwrap_or(u32::MAX);
            let column = model.column(population, sampled.variable)?;
            let cells = population.recorded(sampled);
            samplers.push(Sampler { column, cells, every: every.max(1), values: Vec::new() });
        }
        Ok(Self {
            population: population.spec.id,
            source: None,
            first_gid: population.first_gid(),
            size,
            kernel,
            state: initial.clone(),
            initial,
            input: vec![vec![0.0; size]; receptors],
            receptors: (0..receptors)
                .map(|r| Receptor { first: 0, quantum: part.network.weight_quantum(population.spec.id, r) })
                .collect(),
            fired: vec![0; size],
            potential: model.potential(),
            samplers,
        })
    }

    /// How many receptors a cell has.
    pub(crate) fn receptors(&self) -> usize {
        self.receptors.len()
    }

    /// Gives receptor number `receptor` the slots from `first` on, and says where they end.
    pub(crate) fn place(&mut self, receptor: usize, first: usize) -> usize {
        self.receptors[receptor].first = first;
        first + self.size
    }

    /// The slots of receptor number `receptor`.
    pub(crate) fn receptor(&self, receptor: usize) -> Range<usize> {
        let first = self.receptors[receptor].first;
        first..first + self.size
    }

    /// Sets the current that electrodes inject into a cell from the next step on, nA; gives whether there can be any.
    #[must_use]
    pub(crate) fn inject(&mut self, cell: u32, current: f64) -> bool {
        self.kernel.inject(cell as usize, current)
    }

    /// The potentials, mV, if the kernel keeps them.
    pub(crate) fn potentials(&self) -> Option<&[f64]> {
        self.potential.map(|column| &*self.state[column])
    }

    /// Back to time 0.
    pub(crate) fn reset(&mut self) {
        for (column, initial) in self.state.iter_mut().zip(&self.initial) {
            column.copy_from_slice(initial);
        }
        self.kernel.start(&mut self.state);
        self.samplers.iter_mut().for_each(|sampler| sampler.values.clear());
        self.sample(0);
    }

    /// One step: takes its inputs from `inputs`, leaves zeros there, and appends the spikes to `out`.
    pub(crate) fn step(&mut self, step: u32, inputs: &mut [i64], out: &mut Vec<Spike>) {
        let inputs =
            Inputs { sums: inputs, receptors: &self.receptors, columns: &mut self.input, size: self.size };
        self.kernel.step(Cells { state: &mut self.state, inputs, fired: &mut self.fired, step });
        scan(&mut self.fired, |index| out.push(Spike { step, gid: self.first_gid + index }));
        self.sample(step);
    }

    fn sample(&mut self, step: u32) {
        for sampler in self.samplers.iter_mut().filter(|sampler| step.is_multiple_of(sampler.every)) {
            sampler.take(&self.state);
        }
    }

    /// Gives out the samples.
    pub(crate) fn drain(&mut self, take: &mut dyn FnMut(Samples<'_>)) {
        for (variable, sampler) in self.samplers.iter_mut().enumerate().filter(|(_, s)| !s.values.is_empty())
        {
            take(Samples { population: self.population, variable, values: &sampler.values });
            sampler.values.clear();
        }
    }

    /// Makes the kernel anew, from parameters that have changed; the state stays.
    pub(crate) fn renew(&mut self, part: &Part<'_>, population: &LocalPopulation<'_>) -> Result<()> {
        let model = population.model::<Native>();
        self.kernel = model.kernel(&Setup::new(population, part.timestep().ms()))?;
        Ok(())
    }

    /// Takes over new initial values of state variable number `state`, which `cells` have from now on.
    pub(crate) fn initialize(
        &mut self,
        population: &LocalPopulation<'_>,
        state: usize,
        cells: &[usize],
        now: u32,
    ) -> Result<()> {
        let column = population.model::<Native>().state_column(population, state)?;
        let initial = population.initial(state)?;
        cells.iter().for_each(|&cell| self.state[column][cell] = initial[cell]);
        self.initial[column] = initial;
        // The samples of time 0, unless they are given out already.
        let at_zero = |sampler: &&mut Sampler| now == 0 && !sampler.values.is_empty();
        for sampler in self.samplers.iter_mut().filter(at_zero) {
            sampler.values.clear();
            sampler.take(&self.state);
        }
        Ok(())
    }

    /// The values that state variable number `state` has now.
    pub(crate) fn state(&self, population: &LocalPopulation<'_>, state: usize) -> Result<Vec<f64>> {
        let column = population.model::<Native>().state_column(population, state)?;
        Ok(self.state[column].clone())
    }

    /// What inputs by receptor number `receptor` are multiples of.
    pub(crate) fn quantum(&self, receptor: usize) -> f64 {
        self.receptors[receptor].quantum
    }

    /// Takes over the resolution of weights, which has changed with the weights.
    pub(crate) fn measure(&mut self, part: &Part<'_>) {
        for (number, receptor) in self.receptors.iter_mut().enumerate() {
            receptor.quantum = part.network.weight_quantum(self.population, number);
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let columns = 2 * self.state.len() + self.input.len();
        self.size * (columns * size_of::<f64>() + 1)
    }
}

impl Sampler {
    fn take(&mut self, state: &[Vec<f64>]) {
        let column = &state[self.column];
        match &self.cells {
            Selection::Range(cells) => self.values.extend_from_slice(&column[cells.clone()]),
            Selection::List(cells) => self.values.extend(cells.iter().map(|cell| column[*cell as usize])),
        }
    }
}

/// Calls `fired` for each cell whose mark is not 0, in order, and takes the marks away.
#[inline]
fn scan(marks: &mut [u8], mut fired: impl FnMut(u32)) {
    // Few cells fire in a step: most chunks are done with one comparison.
    const CHUNKS: [usize; 2] = [512, 64];
    let none = |marks: &[u8]| marks.iter().fold(0, |any, mark| any | mark) == 0;
    for (first, marks) in (0..).step_by(CHUNKS[0]).zip(marks.chunks_mut(CHUNKS[0])) {
        if none(marks) {
            continue;
        }
        for (first, marks) in (first..).step_by(CHUNKS[1]).zip(marks.chunks_mut(CHUNKS[1])) {
            if none(marks) {
                continue;
            }
            for (index, mark) in (first..).zip(marks).filter(|(_, mark)| **mark != 0) {
                fired(index);
                *mark = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_finds_every_mark_once() {
        let mut marks = vec![0; 1200];
        for index in [0, 63, 64, 130, 511, 512, 1199] {
            marks[index] = 1;
        }
        let mut found = Vec::new();
        scan(&mut marks, |index| found.push(index));
        assert_eq!(found, [0, 63, 64, 130, 511, 512, 1199]);
        assert!(marks.iter().all(|mark| *mark == 0));
    }
}
