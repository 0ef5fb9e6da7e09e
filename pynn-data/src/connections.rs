//! Connections as a file that a connector reads.

use std::io::{self, Write};

use pynn_core::recording::SynapseData;

use crate::csv::{Csv, noted, one_line};

/// The connections of a projection with their weights and, if given, delays, in PyNN's format of connection files:
/// [`FromFile`](pynn_core::connectors::FromFile) connects by it again. Weights are in the unit of the projection's receptor,
/// which a comment names, delays in ms; what the user noted about the projection stands above.
///
/// ```
/// use pynn_core::recording::SynapseData;
/// use pynn_data::{Connections, Csv};
///
/// let weights = SynapseData {
///     projection: "exc -> inh".into(),
///     value: "weight".into(),
///     unit: "nA".into(),
///     sources: vec![3],
///     targets: vec![0],
///     values: vec![0.25],
///     ..SynapseData::default()
/// };
/// let text = Connections::of(&weights).to_csv();
/// assert!(text.ends_with("# columns = [\"i\", \"j\", \"weight\"]\n3,0,0.25\n"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Connections<'a> {
    weights: &'a SynapseData,
    delays: Option<&'a SynapseData>,
}

impl<'a> Connections<'a> {
    /// Connections and their weights.
    #[must_use]
    pub fn of(weights: &'a SynapseData) -> Self {
        Self { weights, delays: None }
    }

    /// The delays of the same connections.
    ///
    /// # Panics
    /// When they are those of other connections.
    #[must_use]
    pub fn delays(self, delays: &'a SynapseData) -> Self {
        let same = self.weights.sources == delays.sources && self.weights.targets == delays.targets;
        assert!(same, "the delays of `{}` are not those of `{}`", delays.projection, self.weights.projection);
        Self { delays: Some(delays), ..self }
    }
}

impl Csv for Connections<'_> {
    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let weights = self.weights;
        writeln!(out, "# projection: {}", one_line(&weights.projection))?;
        noted(out, &weights.annotations)?;
        writeln!(out, "# sources: {}\n# targets: {}", weights.source_size, weights.target_size)?;
        writeln!(out, "# {}: {}", one_line(&weights.value), one_line(&weights.unit))?;
        let more = if self.delays.is_some() { ", \"delay\"" } else { "" };
        writeln!(out, "# columns = [\"i\", \"j\", \"weight\"{more}]")?;
        for (number, (source, target, weight)) in weights.list().enumerate() {
            write!(out, "{source},{target},{weight}")?;
            if let Some(delays) = self.delays {
                write!(out, ",{}", delays.values[number])?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}
