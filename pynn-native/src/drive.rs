//! Poisson input that the engine draws itself.
//!
//! A Poisson source that reaches one cell by a connection of its own need not be a source of events: the engine draws
//! the same counts (the words are numbered by global id and step) where they are used, for many cells at once.

use std::ops::Range;

use pynn_core::backend::{Draw, LocalPopulation, Part};
use pynn_core::cells::{POISSON_STEPS as BLOCK, PoissonTable, active_steps, poisson_uppers};
use pynn_core::error::{Error, Result};
use pynn_core::network::{EndPart, Network, PopulationKind, ProjectionSpec};
use pynn_core::population::PopulationId;
use pynn_core::source::Sources;
use pynn_core::values::SynapseColumn;

use crate::build::Onto;
use crate::kernels::poisson;

/// Whether [`Drive`] takes over the projection. A function of the description alone.
pub(crate) fn is_drive(network: &Network, projection: &ProjectionSpec) -> bool {
    let [EndPart { population, .. }] = projection.source.parts() else { return false };
    let source = &network.populations()[population.0];
    matches!(source.kind, PopulationKind::Source(Sources::Poisson))
        && projection.family.info().name == "StaticSynapse"
        && projection.connector.name() == "OneToOne"
        && matches!(projection.values.delay, SynapseColumn::Constant(_))
        && projection.connector.listed_delays().is_none()
        && network.simulator_of(source.id).timestep == network.target_simulator(projection).timestep
}

/// The Poisson input of one projection.
pub(crate) struct Drive {
    key: [u32; 2],
    delay: u32,
    /// The sources, in the order of `slots`.
    gids: Vec<u32>,
    slots: Slots,
    weights: Weights,
    source: PopulationId,
    /// The rates, each from a step on; the first from step 0. More than one while spikes of the time before the last
    /// change are under way.
    rates: Vec<(u32, Rates)>,
    /// The block whose spikes arrive, and the next, of which some may be drawn already.
    block: Block,
    next: Block,
}

/// The spikes of a block of steps.
#[derive(Default)]
struct Block {
    number: Option<u32>,
    /// The first so many sources are drawn.
    drawn: usize,
    /// Spikes of each source in each step.
    counts: [Vec<u16>; BLOCK as usize],
}

/// Sources that are drawn in one go while a rank waits: some microseconds.
const PIECE: usize = 512;

enum Slots {
    /// Consecutive slots.
    Range(Range<usize>),
    List(Vec<u32>),
}

enum Weights {
    Same(i32),
    Each(Vec<i32>),
}

/// Rates and times of activity.
enum Rates {
    /// The same for all.
    Same(PoissonTable, Range<u32>),
    /// The tables that occur; for each source the number of its table and its steps.
    Each(Vec<PoissonTable>, Vec<(u32, Range<u32>)>),
}

