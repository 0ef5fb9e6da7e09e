//! The values of a projection's connections, row by row.

use crate::cell::{ParameterInfo, ReceptorInfo};
use crate::connector::{Connector, Ends, Row};
use crate::error::{Error, Result};
use crate::gap::MEMBRANE;
use crate::network::{Network, ProjectionSpec};
use crate::part::{Draw, RowValues, SynapseRow};
use crate::random::{Distribution, Key, Purpose, Stream};
use crate::time::Tick;
use crate::values::SynapseColumn;

/// Computes the weights, delays and parameters of rows.
pub(crate) struct RowFiller<'n> {
    spec: &'n ProjectionSpec,
    ends: Ends<'n>,
    draw: Draw,
    weight_key: Key,
    delay_key: Key,
    timestep: Tick,
    shortest: u32,
    rule: WeightRule<'n>,
    weight: Filled<f64>,
    delay: Filled<u32>,
    weights: Vec<f64>,
    delays: Vec<u32>,
    milliseconds: Vec<f64>,
    parameters: Vec<Parameter<'n>>,
    /// Connections so far.
    emitted: usize,
}

/// The values of a row: one for all, or what stands in a buffer.
enum Filled<T> {
    Same(T),
    Each,
}

impl<T: Copy> Filled<T> {
    fn values<'a>(&self, each: &'a [T]) -> RowValues<'a, T> {
        match self {
            Self::Same(value) => RowValues::Constant(*value),
            Self::Each => RowValues::Each(each),
        }
    }
}

/// A parameter of the synapse type.
struct Parameter<'n> {
    info: &'n ParameterInfo,
    column: &'n SynapseColumn,
    key: Key,
    each: Vec<f64>,
}

impl Parameter<'_> {
    fn values(&self) -> RowValues<'_, f64> {
        self.column.constant().map_or(RowValues::Each(&self.each), RowValues::Constant)
    }

    /// A constant was checked by the builder.
    fn fill(&mut self, row: &Row<'_>, ends: &Ends<'_>, first: usize) -> Result<()> {
        if self.column.constant().is_some() {
            return Ok(());
        }
        self.each.clear();
        if let SynapseColumn::Set(set) = self.column {
            self.each.extend_from_slice(&set.values[first..first + row.sources.len()]);
            return Ok(());
        }
        column_values(self.column, row, None, (self.key, ends), &mut self.each)?;
        let info = self.info;
        match self.each.iter().find_map(|value| Some((value, info.bound.check(*value).err()?))) {
            None => Ok(()),
            Some((value, must_be)) => Err(Error::description(format!(
                "{} onto target {} is {}, but must be {must_be}",
                info.name,
                row.target,
                with_unit(*value, info)
            ))),
        }
    }
}

/// `100 ms`, `0.5`.
fn with_unit(value: f64, info: &ParameterInfo) -> String {
    format!("{value} {}", info.symbol).trim_end().to_owned()
}

