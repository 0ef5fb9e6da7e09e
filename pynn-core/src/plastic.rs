//! Synapses that change: depressing, stochastic, plastic ones. Every backend computes them by this, so each transmits the
//! same weights, and a synapse is the same synapse wherever its target lives.
//!
//! | part | where |
//! |---|---|
//! | what a synapse type is lowered to | [`Synapse`], [`Rule`] |
//! | depression, facilitation, release by chance | `short_term` |
//! | rules of the spikes' times | `stdp` |
//! | for a backend with inputs of its own | [`Tables`] |
//! | for a simulator that is given weights as they arrive | [`Arriving`] |
//!
//! A table holds one projection by source, sorted by delay, a segment of equal delay at a time. What the rule remembers of
//! the source's spikes is kept by segment, since a spike reaches each segment at a time of its own. Everything happens
//! where the target lives, when a spike arrives, in an order that the spikes' times alone decide.
//!
//! Post-synaptic spikes are kept until every synapse onto their cell has looked at them. A source that is silent for
//! long would hold them up: then all synapses are brought up to date, which changes when a weight is computed, not what.

mod arriving;
mod build;
mod counts;
mod history;
mod lowered;
mod pairs;
mod posts;
mod rule;
mod short_term;
mod stdp;

use std::ops::Range;

use crate::backend::{Backend, LocalProjection, Part};
use crate::error::Result;
use crate::population::{PopulationId, ProjectionId};
use crate::time::Spike;

pub use arriving::{Arrival as Arrived, Arriving};
pub use history::History;
pub use lowered::{Rule, Synapse};
pub use short_term::{Resources, Tsodyks};
pub use stdp::{Pair, Vogels};

use posts::Posts;
use rule::{Incoming, Kept, Synapses};

/// A projection, and where its targets' inputs are.
#[derive(Clone, Debug)]
pub struct Onto<'n> {
    /// The projection, from one population.
    pub projection: LocalProjection<'n>,
    /// The slots of the cells that live here of the target population, for the projection's receptor.
    pub slots: Range<u32>,
    /// What inputs are multiples of.
    pub quantum: f64,
}

/// The synapses of one projection.
#[derive(Debug)]
struct Plastic {
    projection: ProjectionId,
    /// Where the part of the source end that it is from starts, and that of the target end: two parts may be of one population.
    parts: [u32; 2],
    source: PopulationId,
    target: PopulationId,
    /// The number of `source` among those that [`Tables::link`] was told.
    from: usize,
    first_source_gid: u32,
    first_target_gid: u32,
    layout: Layout,
    /// The slots of the targets.
    slots: std::ops::Range<usize>,
    /// One over what inputs are multiples of.
    per_quantum: f64,
    weights: Vec<f64>,
    /// The weights at time 0, of a rule that changes them.
    initial: Vec<f64>,
    /// The weights as last transmitted, once weights have run ahead of that.
    shown: Option<Vec<f64>>,
    trains: Trains,
    rule: Kept,
}

/// Which synapses there are.
#[derive(Debug)]
struct Layout {
    /// The delays that occur, in steps, ascending.
    delays: Vec<u32>,
    /// Where the segment of delay number `d` of row `r` starts: `starts[r * delays.len() + d]`, and one more at the end.
    starts: Vec<u32>,
    /// Where each synapse ends: the index of a cell among those of its population that live here.
    targets: Vec<u32>,
    /// How many synapses between the same two cells come before, where there is any such.
    copies: Vec<u8>,
}

impl Layout {
    #[inline]
    fn segment(&self, row: u32, delay: usize) -> (usize, std::ops::Range<usize>) {
        let at = row as usize * self.delays.len() + delay;
        (at, self.starts[at] as usize..self.starts[at + 1] as usize)
    }
}

/// The spikes that have come to each segment.
#[derive(Debug)]
struct Trains {
    /// The step of the last one; 0 for none.
    last: Vec<u32>,
    /// How many came before it in the same step.
    repeats: Vec<u8>,
}

impl Trains {
    fn new(segments: usize) -> Self {
        Self { last: vec![0; segments], repeats: vec![0; segments] }
    }

    fn reset(&mut self) {
        self.last.fill(0);
        self.repeats.fill(0);
    }

