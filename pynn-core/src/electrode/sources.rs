//! PyNN's current sources.

use super::{CurrentSource, Waveform, grid_step};
use crate::random::{Key, Stream, portable};
use crate::time::Tick;
use crate::units::{Current, Frequency, Time, Unit};

/// The end of what does not end.
const NEVER: Time = Time::new(1e12);

/// A constant current from `start` to `stop`. PyNN's `DCSource`.
#[doc(alias = "DCSource")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DcSource {
    /// The current. Default: 1 nA.
    pub amplitude: Current,
    /// When it begins. Default: 0 ms.
    pub start: Time,
    /// When it ends. Default: 1e12 ms.
    pub stop: Time,
}

/// A sinusoidal current from `start` to `stop`:
/// `offset + amplitude sin(2 pi frequency (t - start) + phase)`. PyNN's `ACSource`.
#[doc(alias = "ACSource")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AcSource {
    /// The amplitude of the sine. Default: 1 nA.
    pub amplitude: Current,
    /// A constant current that is added to the sine. Default: 0 nA.
    pub offset: Current,
    /// The frequency of the sine. Default: 10 Hz.
    pub frequency: Frequency,
    /// The phase of the sine at `start`, in degrees. Default: 0.
    pub phase: f64,
    /// When it begins. Default: 0 ms.
    pub start: Time,
    /// When it ends. Default: 1e12 ms.
    pub stop: Time,
}

/// A current that takes the values `amplitudes` from `times` on, each until the next; before the first it is 0, the last
/// stays. PyNN's `StepCurrentSource`.
///
/// Of times that go to the same grid point the last counts: `[0.41, 0.42, 0.86]` ms at a time step of 0.1 ms are
/// `[0.4, 0.9]`, and the first amplitude is lost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepCurrentSource {
    /// When the current changes: not negative, ascending. Default: never.
    pub times: Vec<Time>,
    /// What it becomes, one a time.
    pub amplitudes: Vec<Current>,
}

/// White noise from `start` to `stop`: a current that is constant for `dt`, then drawn anew from a normal distribution.
/// PyNN's `NoisyCurrentSource`.
///
/// The draws are a function of the network's seed, the electrode and the interval's number: the same on every backend,
/// for any number of ranks, after every reset. All cells of an electrode get the same current.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoisyCurrentSource {
    /// The mean of the current. Default: 0 nA.
    pub mean: Current,
    /// Its standard deviation. Default: 1 nA.
    pub stdev: Current,
    /// When it begins. Default: 0 ms.
    pub start: Time,
    /// When it ends. Default: 1e12 ms.
    pub stop: Time,
    /// How long it is constant, a multiple of the time step. Default: 0.1 ms.
    pub dt: Time,
}

impl Default for DcSource {
    fn default() -> Self {
        Self { amplitude: Current::new(1.0), start: Time::new(0.0), stop: NEVER }
    }
}

impl Default for AcSource {
    fn default() -> Self {
        Self {
            amplitude: Current::new(1.0),
            offset: Current::new(0.0),
            frequency: Frequency::new(10.0),
            phase: 0.0,
            start: Time::new(0.0),
            stop: NEVER,
        }
    }
}

impl Default for NoisyCurrentSource {
    fn default() -> Self {
        Self {
            mean: Current::new(0.0),
            stdev: Current::new(1.0),
            start: Time::new(0.0),
            stop: NEVER,
            dt: Time::new(0.1),
        }
    }
}

/// Whether a field is a number, and not below `least`.
fn check_number<T: Unit + std::fmt::Display>(name: &str, value: T, least: f64) -> Result<(), String> {
    match value.base() {
        number if !number.is_finite() => Err(format!("{name} is {value}, but must be finite")),
        number if number < least => Err(format!("{name} is {value}, but must not be negative")),
        _ => Ok(()),
    }
}

const ANY: f64 = f64::NEG_INFINITY;

fn check_span(start: Time, stop: Time) -> Result<(), String> {
    check_number("start", start, 0.0)?;
    check_number("stop", stop, 0.0)?;
    if stop.base() < start.base() {
        return Err(format!("stop is {stop}, but start is {start}; stop must not come before start"));
    }
    Ok(())
}

/// The number of steps since the source began, in a step during which it is on.
fn since_start(start: Time, stop: Time, timestep: Tick) -> impl Fn(u32) -> Option<i64> + Send + 'static {
    let (start, stop) = (grid_step(start, timestep), grid_step(stop, timestep));
    move |step| {
        let begins = i64::from(step) - 1;
        (start..stop).contains(&begins).then_some(begins - start)
    }
}

impl CurrentSource for DcSource {
    const NAME: &'static str = "DCSource";

    fn numbers(&self) -> Vec<f64> {
        vec![self.amplitude.base(), self.start.base(), self.stop.base()]
    }

    fn of_numbers(numbers: &[f64]) -> Option<Self> {
        let [amplitude, start, stop] = *numbers else { return None };
        Some(Self { amplitude: Current::new(amplitude), start: Time::new(start), stop: Time::new(stop) })
    }

    fn check(&self, _: Tick) -> Result<(), String> {
        check_number("amplitude", self.amplitude, ANY)?;
        check_span(self.start, self.stop)
    }

    fn waveform(&self, timestep: Tick, _: Key) -> Waveform {
        let (since, amplitude) = (since_start(self.start, self.stop, timestep), self.amplitude.base());
        Box::new(move |step| if since(step).is_some() { amplitude } else { 0.0 })
    }
}

impl CurrentSource for AcSource {
    const NAME: &'static str = "ACSource";

    fn numbers(&self) -> Vec<f64> {
        let Self { amplitude, offset, frequency, phase, start, stop } = self;
        vec![amplitude.base(), offset.base(), frequency.base(), *phase, start.base(), stop.base()]
    }

