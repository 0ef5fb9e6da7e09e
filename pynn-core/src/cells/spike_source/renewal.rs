//! Renewal processes: spike trains whose intervals are drawn one after the other.

use std::ops::Range;
use std::sync::Arc;

use super::source;
use crate::cell::Number;
use crate::random::{Key, Stream, gamma_hazard};
use crate::source::{Sources, SpikeSource};
use crate::time::{Spike, Tick};
use crate::units::{Frequency, Time};

source! {
    /// Spike trains with independent intervals: a dead time and then an exponentially distributed wait, 1 / `rate` together
    /// in the mean.
    ///
    /// The first interval begins at `start`, as if the cell had fired then, as in PyNN on NEURON; with `equilibrium` it began
    /// long before, so that the rate is the same from `start` on (Cox 1962, Renewal Theory). A spike is moved to the end of
    /// its time step; two in a step have the same time. PyNN's `SpikeSourcePoissonRefractory`.
    #[derive(Clone, Debug, PartialEq)]
    SpikeSourcePoissonRefractory {
        /// Mean firing rate, below 1 / `tau_refrac`.
        rate: Frequency = 1.0 => rate,
        /// Dead time after a spike.
        tau_refrac: Time = 0.0 => non_negative,
        /// Start time.
        start: Time = 0.0,
        /// Duration.
        duration: Time = 1e10 => non_negative,
    }
    given {
        /// Whether the cells have been firing for long at `start`, rather than fired then; default false. The same for all.
        equilibrium: bool = false,
    }
    |source| Sources::Renewal(Intervals::Refractory { equilibrium: source.equilibrium })
}

source! {
    /// Spike trains with independent gamma-distributed intervals of mean `alpha / beta`.
    ///
    /// The first interval begins at `start`, as if the cell had fired then, as in PyNN on NEURON; with `equilibrium` it began
    /// long before, so that the rate is the same from `start` on (Cox 1962, Renewal Theory). A spike is moved to the end of
    /// its time step; two in a step have the same time. PyNN's `SpikeSourceGamma`.
    #[derive(Clone, Debug, PartialEq)]
    SpikeSourceGamma {
        /// Shape of the distribution: 1 for a Poisson process, more for a more regular one.
        alpha: Number = 2.0 => positive,
        /// Rate of the distribution: the cell fires with rate `beta / alpha`, at most 10 MHz.
        beta: Frequency = 1.0 => rate,
        /// Start time.
        start: Time = 0.0,
        /// Duration.
        duration: Time = 1e10 => non_negative,
    }
    given {
        /// Whether the cells have been firing for long at `start`, rather than fired then; default false. The same for all.
        equilibrium: bool = false,
    }
    |source| Sources::Renewal(Intervals::Gamma { equilibrium: source.equilibrium })
}

source! {
    /// Spike trains with gamma-distributed intervals whose distribution changes with time, the same for all cells.
    ///
    /// In bin k, from `tbins[k]` to the next, a cell that has not fired for a time x fires with the hazard of the gamma
    /// distribution of shape `a[k]` and scale `b[k]` at x. Before the first bin the cells are silent. The first interval begins at
    /// `start` or with the first bin, as if the cell had fired then. A spike is moved to the end of its time step.
    /// PyNN's `SpikeSourceInhGamma` (Muller, Buesing, Schemmel & Meier 2007, doi 10.1162/neco.2007.19.11.2958), whose `b` is in
    /// seconds; here it is a time.
    #[derive(Clone, Debug, PartialEq)]
    SpikeSourceInhGamma {
        /// Start time.
        start: Time = 0.0,
        /// Duration.
        duration: Time = 1e10 => non_negative,
    }
    given {
        /// Shapes, at least 1, one a bin; default one of 1.
        a: Vec<f64> = vec![1.0],
        /// Scales, one a bin; the mean interval is `a b`; default one of 1 s.
        b: Vec<Time> = vec![Time::new(1000.0)],
        /// Where bins begin, ascending; default one bin from 0 ms on.
        tbins: Vec<Time> = vec![Time::new(0.0)],
    }
    |source| Sources::Renewal(Intervals::Bins(Arc::new(GammaBins {
        shapes: source.a.clone(),
        scales: source.b.iter().map(|scale| scale.base()).collect(),
        edges: source.tbins.iter().map(|edge| edge.base()).collect(),
    })))
}

