//! Which delays make sense.

use crate::network::{Network, ProjectionSpec, SimulatorSpec};
use crate::row::{LONGEST_DELAY, delay_steps};
use crate::time::Tick;
use crate::units::Time;

/// The delays of some connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delays {
    /// The shortest, a multiple of the target's time step.
    pub(crate) shortest: Tick,
    /// The longest, alike.
    longest: Tick,
    /// The shortest as it was given.
    given: Time,
}

impl Delays {
    /// One that all have.
    pub(crate) fn exactly(delay: Tick) -> Self {
        Self { shortest: delay, longest: delay, given: delay.time() }
    }

    /// From `low` to `high`, ms, each rounded to the time step of `target`.
    pub(crate) fn between(low: f64, high: f64, target: &SimulatorSpec) -> Self {
        let rounded = |ms: f64| target.timestep * i64::from(delay_steps(ms, target.timestep));
        Self { shortest: rounded(low), longest: rounded(high), given: Time::new(low) }
    }

    /// One that all connections have: a multiple of the target's time step. `least` is the shortest allowed, for the remedy.
    pub(crate) fn constant(delay: f64, target: &SimulatorSpec, least: Tick) -> Result<Self, String> {
        let tick = Tick::exactly(Time::new(delay), "a delay").map_err(|error| error.message().to_owned())?;
        if tick.is_multiple_of(target.timestep) {
            return Ok(Self::exactly(tick));
        }
        let below = target.timestep * tick.steps_down(target.timestep);
        let above = (below + target.timestep).max(least);
        let remedy = if below >= least { format!("{below} or {above}") } else { above.to_string() };
        Err(format!(
            "a delay of {tick} is no multiple of the time step of the target's simulator `{}`, {}; use {remedy}",
            target.name, target.timestep
        ))
    }

    /// Says what is wrong with them, if anything.
    pub(crate) fn check(&self, network: &Network, spec: &ProjectionSpec) -> Result<(), String> {
        let (target, allowed) = (network.target_simulator(spec), spec.shortest_delay_allowed(network));
        if self.shortest < allowed {
            let sources = spec.source.populations().map(|source| network.simulator_of(source));
            let whose =
                sources.chain([target]).find(|simulator| simulator.timestep == allowed).unwrap_or(target);
            return Err(format!(
                "a delay of {} is shorter than the time step of `{}`, {allowed}; raise the delay or shorten the time step",
                self.given, whose.name
            ));
        }
        if self.longest > target.timestep * i64::from(LONGEST_DELAY) {
            return Err(format!(
                "a delay of {} is more than {LONGEST_DELAY} time steps of `{}`; shorten it",
                self.longest, target.name
            ));
        }
        Ok(())
    }
}

/// The words for a delay that is no number.
pub(crate) fn not_finite(delay: f64) -> String {
    format!("a delay of {delay} ms is not finite")
}