impl Drive {
    pub(crate) fn new(part: &Part<'_>, onto: &Onto<'_>) -> Result<Self> {
        let (mut gids, mut slots, mut weights, mut delay) = (Vec::new(), Vec::new(), Vec::new(), 1);
        let mut failed = None;
        onto.projection.connect(Draw::All, &mut |row| {
            for (k, source) in row.sources.iter().enumerate() {
                gids.push(onto.projection.source_gid(*source));
                slots.push(onto.slots.start + row.target);
                delay = row.delays.get(k);
                match onto.quanta(row.weights.get(k)) {
                    Ok(weight) => weights.push(weight),
                    Err(error) => failed = failed.take().or(Some(error)),
                }
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        let source = onto.projection.source_part().population;
        let rates = vec![(0, Rates::new(part, &whole(part, source)?, &gids)?)];
        let same = weights.windows(2).all(|pair| pair[0] == pair[1]);
        Ok(Self {
            key: part.network.source_key(source).words(),
            delay,
            weights: if same {
                Weights::Same(weights.first().copied().unwrap_or(0))
            } else {
                Weights::Each(weights)
            },
            slots: Slots::new(slots),
            source,
            rates,
            block: Block::of(gids.len()),
            next: Block::of(gids.len()),
            gids,
        })
    }

    pub(crate) fn reset(&mut self) {
        self.forget();
        self.rates.drain(..self.rates.len() - 1);
        self.rates[0].0 = 0;
    }

    /// Whether its sources are of `population`.
    pub(crate) fn is_from(&self, population: PopulationId) -> bool {
        self.source == population
    }

    /// Takes over the parameters of the sources, which have changed when `now` steps were done.
    pub(crate) fn renew(&mut self, part: &Part<'_>, now: u32) -> Result<()> {
        let rates = Rates::new(part, &whole(part, self.source)?, &self.gids)?;
        // Spikes of the last `delay` steps arrive from now on.
        let oldest = now.saturating_sub(self.delay);
        let past = self.rates.iter().skip(1).take_while(|(from, _)| *from <= oldest).count();
        self.rates.drain(..past);
        self.rates.retain(|(from, _)| *from <= now);
        self.rates.push((now + 1, rates));
        self.forget();
        Ok(())
    }

    /// Forgets what is drawn.
    fn forget(&mut self) {
        (self.block.number, self.next.number) = (None, None);
    }

    /// Takes the rates of `old`, whose sources are the same.
    pub(crate) fn keep_rates(&mut self, old: &mut Self) {
        std::mem::swap(&mut self.rates, &mut old.rates);
    }

    /// Adds what arrives at the end of `step`, and says how many spikes that were.
    pub(crate) fn deliver(&mut self, step: u32, inputs: &mut [i64]) -> u64 {
        let Some(sent) = step.checked_sub(self.delay).filter(|sent| *sent > 0) else { return 0 };
        if self.block.number != Some(sent / BLOCK) {
            std::mem::swap(&mut self.block, &mut self.next);
            let mut block = std::mem::take(&mut self.block);
            self.draw(&mut block, sent / BLOCK, self.gids.len());
            self.block = block;
        }
        let counts = &self.block.counts[(sent % BLOCK) as usize];
        let mut total = 0;
        match (&self.slots, &self.weights) {
            (Slots::Range(slots), Weights::Same(weight)) => {
                poisson::add_same(counts, *weight, &mut inputs[slots.clone()], &mut total)
            }
            (Slots::Range(slots), Weights::Each(weights)) => {
                poisson::add_each(counts, weights, &mut inputs[slots.clone()], &mut total)
            }
            (Slots::List(slots), weights) => {
                for (k, (slot, count)) in slots.iter().zip(counts).enumerate() {
                    let weight = match weights {
                        Weights::Same(weight) => *weight,
                        Weights::Each(weights) => weights[k],
                    };
                    inputs[*slot as usize] += i64::from(*count) * i64::from(weight);
                    total += u64::from(*count);
                }
            }
        }
        total
    }

    /// Draws a piece of the block after that whose spikes arrive, and says whether there was one to draw.
    pub(crate) fn draw_ahead(&mut self) -> bool {
        let number = self.block.number.map(|number| number + 1).filter(|next| *next <= u32::MAX / BLOCK);
        let Some(number) = number else { return false };
        if self.next.number == Some(number) && self.next.drawn == self.gids.len() {
            return false;
        }
        let mut next = std::mem::take(&mut self.next);
        self.draw(&mut next, number, PIECE);
        self.next = next;
        true
    }

    /// Draws at most `most` more sources of `block`, which is or becomes that of number `number`.
    fn draw(&self, block: &mut Block, number: u32, most: usize) {
        if block.number != Some(number) {
            (block.number, block.drawn) = (Some(number), 0);
        }
        let cells = block.drawn..self.gids.len().min(block.drawn + most);
        block.drawn = cells.end;
        let first = number * BLOCK;
        let in_force = self.rates.partition_point(|(from, _)| *from <= first).max(1) - 1;
        let counts = block.counts.each_mut().map(|counts| &mut counts[cells.clone()]);
        self.draw_by(in_force, number, cells.clone(), counts);
        for later in in_force + 1..self.rates.len() {
            let from = self.rates[later].0;
            if from > first + (BLOCK - 1) {
                break;
            }
            let mut others = Block::of(cells.len()).counts;
            self.draw_by(later, number, cells.clone(), others.each_mut().map(Vec::as_mut_slice));
            for (counts, others) in block.counts.iter_mut().zip(&others).skip((from % BLOCK) as usize) {
                counts[cells.clone()].copy_from_slice(others);
            }
        }
    }

    /// Draws `cells` of block number `block` by the rates number `number`.
    fn draw_by(&self, number: usize, block: u32, cells: Range<usize>, mut all: [&mut [u16]; BLOCK as usize]) {
        let gids = &self.gids[cells.clone()];
        let steps = poisson::steps(block);
        match &self.rates[number].1 {
            Rates::Same(table, active) => {
                poisson::draw(self.key, block, gids, table, all.each_mut().map(|counts| &mut **counts));
                for (step, counts) in steps.zip(all) {
                    if !active.contains(&step) {
                        counts.fill(0);
                    }
                }
            }
            Rates::Each(tables, each) => {
                for (k, (gid, (table, active))) in gids.iter().zip(&each[cells]).enumerate() {
                    let (table, uppers) = (&tables[*table as usize], poisson_uppers(self.key, *gid, block));
                    for (step, (counts, upper)) in steps.clone().zip(all.iter_mut().zip(uppers)) {
                        counts[k] = if active.contains(&step) {
                            poisson::count(self.key, step, *gid, table, upper)
                        } else {
                            0
                        };
                    }
                }
            }
        }
    }

    pub(crate) fn synapses(&self) -> usize {
        self.gids.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        let slots = if matches!(self.slots, Slots::List(_)) { 4 } else { 0 };
        let weights = if matches!(self.weights, Weights::Each(_)) { 4 } else { 0 };
        self.gids.len()
            * (size_of::<u32>() + 2 * self.block.counts.len() * size_of::<u16>() + slots + weights)
    }
}

/// All cells of the source population `id`.
fn whole<'n>(part: &Part<'n>, id: PopulationId) -> Result<LocalPopulation<'n>> {
    let simulator = part.network.populations()[id.0].simulator;
    let all = Part { simulator, share: 0, shares: 1, ..*part };
    let mut sources = all.sources();
    sources
        .find(|source| source.spec.id == id)
        .ok_or_else(|| Error::description("a drive needs a spike source"))
}

impl Block {
    /// None yet, of so many sources.
    fn of(sources: usize) -> Self {
        Self { counts: std::array::from_fn(|_| vec![0; sources]), ..Self::default() }
    }
}

impl Slots {
    fn new(slots: Vec<u32>) -> Self {
        if slots.windows(2).all(|pair| pair[0] + 1 == pair[1]) {
            let first = slots.first().copied().unwrap_or(0) as usize;
            return Self::Range(first..first + slots.len());
        }
        Self::List(slots)
    }
}

impl Rates {
    fn new(part: &Part<'_>, source: &LocalPopulation<'_>, gids: &[u32]) -> Result<Self> {
        let step_seconds = part.timestep().ms() * 1e-3;
        let columns = (source.parameter(0)?, source.parameter(1)?, source.parameter(2)?);
        let constant = (0..3).all(|index| source.constant_parameter(index).is_some());
        let steps = |cell: usize| active_steps(columns.1[cell], columns.2[cell], part.timestep());
        if constant && !columns.0.is_empty() {
            return Ok(Self::Same(PoissonTable::new(columns.0[0] * step_seconds), steps(0)));
        }
        let (mut tables, mut cells, mut last) = (Vec::new(), Vec::with_capacity(gids.len()), f64::NAN);
        for gid in gids {
            let cell = (gid - source.spec.first_gid) as usize;
            if columns.0[cell].to_bits() != last.to_bits() {
                last = columns.0[cell];
                tables.push(PoissonTable::new(last * step_seconds));
            }
            let table = u32::try_from(tables.len() - 1).expect("cells are numbered by 32 bits");
            cells.push((table, steps(cell)));
        }
        Ok(Self::Each(tables, cells))
    }
}
