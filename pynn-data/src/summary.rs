//! Counts and mean rates.

use std::fmt;

use pynn_core::recording::SpikeData;

use crate::one_or_many::OneOrMany;

/// How many spikes each recorded cell of a population fired.
#[derive(Clone, Copy, Debug)]
pub struct SpikeCounts<'a> {
    pub(crate) spikes: &'a SpikeData,
}

impl<'a> SpikeCounts<'a> {
    /// The counts of `spikes`.
    #[must_use]
    pub fn of(spikes: &'a SpikeData) -> Self {
        Self { spikes }
    }

    /// The counts, by index. Spikes of cells that the population does not have are left out.
    #[must_use]
    pub fn counts(&self) -> Vec<u32> {
        self.spikes.counts()
    }
}

/// Numbers of recorded cells, spikes and mean rates of populations. [`Display`](fmt::Display) gives a table for the terminal,
/// [`Csv`](crate::Csv) a file.
///
/// ```
/// # use pynn_core::recording::SpikeData;
/// # use pynn_data::{Csv, RateTable};
/// # let spikes = |name: &str, n: u32| SpikeData { population: name.into(), size: 100, stop: 1000.0,
/// #     times: (0..n).map(f64::from).collect(), indices: (0..n).map(|i| i % 100).collect(), ..SpikeData::default() };
/// # let (exc, inh) = (spikes("exc", 830), spikes("inh", 99));
/// let table = RateTable::of([&exc, &inh]);
/// let expected = "\
/// population  cells  active  spikes  mean rate (Hz)
/// exc           100     100     830            8.30
/// inh           100      99      99            0.99
/// ";
/// assert_eq!(table.to_string(), expected);
/// ```
#[derive(Clone, Debug)]
pub struct RateTable<'a> {
    populations: OneOrMany<'a, SpikeData>,
}

/// A line of the table.
pub(crate) struct Row<'a> {
    pub(crate) population: &'a str,
    pub(crate) cells: usize,
    pub(crate) active: usize,
    pub(crate) spikes: usize,
    pub(crate) mean_rate: f64,
}

impl<'a> RateTable<'a> {
    /// The table of one or several populations, in the given order.
    #[must_use]
    pub fn of(populations: impl Into<OneOrMany<'a, SpikeData>>) -> Self {
        Self { populations: populations.into() }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'a>> + '_ {
        self.populations.0.iter().map(|spikes| Row {
            population: &spikes.population,
            cells: spikes.recorded().len(),
            active: SpikeCounts::of(spikes).counts().iter().filter(|count| **count > 0).count(),
            spikes: spikes.len(),
            mean_rate: mean_rate(spikes),
        })
    }
}

impl fmt::Display for RateTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.populations.0.iter().map(|spikes| spikes.population.chars().count());
        let width = names.max().unwrap_or(0).max("population".len());
        writeln!(f, "{:width$}  cells  active  spikes  mean rate (Hz)", "population")?;
        for Row { population, cells, active, spikes, mean_rate } in self.rows() {
            writeln!(f, "{population:width$}{cells:>7}{active:>8}{spikes:>8}{mean_rate:>16.2}")?;
        }
        Ok(())
    }
}

/// The mean rate in Hz; 0 for a population without cells or a recording without length.
pub(crate) fn mean_rate(spikes: &SpikeData) -> f64 {
    if spikes.size == 0 { 0.0 } else { spikes.mean_rate() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_widens_for_long_names() {
        let long = SpikeData {
            population: "excitatory_layer_5".into(),
            size: 1,
            stop: 10.0,
            ..SpikeData::default()
        };
        let text = RateTable::of(&long).to_string();
        let expected = "population          cells  active  spikes  mean rate (Hz)\n\
                        excitatory_layer_5      1       0       0            0.00\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn no_cells_and_no_time_give_a_rate_of_zero() {
        let nothing = SpikeData::default();
        assert_eq!(RateTable::of(&nothing).rows().map(|row| row.mean_rate).collect::<Vec<_>>(), [0.0]);
    }

    #[test]
    fn spikes_of_unknown_cells_do_not_count() {
        let odd = SpikeData { size: 1, times: vec![1.0, 2.0], indices: vec![0, 7], ..SpikeData::default() };
        assert_eq!(SpikeCounts::of(&odd).counts(), [1]);
    }
}