/// The distributions of a [`SpikeSourceInhGamma`], times in ms.
#[derive(Clone, Debug, PartialEq)]
pub struct GammaBins {
    shapes: Vec<f64>,
    scales: Vec<f64>,
    edges: Vec<f64>,
}

/// Spikes no more often than this in the mean, per ms: 10 MHz.
const FASTEST: f64 = 1e4;

impl GammaBins {
    fn check(&self) -> Result<(), String> {
        let [shapes, scales, edges] = [&self.shapes, &self.scales, &self.edges].map(Vec::len);
        if shapes == 0 || shapes != scales || shapes != edges {
            return Err(format!(
                "a, b and tbins need one value a bin, but have {shapes}, {scales} and {edges} values"
            ));
        }
        if let Some(bad) = self.shapes.iter().find(|shape| !(**shape >= 1.0 && shape.is_finite())) {
            return Err(format!("a lists a shape of {bad}, but shapes must be at least 1"));
        }
        if let Some(bad) = self.scales.iter().find(|scale| !(**scale >= 1.0 / FASTEST && scale.is_finite())) {
            return Err(format!("b lists a scale of {bad} ms, but scales must be positive, 0.1 us or more"));
        }
        if self.edges.iter().any(|edge| !edge.is_finite()) {
            return Err("tbins must be finite".into());
        }
        match self.edges.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => {
                Err(format!("tbins lists {} ms after {} ms, but must be ascending", pair[1], pair[0]))
            }
            None => Ok(()),
        }
    }

    /// The first spike after `last`, by thinning (Lewis & Shedler 1979) of a Poisson process of the fastest rate.
    fn next(&self, last: f64, end: f64, stream: &mut Stream) -> f64 {
        let shortest = self.scales.iter().copied().fold(f64::INFINITY, f64::min);
        let last = last.max(self.edges[0]);
        let mut time = last;
        loop {
            time += shortest * stream.exponential();
            if time > end {
                return f64::INFINITY;
            }
            let bin = self.edges.partition_point(|edge| *edge <= time).max(1) - 1;
            let (shape, scale) = (self.shapes[bin], self.scales[bin]);
            if stream.uniform() * scale < gamma_hazard(shape, (time - last) / scale) * shortest {
                return time;
            }
        }
    }
}

/// How the intervals of a renewal process are distributed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Intervals {
    /// [`SpikeSourcePoissonRefractory`]; parameters are rate, tau_refrac, start, duration.
    Refractory {
        /// Whether the process is in equilibrium at the start.
        equilibrium: bool,
    },
    /// [`SpikeSourceGamma`]; parameters are alpha, beta, start, duration.
    Gamma {
        /// Whether the process is in equilibrium at the start.
        equilibrium: bool,
    },
    /// [`SpikeSourceInhGamma`]; parameters are start, duration.
    Bins(Arc<GammaBins>),
}

impl Intervals {
    /// How many parameters come before start and duration.
    fn own(&self) -> usize {
        if matches!(self, Self::Bins(_)) { 0 } else { 2 }
    }

    /// Says what is wrong with what is given for the whole population, if anything.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Self::Bins(bins) = self { bins.check() } else { Ok(()) }
    }

    /// Says what is wrong with the first two parameters of a cell, if anything.
    fn check_cell(&self, [first, second]: [f64; 2]) -> Result<(), String> {
        match self {
            Self::Refractory { .. } if first * second >= 1000.0 => Err(format!(
                "rate is {first} Hz and tau_refrac {second} ms, but rate must stay below 1 / tau_refrac"
            )),
            Self::Gamma { .. } if second * 1e-3 > first * FASTEST => {
                Err(format!("alpha is {first} and beta {second} Hz, but beta / alpha must be at most 10 MHz"))
            }
            _ => Ok(()),
        }
    }

    /// The first spike of a process that begins at `start`; none may come after `end`.
    ///
    /// In equilibrium the time t to it has the density S(t) / m, of the intervals' survival function S and mean m.
    fn first(&self, [first, second]: [f64; 2], start: f64, end: f64, stream: &mut Stream) -> f64 {
        match self {
            Self::Refractory { equilibrium: true } => {
                // Survival is 1 during the dead time.
                if stream.uniform() * (1000.0 / first) < second {
                    start + stream.uniform() * second
                } else {
                    self.next([first, second], start, end, stream)
                }
            }
            // A place, equally likely, in an interval that is long in proportion to its length.
            Self::Gamma { equilibrium: true } => {
                start + stream.uniform() * stream.gamma(first + 1.0) * (1000.0 / second)
            }
            _ => self.next([first, second], start, end, stream),
        }
    }

    /// The spike that follows one at `last`; none may come after `end`.
    fn next(&self, [first, second]: [f64; 2], last: f64, end: f64, stream: &mut Stream) -> f64 {
        match self {
            // A rate of 0 has infinite intervals.
            Self::Refractory { .. } => last + second + (1000.0 / first - second) * stream.exponential(),
            Self::Gamma { .. } => last + stream.gamma(first) * (1000.0 / second),
            Self::Bins(bins) => bins.next(last, end, stream),
        }
    }
}

