//! From the description's connections to tables of changing synapses.

use std::collections::HashMap;

use crate::backend::{Draw, LocalPopulation, LocalProjection, Part, SynapseRow};
use crate::error::{Error, Result};
use crate::population::ProjectionId;
use crate::random::Purpose;

use super::Onto;
use super::counts::Counts;
use super::pairs::{PairRule, Shift, VogelsRule};
use super::rule::{BernoulliRule, Kept, QuantalRule, TsodyksRule};
use super::short_term::{Resources, Sites, Tsodyks};
use super::stdp::Decay;
use super::{Layout, Plastic, Posts, Rule, Tables, Trains};

/// The table of connections from one population onto another; adds to `posts` what it looks at.
pub(super) fn table(
    part: &Part<'_>,
    onto: &Onto<'_>,
    rule: &Rule,
    posts: &mut Vec<Posts>,
) -> Result<Plastic> {
    let (projection, spec) = (&onto.projection, onto.projection.spec);
    let population = target(part, projection)?;
    let (layout, source) = (Layout::new(part, projection)?, projection.source_part().population);
    let mut table = Plastic {
        projection: spec.id,
        parts: parts(projection),
        source,
        target: projection.target_population(),
        from: 0,
        first_source_gid: part.network.populations()[source.0].first_gid,
        first_target_gid: population.first_gid(),
        slots: onto.slots.start as usize..onto.slots.end as usize,
        per_quantum: onto.quantum.recip(),
        weights: vec![0.0; layout.targets.len()],
        initial: Vec::new(),
        shown: None,
        trains: Trains::new(layout.starts.len() - 1),
        rule: kept(part, rule, (projection, &population, &layout), posts),
        layout,
    };
    table.fill(projection, &population)?;
    Ok(table)
}

/// What tells the connections of a projection apart that are from or onto different parts of its ends.
fn parts(projection: &LocalProjection<'_>) -> [u32; 2] {
    [projection.source_part().indices().start, projection.targets.start]
}

/// The cells that live here of a projection's target population.
fn target<'n>(part: &Part<'n>, projection: &LocalProjection<'_>) -> Result<LocalPopulation<'n>> {
    let target = projection.target_population();
    let found = part.populations().find(|population| population.spec.id == target);
    found.ok_or_else(|| Error::description(format!("projection `{}` has no target", projection.spec.name)))
}

/// A rule in its state at time 0, but for parameters of connections.
fn kept(
    part: &Part<'_>,
    rule: &Rule,
    (projection, population, layout): (&LocalProjection<'_>, &LocalPopulation<'_>, &Layout),
    posts: &mut Vec<Posts>,
) -> Kept {
    let h = part.timestep().ms();
    let key = part.network.key(Purpose::Synapse, projection.spec.id.0 as u64).words();
    let shifts = |fraction| layout.delays.iter().map(|delay| Shift::new(*delay, fraction)).collect();
    let mut posts_of = |tau: f64| {
        let same =
            |posts: &Posts| posts.population == population.spec.id && posts.tau.to_bits() == tau.to_bits();
        posts.iter().position(same).unwrap_or_else(|| {
            posts.push(Posts::new(population.spec.id, population.cells.len(), h, tau));
            posts.len() - 1
        })
    };
    match *rule {
        Rule::TsodyksMarkram => {
            Kept::Tsodyks(TsodyksRule { h, shared: false, constants: Vec::new(), states: Vec::new() })
        }
        Rule::SimpleStochastic => Kept::Bernoulli(BernoulliRule { key, p: Vec::new() }),
        Rule::Quantal { sites } => {
            Kept::Quantal(QuantalRule { key, h, sites, constants: Vec::new(), states: Vec::new() })
        }
        Rule::SpikePair { rule, dendritic_delay_fraction } => Kept::Pair(PairRule {
            rule,
            plus: Decay::new(h, rule.tau_plus),
            minus: Decay::new(h, rule.tau_minus),
            posts: posts_of(rule.tau_minus),
            shifts: shifts(dendritic_delay_fraction),
            traces: vec![0.0; layout.starts.len() - 1],
        }),
        Rule::Vogels2011 { rule, dendritic_delay_fraction } => Kept::Vogels(VogelsRule {
            rule,
            decay: Decay::new(h, rule.tau),
            posts: posts_of(rule.tau),
            shifts: shifts(dendritic_delay_fraction),
        }),
    }
}

