//! What the examples share: their options, and the summary that they print.

use std::path::{Path, PathBuf};

use pynn::prelude::*;

const USAGE: &str = "options are --time MS, --scale S, --out FOLDER";

/// Options of an example: `--time MS`, `--scale S`, `--out FOLDER`.
pub(crate) struct Options {
    /// Biological time to simulate.
    pub(crate) time: Time,
    /// Fraction of the full size.
    #[allow(dead_code, reason = "not every example can be scaled")]
    pub(crate) scale: f64,
    out: PathBuf,
}

impl Options {
    /// The options on the command line, with the example's own defaults.
    #[allow(dead_code, reason = "an example that takes files calls the other")]
    pub(crate) fn read(time: Time, scale: f64) -> Result<Self> {
        let (options, files) = Self::read_with_files(time, scale)?;
        match files.first() {
            None => Ok(options),
            Some(unknown) => {
                Err(Error::new(ErrorKind::Usage, format!("unknown option {}; {USAGE}", unknown.display())))
            }
        }
    }

    /// The options, and the files named beside them.
    pub(crate) fn read_with_files(time: Time, scale: f64) -> Result<(Self, Vec<PathBuf>)> {
        let mut arguments = pico_args::Arguments::from_env();
        let usage = |error: pico_args::Error| Error::new(ErrorKind::Usage, format!("{error}; {USAGE}"));
        let options = Self {
            time: arguments
                .opt_value_from_str("--time")
                .map_err(usage)?
                .map_or(time, |value: f64| value * ms),
            scale: arguments.opt_value_from_str("--scale").map_err(usage)?.unwrap_or(scale),
            out: arguments.opt_value_from_str("--out").map_err(usage)?.unwrap_or_else(|| "out".into()),
        };
        Ok((options, arguments.finish().into_iter().map(PathBuf::from).collect()))
    }

    /// Where to write the file called `name`; makes the folder.
    pub(crate) fn file(&self, name: &str) -> Result<PathBuf> {
        std::fs::create_dir_all(&self.out)
            .map_err(|error| Error::new(ErrorKind::File, format!("{}: {error}", self.out.display())))?;
        Ok(self.out.join(name))
    }
}

/// Prints where a file went.
pub(crate) fn wrote(path: &Path) {
    println!("wrote   {}", path.display());
}