struct RenewalCell {
    parameters: [f64; 2],
    start: f64,
    end: f64,
    stream: Stream,
    /// The next spike, ms; infinite if there is none.
    next: f64,
}

/// Cells of a renewal process on one rank.
pub(crate) struct RenewalSource {
    intervals: Intervals,
    key: Key,
    first_gid: u32,
    timestep: f64,
    cells: Vec<RenewalCell>,
}

impl RenewalSource {
    /// Cells with the given parameter columns; the first has global id `first_gid`, by which streams are numbered. The error
    /// is the number of a cell and what is wrong with it.
    pub(crate) fn new(
        intervals: Intervals,
        key: Key,
        first_gid: u32,
        timestep: Tick,
        columns: &[Vec<f64>],
    ) -> Result<Self, (usize, String)> {
        let own = intervals.own();
        let mut cells = Vec::with_capacity(columns[own].len());
        for (cell, (start, duration)) in columns[own].iter().zip(&columns[own + 1]).enumerate() {
            let parameters = if own == 2 { [columns[0][cell], columns[1][cell]] } else { [0.0; 2] };
            intervals.check_cell(parameters).map_err(|message| (cell, message))?;
            let stream = Stream::new(key, 0);
            cells.push(RenewalCell { parameters, start: *start, end: start + duration, stream, next: 0.0 });
        }
        let mut source = Self { intervals, key, first_gid, timestep: timestep.ms(), cells };
        source.reset();
        Ok(source)
    }
}

impl RenewalCell {
    fn begin(&mut self, intervals: &Intervals) {
        let first = intervals.first(self.parameters, self.start, self.end, &mut self.stream);
        self.next = if first <= self.end { first } else { f64::INFINITY };
    }

    fn advance(&mut self, intervals: &Intervals) {
        let next = intervals.next(self.parameters, self.next, self.end, &mut self.stream);
        self.next = if next <= self.end { next } else { f64::INFINITY };
    }
}

impl SpikeSource for RenewalSource {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the end of the steps")]
    fn spikes(&mut self, steps: Range<u32>, out: &mut Vec<Spike>) {
        let first = out.len();
        for (gid, cell) in (self.first_gid..).zip(&mut self.cells) {
            loop {
                let step = (cell.next / self.timestep - 1e-6).ceil();
                if step >= f64::from(steps.end) {
                    break;
                }
                // What a cell that starts before time 0 did then is gone.
                if step >= 1.0 {
                    out.push(Spike { step: step as u32, gid });
                }
                cell.advance(&self.intervals);
            }
        }
        out[first..].sort_unstable();
    }