    /// Notes a spike of `step`, and says what was before.
    #[inline]
    fn next(&mut self, segment: usize, step: u32) -> Before {
        let last = std::mem::replace(&mut self.last[segment], step);
        let repeats = self.repeats[segment];
        let repeat = if last == step { repeats.saturating_add(1) } else { 0 };
        self.repeats[segment] = repeat;
        Before { last, repeats, repeat }
    }
}

/// What came to a segment before a spike.
struct Before {
    /// The step of the last spike; 0 for none.
    last: u32,
    /// How many came before that one in its step.
    repeats: u8,
    /// How many came before the new one in its own step.
    repeat: u8,
}

/// Where transmitted weights go, and what changes them.
struct Arrival<'a> {
    /// The step of the spike.
    sent: u32,
    /// The inputs of the targets.
    inputs: &'a mut [i64],
    per_quantum: f64,
    posts: &'a [Posts],
}

impl Arrival<'_> {
    /// Adds a weight to the input of a target.
    #[inline(always)]
    fn transmit(&mut self, target: u32, weight: f64) {
        // 1.5 * 2^52, whose last bits count ones: the sum is rounded to an integer, to even at a tie.
        const MAGIC: f64 = 6_755_399_441_055_744.0;
        let rounded = weight * self.per_quantum + MAGIC;
        self.inputs[target as usize] += (rounded.to_bits() as i64).wrapping_sub(MAGIC.to_bits() as i64);
    }
}

impl Plastic {
    /// Delivers what arrives at the end of `step` of the spikes in `history`, and says how many events that were.
    fn deliver(&mut self, history: &History, step: u32, inputs: &mut [i64], posts: &[Posts]) -> u64 {
        let mut events = 0;
        let inputs = &mut inputs[self.slots.clone()];
        for number in 0..self.layout.delays.len() {
            let Some(sent) = step.checked_sub(self.layout.delays[number]).filter(|sent| *sent > 0) else {
                break;
            };
            let rows = history.at(i64::from(sent));
            let mut arrival = Arrival { sent, inputs, per_quantum: self.per_quantum, posts };
            for &row in rows {
                let (segment, synapses) = self.layout.segment(row, number);
                if synapses.is_empty() {
                    continue;
                }
                events += synapses.len() as u64;
                let before = self.trains.next(segment, sent);
                let source = self.first_source_gid + row;
                let synapses = Synapses {
                    layout: &self.layout,
                    weights: &mut self.weights,
                    shown: self.shown.as_deref_mut(),
                    first_gid: self.first_target_gid,
                    range: synapses,
                };
                self.rule.arrive(&Incoming { number, segment, source, before }, synapses, &mut arrival);
            }
        }
        events
    }

    /// Whether source `row` has a delay of at most `steps`.
    fn has_delay_within(&self, row: u32, steps: u32) -> bool {
        let within = |number: &usize| self.layout.delays[*number] <= steps;
        (0..self.layout.delays.len()).filter(within).any(|d| !self.layout.segment(row, d).1.is_empty())
    }

    /// The delays that occur, in steps, ascending.
    fn delays(&self) -> &[u32] {
        &self.layout.delays
    }

    /// Lets the post-synaptic spikes change the weights that come before every spike which arrives after `step`. Gives
    /// the number of the spikes it looks at, and the last step that it has done with.
    fn settle(&mut self, step: u32, posts: &[Posts]) -> Option<(usize, i64)> {
        let synapses = (&self.layout, &self.trains);
        match &mut self.rule {
            Kept::Pair(rule) => {
                self.shown.get_or_insert_with(|| self.weights.clone());
                Some((rule.posts, rule.settle(step, synapses, &posts[rule.posts], &mut self.weights)))
            }
            Kept::Vogels(rule) => {
                Some((rule.posts, rule.settle(step, synapses, &posts[rule.posts], &mut self.weights)))
            }
            _ => None,
        }
    }

    /// The weights at the end of `step`, in the table's order: with the rule of pairs as last transmitted, as on NEST.
    fn current(&self, step: u32, posts: &[Posts]) -> Vec<f64> {
        let mut weights = self.shown.as_ref().unwrap_or(&self.weights).clone();
        if let Kept::Vogels(rule) = &self.rule {
            rule.arrived(step, (&self.layout, &self.trains), &posts[rule.posts], &mut weights);
        }
        weights
    }

    /// Back to time 0.
    fn reset(&mut self) {
        if !self.initial.is_empty() {
            self.weights.copy_from_slice(&self.initial);
        }
        self.shown = None;
        self.trains.reset();
        self.rule.reset();
    }