impl<'n> RowFiller<'n> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked by the builder")]
    pub(crate) fn new(network: &'n Network, spec: &'n ProjectionSpec, draw: Draw) -> Self {
        let id = spec.id.0 as u64;
        let timestep = network.target_simulator(spec).timestep;
        let parameters = spec.family.info().parameters.iter().zip(&spec.values.parameters).enumerate();
        let parameter = |(index, (info, column))| {
            let key = network.key(Purpose::SynapseParameter, id << 16 | index as u64);
            Parameter { info, column, key, each: Vec::new() }
        };
        Self {
            spec,
            ends: network.ends(spec),
            draw,
            weight_key: network.key(Purpose::Weight, id),
            delay_key: network.key(Purpose::Delay, id),
            timestep,
            shortest: spec.shortest_delay_allowed(network).steps_up(timestep) as u32,
            rule: WeightRule::new(network, spec),
            weight: Filled::Each,
            delay: Filled::Each,
            weights: Vec::new(),
            delays: Vec::new(),
            milliseconds: Vec::new(),
            emitted: 0,
            parameters: if draw == Draw::All { parameters.map(parameter).collect() } else { Vec::new() },
        }
    }

    /// Whether values were set between runs, so that their places must be counted.
    pub(crate) fn are_set(&self) -> bool {
        let is_set = |column: &SynapseColumn| matches!(column, SynapseColumn::Set(_));
        let values = &self.spec.values;
        match self.draw {
            Draw::Sources => false,
            Draw::Delays => is_set(&values.delay),
            Draw::All => [&values.delay, &values.weight].into_iter().chain(&values.parameters).any(is_set),
        }
    }

    /// Emits the connections of `row`, of which `target` is the target's index among the cells that live here.
    pub(crate) fn emit(
        &mut self,
        row: &Row<'_>,
        target: u32,
        emit: &mut dyn FnMut(SynapseRow<'_>),
    ) -> Result<()> {
        self.fill(row)?;
        emit(SynapseRow {
            target,
            sources: row.sources,
            weights: self.weight.values(&self.weights),
            delays: self.delay.values(&self.delays),
            parameters: &self.parameters.iter().map(Parameter::values).collect::<Vec<_>>(),
        });
        Ok(())
    }

    /// Passes over `count` connections that others emit.
    pub(crate) fn skip(&mut self, count: usize) {
        self.emitted += count;
    }

    fn fill(&mut self, row: &Row<'_>) -> Result<()> {
        let first = self.emitted;
        self.emitted += row.sources.len();
        self.delay = match (row.delays, &self.spec.values.delay) {
            _ if self.draw == Draw::Sources => Filled::Same(0),
            (_, SynapseColumn::Set(set)) => {
                self.delays.clear();
                let steps = |delay: &f64| delay_steps(*delay, self.timestep);
                self.delays.extend(set.values[first..self.emitted].iter().map(steps));
                Filled::Each
            }
            (None, SynapseColumn::Constant(delay)) => Filled::Same(delay_steps(*delay, self.timestep)),
            _ => {
                self.fill_delays(row)?;
                Filled::Each
            }
        };
        self.weight = match (self.draw, row.weights, &self.spec.values.weight) {
            (Draw::Sources | Draw::Delays, ..) => Filled::Same(0.0),
            (Draw::All, _, SynapseColumn::Set(set)) => {
                self.weights.clear();
                self.weights.extend_from_slice(&set.values[first..self.emitted]);
                Filled::Each
            }
            (Draw::All, None, SynapseColumn::Constant(weight)) => Filled::Same(*weight),
            _ => {
                self.fill_weights(row)?;
                Filled::Each
            }
        };
        self.parameters.iter_mut().try_for_each(|parameter| parameter.fill(row, &self.ends, first))
    }

    fn fill_weights(&mut self, row: &Row<'_>) -> Result<()> {
        self.weights.clear();
        let stream = (self.weight_key, &self.ends);
        column_values(&self.spec.values.weight, row, row.weights, stream, &mut self.weights)?;
        let Some(bad) = self.weights.iter().find(|weight| !self.rule.admits(**weight)) else { return Ok(()) };
        self.rule.check(*bad).map_err(|message| {
            let clip = "a distribution can be clipped with NormalClipped { low: .., high: .., .. }";
            Error::description(format!("onto target {}: {message}; {clip}", row.target))
        })
    }

    fn fill_delays(&mut self, row: &Row<'_>) -> Result<()> {
        self.milliseconds.clear();
        self.delays.clear();
        let stream = (self.delay_key, &self.ends);
        column_values(&self.spec.values.delay, row, row.delays, stream, &mut self.milliseconds)?;
        for index in 0..self.milliseconds.len() {
            let milliseconds = self.milliseconds[index];
            let steps = delay_steps(milliseconds, self.timestep);
            if steps < self.shortest || !milliseconds.is_finite() {
                return Err(Error::description(format!(
                    "a delay of {milliseconds} ms onto target {} is shorter than {}, the shortest that the time steps allow; \
                     raise it, or clip the distribution with NormalClipped {{ low: {}, .. }}",
                    row.target,
                    self.timestep * i64::from(self.shortest),
                    (self.timestep * i64::from(self.shortest)).time(),
                )));
            }
            if steps > LONGEST_DELAY {
                return Err(Error::description(format!(
                    "a delay of {milliseconds} ms onto target {} is longer than {}, {LONGEST_DELAY} time steps; shorten \
                     it, or clip the distribution with NormalClipped {{ high: .., .. }}",
                    row.target,
                    self.timestep * i64::from(LONGEST_DELAY),
                )));
            }
            self.delays.push(steps);
        }
        Ok(())
    }
}

/// The longest delay in time steps: engines remember spikes for as long.
pub const LONGEST_DELAY: u32 = 1 << 20;

/// A delay of `milliseconds` in time steps: the nearest number of them, half away from zero; 0 for what is negative or no number, 2^32 - 1 for more than that.
#[inline]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
#[must_use]
pub fn delay_steps(milliseconds: f64, timestep: Tick) -> u32 {
    // The quotient of two decimals: lift a half that rounding has pushed below.
    (milliseconds / timestep.ms() + (0.5 + 1e-9)) as u32
}

/// Which weights a projection may have.
pub(crate) struct WeightRule<'n> {
    receptor: &'static ReceptorInfo,
    population: &'n str,
    /// Whether weights may be below zero, and whether above.
    signs: (bool, bool),
    limits: (f64, f64),
}

impl<'n> WeightRule<'n> {
    pub(crate) fn new(network: &'n Network, spec: &ProjectionSpec) -> Self {
        let population = &network.populations()[spec.target.parts()[0].population.0];
        let receptor = network.receptor(spec);
        let limits = spec.family.weight_limits().unwrap_or((f64::MIN, f64::MAX));
        Self { receptor, population: &population.name, signs: receptor.signs(), limits }
    }