    fn reset(&mut self) {
        for (gid, cell) in (self.first_gid..).zip(&mut self.cells) {
            cell.stream = Stream::new(self.key, u64::from(gid));
            cell.begin(&self.intervals);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    const REFRACTORY: Intervals = Intervals::Refractory { equilibrium: false };
    const GAMMA: Intervals = Intervals::Gamma { equilibrium: false };

    /// 1 us.
    const STEP: Tick = Tick(1_000);

    fn source(intervals: Intervals, first_gid: u32, cells: usize, parameters: &[f64]) -> RenewalSource {
        let columns: Vec<Vec<f64>> = parameters.iter().map(|value| vec![*value; cells]).collect();
        RenewalSource::new(intervals, Key::new(11, Purpose::Source, 3), first_gid, STEP, &columns)
            .ok()
            .unwrap()
    }

    /// The spike times of one cell in ms, from its start on.
    fn train(intervals: Intervals, parameters: &[f64], duration: f64) -> Vec<f64> {
        let mut spikes = Vec::new();
        source(intervals, 4, 1, parameters).spikes(1..(duration * 1e3) as u32, &mut spikes);
        spikes.into_iter().map(|spike| f64::from(spike.step) * 1e-3).collect()
    }

    fn intervals(train: &[f64]) -> Vec<f64> {
        train.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    /// Asserts that `numbers` follow the distribution (Kolmogorov & Smirnov). A right one is found wrong once in 5e8 seeds:
    /// the probability of a distance of more than d is at most 2 exp(-2 n d^2) (Massart 1990). `rounding` is how much of the
    /// distribution lies within the rounding of a number.
    fn assert_distributed(mut numbers: Vec<f64>, rounding: f64, distribution: impl Fn(f64) -> f64) {
        numbers.sort_by(f64::total_cmp);
        let n = numbers.len() as f64;
        let steps = numbers.iter().enumerate().map(|(k, x)| (distribution(*x), k as f64 / n));
        let distance = steps.map(|(f, k)| (f - k).abs().max((f - k - 1.0 / n).abs())).fold(0.0, f64::max);
        let critical = (1e9f64.ln() / (2.0 * n)).sqrt() + rounding;
        assert!(distance < critical && n > 1000.0, "{distance} for {critical}, {n} numbers");
    }

    #[test]
    fn refractory_intervals_are_a_dead_time_and_an_exponential_wait() {
        let found = intervals(&train(REFRACTORY, &[100.0, 3.0, 0.0, 1e10], 100_000.0));
        assert!(found.iter().all(|interval| *interval >= 2.999));
        assert_distributed(found, 0.001 / 7.0, |x| 1.0 - (-(x - 3.0).max(0.0) / 7.0).exp());
    }

    #[test]
    fn gamma_intervals_are_those_of_their_shape() {
        // Of shape 1 and 3 the distribution is elementary; alpha = 1 has the Poisson process's.
        let found = intervals(&train(GAMMA, &[1.0, 100.0, 0.0, 1e10], 100_000.0));
        assert_distributed(found, 0.001 / 10.0, |x| 1.0 - (-x / 10.0).exp());
        let found = intervals(&train(GAMMA, &[3.0, 300.0, 0.0, 1e10], 100_000.0));
        assert_distributed(found, 0.001 / 10.0, |x| {
            let z = x * 0.3;
            1.0 - (-z).exp() * (1.0 + z + z * z / 2.0)
        });
    }

    /// The first spikes of 20 000 cells in ms.
    fn firsts(intervals: Intervals, parameters: &[f64]) -> Vec<f64> {
        let mut spikes = Vec::new();
        source(intervals, 4, 20_000, parameters).spikes(1..1_000_000, &mut spikes);
        let mut first = vec![f64::INFINITY; 20_000];
        for spike in spikes.iter().rev() {
            first[spike.gid as usize - 4] = f64::from(spike.step) * 1e-3;
        }
        first
    }

    #[test]
    fn in_equilibrium_the_first_spike_comes_as_from_any_time() {
        // The integrals of the survival functions over the mean.
        let found = firsts(Intervals::Refractory { equilibrium: true }, &[100.0, 3.0, 0.0, 1e10]);
        assert_distributed(found, 0.001 / 7.0, |t| {
            (t.min(3.0) + 7.0 * (1.0 - (-(t - 3.0).max(0.0) / 7.0).exp())) / 10.0
        });
        let found = firsts(Intervals::Gamma { equilibrium: true }, &[3.0, 300.0, 0.0, 1e10]);
        assert_distributed(found, 0.001 / 3.0, |t| {
            let z = t * 0.3;
            1.0 - (-z).exp() * (1.0 + z * 2.0 / 3.0 + z * z / 6.0)
        });
        let found = firsts(GAMMA, &[3.0, 300.0, 0.0, 1e10]);
        assert_distributed(found, 0.001 / 3.0, |t| {
            let z = t * 0.3;
            1.0 - (-z).exp() * (1.0 + z + z * z / 2.0)
        });
    }

    #[test]
    fn time_rescaled_by_the_hazard_of_its_bins_is_a_poisson_process() {
        // Shapes 1 and 3 in turn, every 50 ms, and a scale that grows.
        let bins = GammaBins {
            shapes: [1.0, 3.0].repeat(1000),
            scales: (0..2000).map(|bin| 2.0 + f64::from(bin) * 0.002).collect(),
            edges: (0..2000).map(|bin| 50.0 * f64::from(bin)).collect(),
        };
        bins.check().unwrap();
        let survival = |bin: usize, age: f64| {
            let z = age / bins.scales[bin];
            (-z).exp() * if bins.shapes[bin] > 1.0 { 1.0 + z + z * z / 2.0 } else { 1.0 }
        };
        let found = train(Intervals::Bins(Arc::new(bins.clone())), &[0.0, 1e10], 100_000.0);
        let rescaled = found.windows(2).map(|pair| {
            let (mut time, mut hazard) = (pair[0], 0.0);
            while time < pair[1] {
                let bin = (time / 50.0) as usize;
                let until = pair[1].min(50.0 * (bin + 1) as f64);
                hazard += (survival(bin, time - pair[0]) / survival(bin, until - pair[0])).ln();
                time = until;
            }
            hazard
        });
        assert_distributed(rescaled.collect(), 0.001 / 2.0, |x| 1.0 - (-x).exp());
    }

    #[test]
    fn a_train_depends_neither_on_ranks_nor_on_windows_nor_on_a_reset() {
        let bins = Arc::new(GammaBins { shapes: vec![2.0], scales: vec![5.0], edges: vec![0.0] });
        for (kind, parameters) in [
            (REFRACTORY, vec![100.0, 2.0, 5.0, 500.0]),
            (Intervals::Refractory { equilibrium: true }, vec![100.0, 2.0, 5.0, 500.0]),
            (Intervals::Gamma { equilibrium: true }, vec![2.5, 250.0, 5.0, 500.0]),
            (GAMMA, vec![2.5, 250.0, 5.0, 500.0]),
            (Intervals::Bins(bins), vec![5.0, 500.0]),
        ] {
            let mut whole = source(kind.clone(), 10, 7, &parameters);
            let mut expected = Vec::new();
            whole.spikes(1..600_000, &mut expected);
            assert!(expected.is_sorted() && expected.len() > 200, "{}", expected.len());
            assert!(expected.iter().all(|spike| (5_000..=505_000).contains(&spike.step)));
            let (mut low, mut high) =
                (source(kind.clone(), 10, 3, &parameters), source(kind, 13, 4, &parameters));
            let mut found = Vec::new();
            for window in 0..6 {
                let steps = 1 + window * 100_000..1 + (window + 1) * 100_000;
                low.spikes(steps.clone(), &mut found);
                high.spikes(steps, &mut found);
            }
            found.sort_unstable();
            assert_eq!(found, expected);
            whole.reset();
            let mut again = Vec::new();
            whole.spikes(1..600_000, &mut again);
            assert_eq!(again, expected);
        }
    }

    #[test]
    fn impossible_intervals_are_rejected() {
        let new = |intervals, parameters: [f64; 4]| {
            let columns = parameters.map(|value| vec![value]);
            RenewalSource::new(intervals, Key::new(1, Purpose::Source, 0), 0, STEP, &columns).err().unwrap().1
        };
        assert!(new(REFRACTORY, [200.0, 5.0, 0.0, 1.0]).contains("below 1 / tau_refrac"));
        assert!(new(GAMMA, [1e-9, 1.0, 0.0, 1.0]).contains("at most 10 MHz"));
        let good = GammaBins { shapes: vec![1.0; 2], scales: vec![1.0; 2], edges: vec![0.0, 10.0] };
        for (bins, words) in [
            (GammaBins { shapes: vec![1.0], ..good.clone() }, "one value a bin"),
            (GammaBins { shapes: vec![1.0, 0.5], ..good.clone() }, "at least 1"),
            (GammaBins { scales: vec![1.0, 0.0], ..good.clone() }, "positive"),
            (GammaBins { edges: vec![10.0, 10.0], ..good.clone() }, "ascending"),
        ] {
            let message = bins.check().unwrap_err();
            assert!(message.contains(words), "{message}");
        }
    }
}
