//! Recorded data as comma-separated values.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use pynn_core::Result;
use pynn_core::network::Selection;
use pynn_core::recording::{SpikeData, TraceData};

use crate::file;
use crate::summary::{RateTable, SpikeCounts};

/// What can be written as comma-separated values: UTF-8, lines end in `\n`, the first lines are comments (`# key: value`),
/// what the user noted about the population or the projection among them, and, where only some cells are recorded, which (`# cells: 0..10`,
/// `# cells: 1 4 7`); then one line of column names. Numpy, pandas and R read it with `#` as the comment sign:
/// `pandas.read_csv("relay.csv", comment="#")`.
///
/// Times are in ms, rounded to the nearest nanosecond (the run's time base); other numbers are the shortest that read
/// back as the same `f64`.
///
/// | of | columns |
/// |---|---|
/// | [`SpikeData`] | `time_ms,index`, a line a spike, ordered by time |
/// | [`TraceData`] | `time_ms,cell_0,cell_1,...`, a column a recorded cell, a line a sample time, in the variable's unit |
/// | [`SpikeCounts`] | `index,spikes`, a line a recorded cell |
/// | [`Connections`](crate::Connections) | `i,j,weight` and `delay`, a line a connection; the names in a comment, as PyNN has them |
/// | [`RateTable`] | `population,cells,active,spikes,mean_rate_hz`, a line a population |
pub trait Csv {
    /// Writes the values to `out`, which should be buffered.
    ///
    /// # Errors
    /// Those of `out`.
    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Saves the values in a file, over one that is there. The name may have any extension.
    ///
    /// # Errors
    /// [`ErrorKind::File`](pynn_core::ErrorKind::File) if the file cannot be written.
    fn save_csv(&self, path: impl AsRef<Path>) -> Result<()>
    where
        Self: Sized,
    {
        let path = path.as_ref();
        let mut out = BufWriter::new(file::create(path)?);
        self.write_csv(&mut out).and_then(|()| out.flush()).map_err(|error| file::failure(path, &error))
    }

    /// The values as text.
    #[must_use]
    fn to_csv(&self) -> String {
        let mut text = Vec::new();
        self.write_csv(&mut text).map(|()| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default()
    }
}

impl Csv for SpikeData {
    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        comments(out, &self.population, self.size, self.cells.as_ref(), &self.annotations)?;
        writeln!(out, "# stop_ms: {}\ntime_ms,index", nanoseconds(self.stop))?;
        for (time, index) in self.times.iter().zip(&self.indices) {
            writeln!(out, "{},{index}", nanoseconds(*time))?;
        }
        Ok(())
    }
}

impl Csv for TraceData {
    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        comments(out, &self.population, self.size, self.cells.as_ref(), &self.annotations)?;
        writeln!(out, "# variable: {}\n# unit: {}", one_line(&self.variable), one_line(&self.unit))?;
        writeln!(out, "# interval_ms: {}", nanoseconds(self.interval))?;
        write!(out, "time_ms")?;
        let cells = self.recorded();
        for cell in cells.iter() {
            write!(out, ",cell_{cell}")?;
        }
        writeln!(out)?;
        for (row, values) in self.values.chunks_exact(cells.len().max(1)).enumerate() {
            write!(out, "{}", nanoseconds(row as f64 * self.interval))?;
            for value in values {
                write!(out, ",{value}")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

impl Csv for SpikeCounts<'_> {
    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let SpikeData { population, size, cells, annotations, .. } = self.spikes;
        comments(out, population, *size, cells.as_ref(), annotations)?;
        writeln!(out, "# stop_ms: {}\nindex,spikes", nanoseconds(self.spikes.stop))?;
        for (index, count) in self.spikes.recorded().iter().zip(self.counts()) {
            writeln!(out, "{index},{count}")?;
        }
        Ok(())
    }
}

impl Csv for RateTable<'_> {
    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "population,cells,active,spikes,mean_rate_hz")?;
        for row in self.rows() {
            let name = quoted(row.population);
            writeln!(out, "{name},{},{},{},{}", row.cells, row.active, row.spikes, row.mean_rate)?;
        }
        Ok(())
    }
}

fn comments(
    out: &mut dyn Write,
    population: &str,
    size: usize,
    cells: Option<&Selection>,
    annotations: &[(String, String)],
) -> io::Result<()> {
    writeln!(out, "# population: {}\n# size: {size}", one_line(population))?;
    match cells {
        Some(Selection::Range(range)) => writeln!(out, "# cells: {}..{}", range.start, range.end)?,
        Some(Selection::List(list)) => {
            let list: Vec<String> = list.iter().map(ToString::to_string).collect();
            writeln!(out, "# cells: {}", list.join(" "))?;
        }
        None => {}
    }
    noted(out, annotations)
}