    fn admits(&self, weight: f64) -> bool {
        let (below, above) = self.signs;
        let signed = (below || weight >= 0.0) && (above || weight <= 0.0);
        signed && (self.limits.0..=self.limits.1).contains(&weight)
    }

    /// Says what is wrong with a weight, with the remedy.
    pub(crate) fn check(&self, weight: f64) -> Result<(), String> {
        if self.receptor.name == MEMBRANE.name && weight < 0.0 {
            return Err(format!(
                "a weight of {weight} uS is negative, but a gap junction has a positive conductance"
            ));
        }
        self.receptor.check(weight, self.population)?;
        let (low, high) = self.limits;
        if (low..=high).contains(&weight) {
            return Ok(());
        }
        Err(format!(
            "a weight of {weight} {}: weights must lie between w_min, {low}, and w_max, {high}; set these as wide as the weights are",
            self.receptor.symbol
        ))
    }
}

/// The values of one row: the connector's own, or the projection's.
fn column_values(
    column: &SynapseColumn,
    row: &Row<'_>,
    own: Option<&[f64]>,
    (key, ends): (Key, &Ends<'_>),
    out: &mut Vec<f64>,
) -> Result<()> {
    let count = row.sources.len();
    if let Some(own) = own {
        out.extend_from_slice(own);
        return Ok(());
    }
    match column {
        SynapseColumn::Constant(value) => out.extend(std::iter::repeat_n(*value, count)),
        SynapseColumn::List(values) => {
            let Some(first) = row.first else {
                return Err(Error::description(
                    "a list of weights, delays or parameters needs a connector whose connections can be counted",
                ));
            };
            match row.order {
                Some(order) => out.extend(order.iter().map(|place| values[*place as usize])),
                None => {
                    let first = usize::try_from(first).unwrap_or(usize::MAX);
                    out.extend_from_slice(&values[first..first + count]);
                }
            }
        }
        SynapseColumn::Function(function) => {
            out.extend(row.sources.iter().map(|source| function(*source as usize, row.target as usize)));
        }
        SynapseColumn::Distance(function) => {
            out.extend(row.sources.iter().map(|source| function.at(ends.distance(*source, row.target))));
        }
        SynapseColumn::Array(matrix) => {
            out.extend(row.sources.iter().map(|source| matrix.get(*source as usize, row.target as usize)));
        }
        SynapseColumn::Random(distribution) => {
            draw_row(distribution, (key, ends.targets.gid(row.target)), count, out)
        }
        SynapseColumn::Set(_) => {
            return Err(Error::description("values that were set between runs are not computed anew"));
        }
    }
    Ok(())
}

fn draw_row(distribution: &Distribution, (key, target): (Key, u32), count: usize, out: &mut Vec<f64>) {
    let mut stream = Stream::new(key, u64::from(target));
    out.extend((0..count).map(|_| distribution.draw(&mut stream)));
}

/// What is wrong with the parameters of a synapse type, but for what only shows when they are drawn or computed.
pub(crate) fn check_parameters(spec: &ProjectionSpec, ends: &Ends<'_>) -> Vec<String> {
    let parameters = spec.family.info().parameters.iter().zip(&spec.values.parameters);
    let check = |(info, column): (&ParameterInfo, &SynapseColumn)| {
        let check = |value: &f64| {
            let bad = |must_be| {
                let (synapse, value) = (spec.family.info().name, with_unit(*value, info));
                format!("{} of {synapse} is {value}, but must be {must_be}", info.name)
            };
            info.bound.check(*value).map_err(bad)
        };
        match column {
            SynapseColumn::Constant(value) => check(value),
            SynapseColumn::List(values) => {
                let what = format!("values of {}", info.name);
                check_listed(&what, values.len(), &*spec.connector, ends)?;
                values.iter().try_for_each(check)
            }
            SynapseColumn::Random(distribution) => {
                distribution.check().map_err(|message| format!("{}: {message}", info.name))
            }
            other => other.check(info.name, ends),
        }
    };
    parameters.filter_map(|parameter| check(parameter).err()).collect()
}

/// A list of weights or delays must be as long as there are connections.
pub(crate) fn check_listed(
    what: &str,
    listed: usize,
    connector: &dyn Connector,
    ends: &Ends<'_>,
) -> Result<(), String> {
    match connector.count(ends) {
        Some(count) if count == listed as u64 => Ok(()),
        Some(count) => {
            Err(format!("{listed} {what} are listed for {count} connections; list one a connection"))
        }
        None => Err(format!(
            "{what} are listed, but {} does not say how many connections it makes; use FromList, a closure |source, target|, or a distribution",
            connector.name()
        )),
    }
}
