//! Runs that call back every so often.

use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::Model;
use pynn_core::time::Tick;
use pynn_core::units::Time;

use crate::Simulation;

/// What [`Simulation::run_with_all`] calls; it gives the time of its next call, if there is to be one.
pub type Callback<'c, N> = Box<dyn FnMut(&mut Simulation<N>) -> Result<Option<Time>> + 'c>;

/// A callback and when it is due.
struct Due<'a, 'c, N> {
    at: Tick,
    callback: &'a mut Callback<'c, N>,
}

impl<N: Model> Simulation<N> {
    /// Advances all simulators by `duration`, and calls `callback` on the way: at once, then at the time that it gives,
    /// if it is within the run, and so on. At the end of the run it is called if it asked for that time. PyNN's
    /// `run(duration, callbacks=[callback])`.
    ///
    /// ```no_run
    /// # use pynn_core::prelude::*;
    /// # fn f(mut sim: pynn_music::Simulation<pynn_core::network::Network>) -> Result<()> {
    /// sim.run_with(1000.0 * ms, |sim| {
    ///     println!("{}", sim.now());
    ///     Ok(sim.now() + 100.0 * ms)
    /// })
    /// # }
    /// ```
    ///
    /// # Errors
    /// An error of the callback ends the run. A time that has passed or that is no multiple of all time steps is an
    /// error, and so is a callback that runs or resets the simulation; else as [`run`](Self::run).
    pub fn run_with<R: Into<Option<Time>>>(
        &mut self,
        duration: Time,
        mut callback: impl FnMut(&mut Self) -> Result<R>,
    ) -> Result<()> {
        self.run_with_all(duration, &mut [Box::new(move |sim| callback(sim).map(Into::into))])
    }

    /// Advances all simulators by `duration`, and calls each of `callbacks` as [`run_with`](Self::run_with) does; those that
    /// are due at the same time, in their order.
    ///
    /// # Errors
    /// As [`run_with`](Self::run_with).
    pub fn run_with_all(&mut self, duration: Time, callbacks: &mut [Callback<'_, N>]) -> Result<()> {
        let now = self.driver.time();
        let duration = Tick::exactly(duration, "the duration of a run")?;
        let end = Tick(now.0.saturating_add(duration.0));
        self.driver.check_end(end)?;
        let mut waiting: Vec<Due<'_, '_, N>> =
            callbacks.iter_mut().map(|callback| Due { at: now, callback }).collect();
        loop {
            let now = self.driver.time();
            let mut error = None;
            waiting.retain_mut(|due| {
                if error.is_some() || due.at != now {
                    return true;
                }
                match self.call(due.callback) {
                    Ok(Some(next)) => due.at = next,
                    Ok(None) => return false,
                    Err(why) => error = Some(why),
                }
                true
            });
            if let Some(error) = error {
                return Err(error);
            }
            if now == end {
                return Ok(());
            }
            let next = waiting.iter().map(|due| due.at).min().map_or(end, |at| at.min(end));
            self.driver.run_to(next)?;
        }
    }

    /// Calls `callback`, and gives when it is due again.
    fn call(&mut self, callback: &mut Callback<'_, N>) -> Result<Option<Tick>> {
        let refuse = |why: String| Err(Error::new(ErrorKind::Usage, format!("a callback {why}")));
        let (now, segment) = (self.driver.time(), self.driver.segment());
        let next = callback(self)?;
        if (self.driver.time(), self.driver.segment()) != (now, segment) {
            return refuse("ran or reset the simulation, which is running already".into());
        }
        let Some(next) = next else { return Ok(None) };
        let next = Tick::exactly(next, "the time of the next callback")?;
        if next <= now {
            return refuse(format!(
                "asks to be called at {next}, but it is {now} already; give a later time"
            ));
        }
        self.driver.check_end(next)?;
        Ok(Some(next))
    }
}
