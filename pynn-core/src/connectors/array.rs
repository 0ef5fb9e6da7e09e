//! Connections from a matrix of truth values.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::table::{Entries, Table};
use crate::connector::{Connector, Ends, Reaching, Row};
use crate::error::Result;

/// Connects where a matrix says true: one row a source, one column a target. PyNN's `ArrayConnector`.
///
/// ```
/// use pynn_core::prelude::*;
///
/// // Two sources, three targets.
/// let connector = Array::new([[true, false, true], [false, true, true]]);
/// # let _ = connector;
/// ```
///
/// The sources of a target ascend; lists of weights and delays go target by target.
#[doc(alias = "ArrayConnector")]
#[derive(Clone)]
pub struct Array {
    table: Arc<Table>,
    rows: usize,
    columns: usize,
    /// The first row that is not as long as row 0, and its length.
    ragged: Option<(usize, usize)>,
}

impl Array {
    /// Connections where `rows`, one a source, say true of a target.
    pub fn new<R: AsRef<[bool]>>(rows: impl IntoIterator<Item = R>) -> Self {
        let rows: Vec<R> = rows.into_iter().collect();
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let mut entries = Entries::default();
        for target in 0..columns {
            let connected = |row: &R| row.as_ref().get(target).copied().unwrap_or(false);
            for source in (0..rows.len()).filter(|source| connected(&rows[*source])) {
                entries.push(source as u64, target as u64);
            }
        }
        let ragged = rows.iter().map(|row| row.as_ref().len()).enumerate().find(|(_, len)| *len != columns);
        Self { table: Arc::new(entries.finish()), rows: rows.len(), columns, ragged }
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Array({} x {}, {})", self.rows, self.columns, self.table.describe())
    }
}

impl Connector for Array {
    fn name(&self) -> &'static str {
        "Array"
    }

    fn check(&self, ends: &Ends<'_>) -> Result<(), String> {
        if let Some((row, len)) = self.ragged {
            return Err(format!("Array: row {row} has {len} entries, but row 0 has {}", self.columns));
        }
        check_shape("Array", self.rows, self.columns, ends)
    }

    fn connect(&self, _: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        self.table.emit(&targets, emit);
        Ok(())
    }

    fn count(&self, _: &Ends<'_>) -> Option<u64> {
        Some(self.table.len() as u64)
    }

    fn reaching(&self, _: &Ends<'_>, targets: Range<u32>) -> Reaching {
        self.table.reaching(&targets)
    }
}

/// Says that a matrix has another shape than the ends, if it has.
pub(crate) fn check_shape(what: &str, rows: usize, columns: usize, ends: &Ends<'_>) -> Result<(), String> {
    let (sources, targets) = (ends.sources.size() as usize, ends.targets.size() as usize);
    if (rows, columns) == (sources, targets) {
        return Ok(());
    }
    let [source, target] = ends.names();
    Err(format!(
        "{what} is a matrix of {rows} x {columns}, but there are {sources} sources in `{source}` and {targets} targets in \
         `{target}`; give one row a source and one column a target"
    ))
}
