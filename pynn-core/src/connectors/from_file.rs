//! Connections from a text file.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::table::{Entries, Table};
use crate::connector::{Connector, Ends, Reaching, Row};
use crate::error::{Error, ErrorKind, Result};

/// Connects as a text file says: one connection a line, PyNN's `FromFileConnector` and format.
///
/// A line has the index of the source, the index of the target and, if the file has them, weight (in the base unit of
/// the target's receptor) and delay (in ms), separated by blanks, tabs or commas. `#` begins a comment. Without a line
/// `# columns = ["i", "j", "weight", "delay"]` that says otherwise, the columns are the first ones of these. Weights and
/// delays of the file take the place of the synapse's; delays are rounded to the time step.
///
/// The file is read once; that it cannot be read is an error of the build.
///
/// ```
/// use pynn_core::connectors::FromFile;
///
/// let connector = FromFile::new("connections.txt");
/// # let _ = connector;
/// ```
#[doc(alias = "FromFileConnector")]
#[derive(Clone, Default)]
pub struct FromFile {
    path: PathBuf,
    read: Arc<OnceLock<Result<Listing, String>>>,
}

/// What a file says.
struct Listing {
    table: Table,
    /// The line of each connection of the file.
    lines: Vec<u32>,
}

impl FromFile {
    /// The connections in the file `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), read: Arc::default() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn listing(&self) -> Result<&Listing, String> {
        self.read.get_or_init(|| read(&self.path)).as_ref().map_err(Clone::clone)
    }

    fn table(&self) -> Option<&Table> {
        self.listing().ok().map(|listing| &listing.table)
    }
}

/// A column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Source,
    Target,
    Weight,
    Delay,
}

const FIELDS: [(&str, Field); 4] =
    [("i", Field::Source), ("j", Field::Target), ("weight", Field::Weight), ("delay", Field::Delay)];

fn read(path: &Path) -> Result<Listing, String> {
    if path.as_os_str().is_empty() {
        return Err("FromFile needs a file; write FromFile::new(\"connections.txt\")".into());
    }
    let text = std::fs::read_to_string(path).map_err(|error| {
        format!("FromFile cannot read {}: {error}; paths start at the working directory", path.display())
    })?;
    let mut columns = None;
    let mut entries = Entries::default();
    let mut lines = Vec::new();
    let mut words = Vec::new();
    for (number, line) in (1u32..).zip(text.lines()) {
        let located = |message: String| format!("{}:{number}: {message}", path.display());
        let (content, comment) = line.split_once('#').unwrap_or((line, ""));
        if let Some(header) = header(comment) {
            columns = Some(named_columns(header).map_err(located)?);
        }
        words.clear();
        words.extend(content.split([' ', '\t', ',', '\r']).filter(|word| !word.is_empty()));
        if words.is_empty() {
            continue;
        }
        let columns = match &mut columns {
            Some(columns) => columns,
            None => columns.insert(first_columns(words.len()).map_err(located)?),
        };
        push(&words, columns, &mut entries).map_err(located)?;
        lines.push(number);
    }
    Ok(Listing { table: entries.finish(), lines })
}

/// What stands behind `columns =`, if a comment says this.
fn header(comment: &str) -> Option<&str> {
    comment.trim().strip_prefix("columns")?.trim_start().strip_prefix('=')
}

fn named_columns(header: &str) -> Result<Vec<Field>, String> {
    let names = header.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|name| !name.is_empty());
    let mut columns = Vec::new();
    for name in names {
        let Some((_, field)) = FIELDS.iter().find(|(known, _)| *known == name) else {
            return Err(format!("unknown column `{name}`; columns are i, j, weight and delay"));
        };
        if columns.contains(field) {
            return Err(format!("column `{name}` is named twice"));
        }
        columns.push(*field);
    }
    for (name, field) in &FIELDS[..2] {
        if !columns.contains(field) {
            return Err(format!(
                "column `{name}` is missing; a connection needs i (its source) and j (its target)"
            ));
        }
    }
    Ok(columns)
}

fn first_columns(count: usize) -> Result<Vec<Field>, String> {
    if (2..=FIELDS.len()).contains(&count) {
        return Ok(FIELDS[..count].iter().map(|(_, field)| *field).collect());
    }
    Err(format!(
        "{count} values; a line has a source, a target, and possibly a weight and a delay, unless a line `# columns = [...]` names them"
    ))
}

fn push(words: &[&str], columns: &[Field], entries: &mut Entries) -> Result<(), String> {
    if words.len() != columns.len() {
        return Err(format!("{} values for {} columns", words.len(), columns.len()));
    }
    let word = |field| columns.iter().position(|column| *column == field).map(|column| words[column]);
    let index = |field| word(field).map_or(Err(String::new()), parse_index);
    entries.push(index(Field::Source)?, index(Field::Target)?);
    if let Some(weight) = word(Field::Weight) {
        entries.push_weight(parse_value(weight, "weight")?);
    }
    if let Some(delay) = word(Field::Delay) {
        let milliseconds = parse_value(delay, "delay in ms")?;
        if milliseconds <= 0.0 {
            return Err(format!("a delay of {delay} ms; delays are positive"));
        }
        entries.push_delay(milliseconds);
    }
    Ok(())
}

/// An index; PyNN writes `3.0` too.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number below 2^53")]
fn parse_index(word: &str) -> Result<u64, String> {
    if let Ok(index) = word.parse::<u64>() {
        return Ok(index);
    }
    match word.parse::<f64>() {
        Ok(index) if (0.0..9e15).contains(&index) && index.fract() == 0.0 => Ok(index as u64),
        _ => Err(format!("`{word}` is no index of a cell; indices are whole numbers from 0")),
    }
}

fn parse_value(word: &str, what: &str) -> Result<f64, String> {
    match word.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(format!("`{word}` is no {what}")),
    }
}

impl fmt::Debug for FromFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.read.get() {
            Some(Ok(listing)) => write!(f, "FromFile({:?}: {})", self.path, listing.table.describe()),
            _ => write!(f, "FromFile({:?})", self.path),
        }
    }
}

impl Connector for FromFile {
    fn name(&self) -> &'static str {
        "FromFile"
    }

    fn check(&self, ends: &Ends<'_>) -> Result<(), String> {
        let listing = self.listing()?;
        match listing.table.out_of_range(ends) {
            Some((place, message)) => {
                Err(format!("{}:{}: {message}", self.path.display(), listing.lines[place]))
            }
            None => Ok(()),
        }
    }

    fn connect(&self, _: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        let listing = self.listing().map_err(|message| Error::new(ErrorKind::File, message))?;
        listing.table.emit(&targets, emit);
        Ok(())
    }

    fn count(&self, _: &Ends<'_>) -> Option<u64> {
        self.table().map(|table| table.len() as u64)
    }

    fn reaching(&self, _: &Ends<'_>, targets: Range<u32>) -> Reaching {
        self.table().map_or(Reaching::All, |table| table.reaching(&targets))
    }

    fn listed_weights(&self) -> Option<(f64, f64)> {
        self.table()?.weight_range()
    }

    fn listed_delays(&self) -> Option<(f64, f64)> {
        self.table()?.delay_range()
    }
}