impl Layout {
    fn new(part: &Part<'_>, projection: &LocalProjection<'_>) -> Result<Self> {
        let rows = part.network.populations()[projection.source_part().population.0].size;
        let (mut counts, mut cells) = (Counts::new(rows), Vec::new());
        projection.connect(Draw::Delays, &mut |row| {
            for (k, source) in projection.source_cells(row.sources, &mut cells).iter().enumerate() {
                let column = counts.column(row.delays.get(k));
                counts.count(*source as usize, column);
            }
        })?;
        let (delays, mut starts) = counts.starts()?;
        let synapses = counts.total();
        // The first number is one too many here, and the end of the last segment lacks.
        starts.rotate_left(1);
        starts[rows * delays.len()] = u32::try_from(synapses).unwrap_or(u32::MAX);
        let mut layout = Self { delays, starts, targets: vec![0; synapses], copies: Vec::new() };
        let (mut targets, mut copies) = (vec![0; synapses], Vec::new());
        layout.place(projection, Draw::Delays, &mut |_, synapse, row: &SynapseRow<'_>, copy| {
            targets[synapse] = row.target;
            if copy > 0 {
                copies.resize(synapses, 0);
                copies[synapse] = copy;
            }
        })?;
        (layout.targets, layout.copies) = (targets, copies);
        Ok(layout)
    }

    /// Calls `place` with each connection in the order in which `projection` emits them: its number in its row, its
    /// synapse here, its row, and how many connections between the same two cells came before in the row.
    fn place(
        &self,
        projection: &LocalProjection<'_>,
        draw: Draw,
        place: &mut dyn FnMut(usize, usize, &SynapseRow<'_>, u8),
    ) -> Result<()> {
        let mut column = vec![0; self.delays.last().map_or(1, |last| *last as usize + 1)];
        self.delays.iter().enumerate().for_each(|(k, delay)| column[*delay as usize] = k);
        let mut next = self.starts.clone();
        let (mut seen, mut cells) = (HashMap::new(), Vec::new());
        projection.connect(draw, &mut |row| {
            let sources = projection.source_cells(row.sources, &mut cells);
            let ascending = sources.windows(2).all(|pair| pair[0] < pair[1]);
            seen.clear();
            for (k, source) in sources.iter().enumerate() {
                let segment = *source as usize * self.delays.len() + column[row.delays.get(k) as usize];
                let copy: u8 =
                    if ascending { 0 } else { *seen.entry(*source).and_modify(next_copy).or_default() };
                place(k, next[segment] as usize, &row, copy);
                next[segment] += 1;
            }
        })
    }
}

fn next_copy(copy: &mut u8) {
    *copy = copy.saturating_add(1);
}

impl Plastic {
    /// Takes weights and parameters from the description.
    fn fill(&mut self, projection: &LocalProjection<'_>, population: &LocalPopulation<'_>) -> Result<()> {
        let synapses = self.weights.len();
        let columns = projection.spec.family.info().parameters.len();
        let constant: Option<Vec<f64>> =
            projection.spec.values.parameters.iter().map(|column| column.constant()).collect();
        let mut parameters = vec![Vec::new(); columns];
        if constant.is_none() {
            parameters.iter_mut().for_each(|column| column.resize(synapses, 0.0));
        }
        let weights = &mut self.weights;
        self.layout.place(projection, Draw::All, &mut |k, synapse, row, _| {
            weights[synapse] = row.weights.get(k);
            for (column, values) in parameters.iter_mut().zip(row.parameters) {
                if let Some(value) = column.get_mut(synapse) {
                    *value = values.get(k);
                }
            }
        })?;
        if let Some(constant) = constant {
            parameters = constant.into_iter().map(|value| vec![value]).collect();
        }
        let psc = time_constants(population, projection.spec.receptor)?;
        self.set(&parameters, &psc);
        Ok(())
    }

    /// Takes in parameters, one for all or one a synapse, and the time constants of the targets' receptors.
    fn set(&mut self, parameters: &[Vec<f64>], psc: &[f64]) {
        let (synapses, segments) = (self.weights.len(), self.trains.last.len());
        let of = |column: &Vec<f64>, k: usize| if column.len() == 1 { column[0] } else { column[k] };
        let same = parameters.iter().all(|column| column.len() == 1);
        match &mut self.rule {
            Kept::Tsodyks(rule) => {
                let same = same && psc.len() == 1 && (rule.shared || rule.states.is_empty());
                let constants = |k: usize| Tsodyks {
                    use_: of(&parameters[0], k),
                    tau_rec: of(&parameters[1], k),
                    tau_facil: of(&parameters[2], k),
                    tau_psc: if psc.len() == 1 { psc[0] } else { psc[self.layout.targets[k] as usize] },
                };
                let constants: Vec<Tsodyks> = (0..if same { 1 } else { synapses }).map(constants).collect();
                match (rule.shared, same) {
                    (_, true) => rule.states.resize(segments, Resources::START),
                    (true, false) => rule.states = spread(&rule.states, &self.layout),
                    (false, false) => rule.states.resize(synapses, Resources::START),
                }
                (rule.constants, rule.shared) = (constants, same);
            }
            Kept::Bernoulli(rule) => rule.p.clone_from(&parameters[0]),
            Kept::Quantal(rule) => {
                let constants = |k| [of(&parameters[0], k), of(&parameters[1], k), of(&parameters[2], k)];
                rule.constants = (0..if same { 1 } else { synapses }).map(constants).collect();
                rule.states.resize(synapses, Sites { u: 0.0, full: rule.sites });
            }
            Kept::Pair(_) | Kept::Vogels(_) => self.initial.clone_from(&self.weights),
        }
    }