    fn synapses(&self) -> usize {
        self.weights.len()
    }

    fn bytes(&self) -> usize {
        let weights = size_of_val(self.weights.as_slice()) + size_of_val(self.initial.as_slice());
        let layout = size_of_val(self.layout.starts.as_slice()) + size_of_val(self.layout.targets.as_slice());
        weights + layout + self.layout.copies.len() + self.trains.last.len() * 5 + self.rule.bytes()
    }
}

/// All tables of a rank, and the post-synaptic spikes that they look at.
#[derive(Debug, Default)]
pub struct Tables {
    tables: Vec<Plastic>,
    posts: Vec<Posts>,
}

impl Tables {
    /// Makes the tables of `onto`.
    ///
    /// # Errors
    /// When a connection cannot be made, or a value does not make sense.
    pub fn new<'n, B: Backend<Synapse = Synapse>>(
        part: &Part<'n>,
        onto: impl Iterator<Item = Onto<'n>>,
    ) -> Result<Self> {
        let mut made = Self::default();
        for onto in onto {
            if let Synapse::Changing(rule) = onto.projection.spec.synapse::<B>() {
                let table = build::table(part, &onto, rule, &mut made.posts)?;
                made.tables.push(table);
            }
        }
        Ok(made)
    }

    /// The populations that the tables are from, with the delays that occur, in steps.
    pub fn sources(&self) -> impl Iterator<Item = (PopulationId, &[u32])> + Clone {
        self.tables.iter().map(|table| (table.source, table.delays()))
    }

    /// Whether there is a table of this projection.
    #[must_use]
    pub fn has(&self, projection: ProjectionId) -> bool {
        self.tables.iter().any(|table| table.projection == projection)
    }

    /// Numbers the sources: `deliver` asks for their histories by it.
    pub fn link(&mut self, number: impl Fn(PopulationId) -> usize) {
        self.tables.iter_mut().for_each(|table| table.from = number(table.source));
    }

    /// Delivers what arrives at the end of `step`; `history` is that of the engine's source of a number.
    pub fn deliver<'h>(
        &mut self,
        history: impl Fn(usize) -> &'h History,
        step: u32,
        inputs: &mut [i64],
    ) -> u64 {
        let (posts, tables) = (&self.posts, &mut self.tables);
        tables.iter_mut().map(|table| table.deliver(history(table.from), step, inputs, posts)).sum()
    }

    /// Takes in spikes of the cells of a population that live here, the first of which is `first_gid`.
    pub fn fired(&mut self, population: PopulationId, first_gid: u32, spikes: &[Spike]) {
        for posts in self.posts.iter_mut().filter(|posts| posts.population == population) {
            spikes.iter().for_each(|spike| posts.push((spike.gid - first_gid) as usize, spike.step));
        }
    }

    /// Whether a table from the engine's source number `from` has, for cell `row` of it, a delay of at most `steps`.
    pub fn has_delay_within(&self, from: usize, row: u32, steps: u32) -> bool {
        self.tables.iter().any(|table| table.from == from && table.has_delay_within(row, steps))
    }

    /// Forgets what can be forgotten after `step`, if that is worth while.
    pub fn tidy(&mut self, step: u32) {
        if self.posts.iter().any(Posts::is_full) {
            self.settle(step);
        }
    }

    fn settle(&mut self, step: u32) {
        let mut settled = vec![i64::from(step); self.posts.len()];
        for table in &mut self.tables {
            if let Some((number, up_to)) = table.settle(step, &self.posts) {
                settled[number] = settled[number].min(up_to);
            }
        }
        for (posts, settled) in self.posts.iter_mut().zip(settled) {
            // A pre-synaptic spike may coincide with the last one that is settled: the one before counts then.
            posts.forget(settled - 1);
        }
    }

    /// Back to time 0.
    pub fn reset(&mut self) {
        self.tables.iter_mut().for_each(Plastic::reset);
        self.posts.iter_mut().for_each(Posts::reset);
    }

    /// How many synapses.
    #[must_use]
    pub fn synapses(&self) -> usize {
        self.tables.iter().map(Plastic::synapses).sum()
    }

    /// Bytes of memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.tables.iter().map(Plastic::bytes).sum::<usize>()
            + self.posts.iter().map(Posts::bytes).sum::<usize>()
    }
}