pub(crate) fn noted(out: &mut dyn Write, annotations: &[(String, String)]) -> io::Result<()> {
    let mut annotations = annotations.iter();
    annotations.try_for_each(|(key, value)| writeln!(out, "# {}: {}", one_line(key), one_line(value)))
}

/// A time in ms to the nearest nanosecond, which hides the last bits of sums and products such as 3 * 0.1.
fn nanoseconds(time: f64) -> f64 {
    let rounded = (time * 1e6).round() / 1e6;
    if rounded.is_finite() { rounded } else { time }
}

pub(crate) fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

/// A field that may hold commas or quotes, after RFC 4180.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r', '#']) {
        format!("\"{}\"", one_line(field).replace('"', "\"\""))
    } else {
        field.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay() -> SpikeData {
        SpikeData {
            population: "relay".into(),
            size: 3,
            stop: 100.0,
            times: vec![0.1 + 0.2, 5.0, 5.000_05],
            indices: vec![0, 2, 2],
            ..SpikeData::default()
        }
    }

    #[test]
    fn spikes_are_written_with_their_population_and_to_the_nanosecond() {
        let expected =
            "# population: relay\n# size: 3\n# stop_ms: 100\ntime_ms,index\n0.3,0\n5,2\n5.00005,2\n";
        assert_eq!(relay().to_csv(), expected);
    }

    #[test]
    fn annotations_stand_above_the_columns() {
        let annotations = vec![("layer".into(), "4".into()), ("area".into(), "V1,\nmonkey".into())];
        let expected =
            "# population: relay\n# size: 3\n# layer: 4\n# area: V1, monkey\n# stop_ms: 100\ntime_ms,index\n";
        let text = SpikeData { annotations, ..relay() }.to_csv();
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn traces_have_a_column_a_cell() {
        let trace = TraceData {
            population: "relay".into(),
            variable: "v".into(),
            unit: "mV".into(),
            size: 2,
            interval: 0.1,
            values: vec![-65.0, -64.5, 1.0, 2.0, 3.0, 4.0, 0.125, f64::NAN],
            ..TraceData::default()
        };
        let expected = "# population: relay\n# size: 2\n# variable: v\n# unit: mV\n# interval_ms: 0.1\n\
                        time_ms,cell_0,cell_1\n0,-65,-64.5\n0.1,1,2\n0.2,3,4\n0.3,0.125,NaN\n";
        assert_eq!(trace.to_csv(), expected);
    }

    #[test]
    fn what_is_recorded_of_some_cells_says_of_which() {
        let cells = Some(Selection::List([0, 2].into()));
        let spikes = SpikeData { cells: cells.clone(), ..relay() };
        assert!(
            spikes.to_csv().starts_with("# population: relay\n# size: 3\n# cells: 0 2\n# stop_ms: 100\n")
        );
        assert!(SpikeCounts::of(&spikes).to_csv().ends_with("index,spikes\n0,1\n2,2\n"));
        let values = vec![1.0, 2.0, 3.0, 4.0];
        let trace = TraceData { size: 3, cells, interval: 1.0, values, ..TraceData::default() };
        assert!(trace.to_csv().ends_with("time_ms,cell_0,cell_2\n0,1,2\n1,3,4\n"), "{}", trace.to_csv());
        let range = TraceData { cells: Some(Selection::Range(1..3)), ..trace };
        assert!(range.to_csv().contains("# cells: 1..3\n"), "{}", range.to_csv());
    }

    #[test]
    fn counts_have_a_line_for_silent_cells_too() {
        let text = SpikeCounts::of(&relay()).to_csv();
        assert!(text.ends_with("index,spikes\n0,1\n1,0\n2,2\n"), "{text}");
    }

    #[test]
    fn rates_quote_names_that_hold_commas() {
        let odd = SpikeData { population: "layer 4, \"exc\"".into(), ..relay() };
        let text = RateTable::of([&relay(), &odd]).to_csv();
        let expected = "population,cells,active,spikes,mean_rate_hz\nrelay,3,2,3,10\n\
                        \"layer 4, \"\"exc\"\"\",3,2,3,10\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn empty_recordings_give_their_header() {
        assert!(SpikeData::default().to_csv().ends_with("# stop_ms: 0\ntime_ms,index\n"));
        assert!(TraceData::default().to_csv().ends_with("# interval_ms: 0\ntime_ms\n"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_with_the_remedy() {
        let error = relay().save_csv("/no/such/folder/spikes.csv").unwrap_err();
        assert_eq!(error.kind(), pynn_core::ErrorKind::File);
        let expected = "cannot write `/no/such/folder/spikes.csv`: there is no folder `/no/such/folder`; create it first";
        assert_eq!(error.message(), expected);
    }

    #[test]
    fn a_saved_file_holds_the_text() {
        let path = std::env::temp_dir().join(format!("pynn_data_csv_{}.csv", std::process::id()));
        relay().save_csv(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), relay().to_csv());
        std::fs::remove_file(path).unwrap();
    }
}