    /// Takes over weights and parameters that have changed in the description when `step` steps were done.
    pub(super) fn change(
        &mut self,
        part: &Part<'_>,
        projection: &LocalProjection<'_>,
        step: u32,
        posts: &[Posts],
    ) -> Result<()> {
        // So that it makes no difference how far the weights have been brought up to date.
        self.settle(step, posts);
        self.fill(projection, &target(part, projection)?)?;
        if let Some(shown) = &mut self.shown {
            shown.copy_from_slice(&self.weights);
        }
        Ok(())
    }
}

/// States of synapses from those of their segments.
fn spread(states: &[Resources], layout: &Layout) -> Vec<Resources> {
    let segments = states.iter().zip(layout.starts.windows(2));
    segments.flat_map(|(state, ends)| std::iter::repeat_n(*state, (ends[1] - ends[0]) as usize)).collect()
}

/// The time constants with which receptor number `receptor` of the cells decays, ms: one for all, or one a cell; 0 for
/// a receptor that acts at once.
fn time_constants(population: &LocalPopulation<'_>, receptor: usize) -> Result<Vec<f64>> {
    let cell = population.spec.cell;
    let names = match cell.receptors[receptor].name {
        "excitatory" => ["tau_syn_E".to_owned(), String::new()],
        "inhibitory" => ["tau_syn_I".to_owned(), String::new()],
        // Those of a `point_neuron!`.
        name => [format!("{name}_tau_syn"), format!("{name}_tau_decay")],
    };
    match names.iter().find_map(|name| cell.parameter(name)) {
        None => Ok(vec![0.0]),
        Some(index) => match population.constant_parameter(index) {
            Some(tau) => Ok(vec![tau]),
            None => population.parameter(index),
        },
    }
}

impl Plastic {
    fn is_of(&self, projection: &LocalProjection<'_>) -> bool {
        self.projection == projection.spec.id && self.parts == parts(projection)
    }

    /// The weights after `step` steps, in the order in which `projection` emits its connections.
    fn emitted(&self, projection: &LocalProjection<'_>, step: u32, posts: &[Posts]) -> Result<Vec<f64>> {
        let current = self.current(step, posts);
        let mut weights = Vec::with_capacity(current.len());
        self.layout
            .place(projection, Draw::Delays, &mut |_, synapse, _, _| weights.push(current[synapse]))?;
        Ok(weights)
    }
}

impl Tables {
    /// Takes over what has changed of the connections when `step` steps were done: `changed` is the projection.
    pub fn change(&mut self, part: &Part<'_>, changed: ProjectionId, step: u32) -> Result<()> {
        for projection in part.spike_projections().flat_map(LocalProjection::by_source) {
            let Some(table) = self.tables.iter_mut().find(|table| table.is_of(&projection)) else { continue };
            table.per_quantum = part.network.weight_quantum(table.target, projection.spec.receptor).recip();
            if projection.spec.id == changed {
                table.change(part, &projection, step, &self.posts)?;
            }
        }
        Ok(())
    }

    /// The weights of `projection` after `step` steps, in the order in which it emits its connections, if they change.
    pub fn weights(&self, projection: &LocalProjection<'_>, step: u32) -> Result<Option<Vec<f64>>> {
        let mut parts = Vec::new();
        for from in projection.clone().by_source() {
            let Some(table) = self.tables.iter().find(|table| table.is_of(&from)) else { return Ok(None) };
            if !table.rule.changes_weights() {
                return Ok(None);
            }
            let sources = from.source_part().indices();
            parts.push((sources, table.emitted(&from, step, &self.posts)?.into_iter()));
        }
        let mut weights = Vec::new();
        projection.connect(Draw::Sources, &mut |row| {
            for source in row.sources {
                let part = parts.iter_mut().find(|(sources, _)| sources.contains(source));
                weights.extend(part.and_then(|(_, emitted)| emitted.next()));
            }
        })?;
        Ok(Some(weights))
    }
}