    fn of_numbers(numbers: &[f64]) -> Option<Self> {
        let [amplitude, offset, frequency, phase, start, stop] = *numbers else { return None };
        Some(Self {
            amplitude: Current::new(amplitude),
            offset: Current::new(offset),
            frequency: Frequency::new(frequency),
            phase,
            start: Time::new(start),
            stop: Time::new(stop),
        })
    }

    fn check(&self, _: Tick) -> Result<(), String> {
        check_number("amplitude", self.amplitude, ANY)?;
        check_number("offset", self.offset, ANY)?;
        check_number("frequency", self.frequency, 0.0)?;
        if !self.phase.is_finite() {
            return Err(format!("phase is {} degrees, but must be finite", self.phase));
        }
        check_span(self.start, self.stop)
    }

    fn waveform(&self, timestep: Tick, _: Key) -> Waveform {
        let since = since_start(self.start, self.stop, timestep);
        let (amplitude, offset) = (self.amplitude.base(), self.offset.base());
        let (turns, phase) = (self.frequency.base() / 1000.0 * timestep.ms(), self.phase / 360.0);
        Box::new(move |step| match since(step) {
            Some(steps) => offset + amplitude * portable::sin_turns(turns * steps as f64 + phase),
            None => 0.0,
        })
    }
}

impl CurrentSource for StepCurrentSource {
    const NAME: &'static str = "StepCurrentSource";

    /// All times, then all amplitudes.
    fn numbers(&self) -> Vec<f64> {
        let times = self.times.iter().map(|time| time.base());
        times.chain(self.amplitudes.iter().map(|amplitude| amplitude.base())).collect()
    }

    fn of_numbers(numbers: &[f64]) -> Option<Self> {
        let (times, amplitudes) = numbers.split_at(numbers.len() / 2);
        (times.len() == amplitudes.len()).then(|| Self {
            times: times.iter().copied().map(Time::new).collect(),
            amplitudes: amplitudes.iter().copied().map(Current::new).collect(),
        })
    }

    fn check(&self, _: Tick) -> Result<(), String> {
        let (times, amplitudes) = (self.times.len(), self.amplitudes.len());
        if times != amplitudes {
            let are = if times == 1 { "time is" } else { "times are" };
            let s = if amplitudes == 1 { "" } else { "s" };
            return Err(format!(
                "{times} {are} given, but {amplitudes} amplitude{s}; give one amplitude a time"
            ));
        }
        for (index, time) in self.times.iter().enumerate() {
            check_number(&format!("times[{index}]"), *time, 0.0)?;
            if let Some(before) = index.checked_sub(1).map(|before| self.times[before])
                && before.base() >= time.base()
            {
                return Err(format!(
                    "times[{index}] is {time}, but comes after {before}; times must be strictly ascending"
                ));
            }
        }
        let mut each = self.amplitudes.iter().enumerate();
        each.try_for_each(|(index, value)| check_number(&format!("amplitudes[{index}]"), *value, ANY))
    }

    fn waveform(&self, timestep: Tick, _: Key) -> Waveform {
        let changes = self.on_grid(timestep);
        Box::new(move |step| {
            let past = changes.partition_point(|(begins, _)| *begins < i64::from(step));
            past.checked_sub(1).map_or(0.0, |last| changes[last].1)
        })
    }
}

impl StepCurrentSource {
    /// The changes as they are played: grid point, as a number of steps, and amplitude in nA. Of times that go to the
    /// same grid point the last counts.
    #[must_use]
    pub fn on_grid(&self, timestep: Tick) -> Vec<(i64, f64)> {
        let mut changes: Vec<(i64, f64)> = Vec::with_capacity(self.times.len());
        for (time, amplitude) in self.times.iter().zip(&self.amplitudes) {
            let step = grid_step(*time, timestep);
            if changes.last().is_some_and(|(last, _)| *last == step) {
                changes.pop();
            }
            changes.push((step, amplitude.base()));
        }
        changes
    }
}

impl CurrentSource for NoisyCurrentSource {
    const NAME: &'static str = "NoisyCurrentSource";

    fn numbers(&self) -> Vec<f64> {
        let Self { mean, stdev, start, stop, dt } = self;
        vec![mean.base(), stdev.base(), start.base(), stop.base(), dt.base()]
    }

    fn of_numbers(numbers: &[f64]) -> Option<Self> {
        let [mean, stdev, start, stop, dt] = *numbers else { return None };
        Some(Self {
            mean: Current::new(mean),
            stdev: Current::new(stdev),
            start: Time::new(start),
            stop: Time::new(stop),
            dt: Time::new(dt),
        })
    }

    fn check(&self, timestep: Tick) -> Result<(), String> {
        check_number("mean", self.mean, ANY)?;
        check_number("stdev", self.stdev, 0.0)?;
        check_span(self.start, self.stop)?;
        match Tick::exactly(self.dt, "dt") {
            Ok(dt) if dt > Tick::ZERO && dt.is_multiple_of(timestep) => Ok(()),
            _ => Err(format!(
                "dt is {}, but must be a multiple of the time step, {timestep}: the current changes on the grid",
                self.dt
            )),
        }
    }

    fn waveform(&self, timestep: Tick, key: Key) -> Waveform {
        let since = since_start(self.start, self.stop, timestep);
        let (mean, stdev) = (self.mean.base(), self.stdev.base());
        let interval = grid_step(self.dt, timestep).max(1);
        Box::new(move |step| match since(step) {
            Some(steps) => {
                #[allow(clippy::cast_sign_loss, reason = "counted from the beginning")]
                let number = (steps / interval) as u64;
                mean + stdev * Stream::new(key, number).normal()
            }
            None => 0.0,
        })
    }
}
