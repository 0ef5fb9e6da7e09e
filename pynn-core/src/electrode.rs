//! Electrodes: current sources that inject into cells.
//!
//! What an electrode injects is a pure function of (description, seed, step), evaluated here for every backend: all play
//! the same current. It is piecewise constant: during step `n`, which ends at `n h`, an electrode injects what its source
//! has at the beginning of the step, `(n - 1) h`, in PyNN on NEST and on NEURON too. So a current that starts at `t` leaves
//! `v(t)` as it was and first shows at `t + h`. Times go to the nearest grid point, a half to the earlier, as in PyNN.
//!
//! Currents of several electrodes add; the same electrode gives the same current to all its cells.

mod currents;
mod sources;

use std::fmt;
use std::sync::Arc;

pub use currents::{Currents, Injected};
pub use sources::{AcSource, DcSource, NoisyCurrentSource, StepCurrentSource};

use crate::error::{Error, Result};
use crate::network::{End, Network};
use crate::population::{ElectrodeId, PopulationId};
use crate::random::{Key, Purpose};
use crate::time::Tick;

/// The current, in nA, of an electrode during a step, counted from 1.
pub type Waveform = Box<dyn Fn(u32) -> f64 + Send>;

/// A kind of current source: its fields describe the current.
///
/// One of your own runs on every backend: the backends only play currents.
///
/// ```
/// use pynn_core::electrode::{CurrentSource, Waveform, grid_step};
/// use pynn_core::random::Key;
/// use pynn_core::time::Tick;
/// use pynn_core::units::{Current, Time, Unit};
///
/// /// A current that grows steadily from `start` on.
/// #[derive(Clone, Debug)]
/// struct Ramp {
///     start: Time,
///     /// By how much it grows in a ms.
///     slope: Current,
/// }
///
/// impl CurrentSource for Ramp {
///     const NAME: &'static str = "Ramp";
///
///     fn numbers(&self) -> Vec<f64> {
///         vec![self.start.base(), self.slope.base()]
///     }
///
///     fn of_numbers(numbers: &[f64]) -> Option<Self> {
///         let [start, slope] = *numbers else { return None };
///         Some(Self { start: Time::new(start), slope: Current::new(slope) })
///     }
///
///     fn check(&self, _: Tick) -> Result<(), String> {
///         if self.slope.base().is_finite() { Ok(()) } else { Err("slope must be finite".into()) }
///     }
///
///     fn waveform(&self, timestep: Tick, _: Key) -> Waveform {
///         let (start, slope) = (grid_step(self.start, timestep), self.slope.base() * timestep.ms());
///         Box::new(move |step| slope * (i64::from(step) - 1 - start).max(0) as f64)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no current source",
    label = "expected `DcSource`, `AcSource`, `StepCurrentSource` or `NoisyCurrentSource`",
    note = "current sources of your own implement `CurrentSource`"
)]
pub trait CurrentSource: Clone + fmt::Debug + Send + Sync + 'static {
    /// PyNN's name.
    const NAME: &'static str;

    /// The fields as numbers in base units: as they travel between processes.
    fn numbers(&self) -> Vec<f64>;

    /// What [`numbers`](Self::numbers) came from; `None` if there cannot have been any.
    fn of_numbers(numbers: &[f64]) -> Option<Self>;

    /// Whether the fields make sense on a simulator with this time step.
    ///
    /// # Errors
    /// When they do not: which field, its value, and what it must be.
    fn check(&self, timestep: Tick) -> Result<(), String>;

    /// The current as a function of the step. `key` is the electrode's own, for sources that draw.
    fn waveform(&self, timestep: Tick, key: Key) -> Waveform;
}

/// The grid point nearest to `time`, as a number of steps; a half goes to the earlier, as in PyNN.
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "the cast saturates")]
pub fn grid_step(time: crate::units::Time, timestep: Tick) -> i64 {
    // What is less than a millionth of a ns off a half is one.
    ((time.value() - 1e-12) / timestep.ms()).round() as i64
}

/// An electrode of a network.
#[derive(Clone)]
pub struct ElectrodeSpec {
    /// Its number.
    pub id: ElectrodeId,
    /// Its name: the label, or `source -> population`.
    pub name: Arc<str>,
    /// The cells that it injects into.
    pub cells: End,
    /// PyNN's name of its kind of source.
    pub source: &'static str,
    /// The source's [`numbers`](CurrentSource::numbers).
    pub numbers: Vec<f64>,
    pub(crate) waveform: fn(&[f64], Tick, Key) -> Result<Waveform, String>,
}

impl fmt::Debug for ElectrodeSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {:?} -> {:?}", self.name, self.source, self.numbers, self.cells.parts())
    }
}

/// Checks and evaluates what `numbers` describe.
pub(crate) fn waveform_of<E: CurrentSource>(
    numbers: &[f64],
    timestep: Tick,
    key: Key,
) -> Result<Waveform, String> {
    let source =
        E::of_numbers(numbers).ok_or_else(|| format!("{numbers:?} are no numbers of a {}", E::NAME))?;
    source.check(timestep)?;
    Ok(source.waveform(timestep, key))
}

impl Network {
    /// The electrodes, in order of declaration; [`ElectrodeId`]s are indices.
    #[must_use]
    pub fn electrodes(&self) -> &[ElectrodeSpec] {
        &self.electrodes
    }

    /// The current of electrode number `electrode` on a simulator of this time step.
    ///
    /// # Errors
    /// When its description does not make sense.
    pub fn waveform(&self, electrode: ElectrodeId, timestep: Tick) -> Result<Waveform> {
        let spec = &self.electrodes[electrode.0];
        let key = self.key(Purpose::Electrode, electrode.0 as u64);
        (spec.waveform)(&spec.numbers, timestep, key)
            .map_err(|message| Error::description(format!("electrode `{}`: {message}", spec.name)))
    }

    /// Replaces the source of an electrode by another of the same type, given by its
    /// [numbers](CurrentSource::numbers). They are not checked: [`waveform`](Self::waveform) does that.
    pub fn set_electrode(&mut self, electrode: ElectrodeId, numbers: Vec<f64>) {
        self.electrodes[electrode.0].numbers = numbers;
    }
}

/// One rank's share of an electrode's cells in a population.
#[derive(Clone, Debug)]
pub struct LocalElectrode<'n> {
    /// The electrode.
    pub spec: &'n ElectrodeSpec,
    /// The population that it injects into.
    pub population: PopulationId,
    /// Its cells that live here: indices among the cells of the population that live here, ascending.
    pub cells: Vec<u32>,
}
