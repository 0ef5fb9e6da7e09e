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
        files.first().map_or(Ok(options), |file| Err(unknown(file)))
    }

    /// The options, and the files named beside them. Of `--help` prints what there is, and ends the program.
    pub(crate) fn read_with_files(time: Time, scale: f64) -> Result<(Self, Vec<PathBuf>)> {
        let mut arguments = pico_args::Arguments::from_env();
        if arguments.contains(["-h", "--help"]) {
            println!("{USAGE}");
            std::process::exit(0);
        }
        let usage = |error: pico_args::Error| Error::new(ErrorKind::Usage, format!("{error}; {USAGE}"));
        let options = Self {
            time: arguments
                .opt_value_from_str("--time")
                .map_err(usage)?
                .map_or(time, |value: f64| value * ms),
            scale: arguments.opt_value_from_str("--scale").map_err(usage)?.unwrap_or(scale),
            out: arguments.opt_value_from_str("--out").map_err(usage)?.unwrap_or_else(|| "out".into()),
        };
        let files: Vec<PathBuf> = arguments.finish().into_iter().map(PathBuf::from).collect();
        match files.iter().find(|file| file.as_os_str().as_encoded_bytes().starts_with(b"-")) {
            Some(option) => Err(unknown(option)),
            None => Ok((options, files)),
        }
    }

    /// Where to write the file called `name`; makes the folder.
    pub(crate) fn file(&self, name: &str) -> Result<PathBuf> {
        std::fs::create_dir_all(&self.out)
            .map_err(|error| Error::new(ErrorKind::File, format!("{}: {error}", self.out.display())))?;
        Ok(self.out.join(name))
    }
}

fn unknown(option: &Path) -> Error {
    Error::new(ErrorKind::Usage, format!("unknown option {}; {USAGE}", option.display()))
}

/// Prints where a file went.
pub(crate) fn wrote(path: &Path) {
    println!("wrote   {}", path.display());
}
