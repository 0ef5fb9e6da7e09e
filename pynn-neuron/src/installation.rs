//! Where NEURON is on this machine.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pynn_core::error::{Error, ErrorKind, Result};

/// The environment variable that says where NEURON is: the folder of an installation (one with `lib` and `include`),
/// or the `neuron` package of a Python.
pub const VARIABLE: &str = "PYNN_NEURON";
/// The environment variable that names a Python which has NEURON.
pub const PYTHON: &str = "PYNN_PYTHON";

const HOW: &str = "install it with `python3 -m pip install neuron` (NEURON 9), or say where it is by PYNN_NEURON (its \
                   folder) or PYNN_PYTHON (a Python that has it)";

/// An installation of NEURON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Major, minor and patch number.
    pub version: (u32, u32, u32),
    /// The shared library.
    pub library: PathBuf,
    /// The folder of the headers.
    pub include: PathBuf,
    /// The translator of mechanisms.
    pub nocmodl: PathBuf,
    /// What is `NEURONHOME` to NEURON.
    pub home: PathBuf,
}

impl Installation {
    /// Finds NEURON: by the environment variable `PYNN_NEURON`, which is the only place then; else by the Pythons
    /// `PYNN_PYTHON`, that of `VIRTUAL_ENV`, `python3` and `python`; else in `CONDA_PREFIX`, `/usr/local` and `/usr`.
    ///
    /// # Errors
    /// When there is none, or only one that is too old: the message says where it looked and how to install one.
    pub fn find() -> Result<Self> {
        let mut search = Search::default();
        if let Some(folder) = variable(VARIABLE) {
            search.package_or_prefix(Path::new(&folder), VARIABLE);
            return search.end();
        }
        for (python, why) in pythons() {
            if let Some(package) = search.ask(&python, &why) {
                search.package_or_prefix(&package, &why);
            }
            if search.found.is_some() {
                return search.end();
            }
        }
        if let Some(prefix) = variable("CONDA_PREFIX") {
            search.package_or_prefix(Path::new(&prefix), "CONDA_PREFIX");
        }
        for prefix in ["/usr/local", "/usr"] {
            search.package_or_prefix(Path::new(prefix), "the system");
        }
        search.end()
    }

    /// The installation with `lib` and `include` in `prefix`; Debian has some of it in other places.
    fn at(prefix: &Path) -> Option<std::result::Result<Self, String>> {
        let file =
            |places: &[&str]| places.iter().map(|place| prefix.join(place)).find(|path| path.is_file());
        let library =
            file(&["lib/libnrniv.so", "lib/nrn/libnrniv.so", "lib64/libnrniv.so", "lib/libnrniv.dylib"])?;
        let missing = |what: &str| Some(Err(format!("{} has no {what}", prefix.display())));
        let header = file(&["include/nrnsemanticversion.h", "include/nrn/nrnsemanticversion.h"]);
        let Some(header) = header else { return missing("nrnsemanticversion.h") };
        let Some(nocmodl) = file(&["bin/nocmodl", "lib/nrn/bin/nocmodl"]) else { return missing("nocmodl") };
        let Some(units) = file(&["share/nrn/lib/nrnunits.lib"]) else { return missing("nrnunits.lib") };
        let Some(version) = std::fs::read_to_string(&header).ok().and_then(|text| version(&text)) else {
            return missing("version in nrnsemanticversion.h");
        };
        if version < (8, 2, 0) {
            let (major, minor, patch) = version;
            return Some(Err(format!(
                "{} has NEURON {major}.{minor}.{patch}, too old: 8.2 or later is needed",
                prefix.display()
            )));
        }
        let above = |path: &Path, levels: usize| path.ancestors().nth(levels).map(Path::to_path_buf);
        let (include, home) = (above(&header, 1)?, above(&units, 2)?);
        Some(Ok(Self { version, library, include, nocmodl, home }))
    }
}

/// The Pythons to ask, each with the words that name it.
fn pythons() -> Vec<(PathBuf, String)> {
    let mut pythons: Vec<(PathBuf, String)> = Vec::new();
    if let Some(python) = variable(PYTHON) {
        pythons.push((python.into(), PYTHON.to_owned()));
    }
    if let Some(folder) = variable("VIRTUAL_ENV") {
        pythons.push((Path::new(&folder).join("bin/python"), "VIRTUAL_ENV".to_owned()));
    }
    pythons.extend(["python3", "python"].map(|name| (name.into(), name.to_owned())));
    pythons
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A search, and what it has met so far.
#[derive(Default)]
struct Search {
    found: Option<Installation>,
    looked: Vec<String>,
}

impl Search {
    /// Asks a Python for its `neuron` package; imports nothing.
    fn ask(&mut self, python: &Path, why: &str) -> Option<PathBuf> {
        const QUESTION: &str = "import importlib.util as u; s = u.find_spec('neuron'); print(s.origin if s and s.origin else '')";
        let asked = Command::new(python).args(["-c", QUESTION]).stdin(Stdio::null()).output();
        let origin = match asked {
            Ok(output) if output.status.success() => {
                String::from_utf8_lossy(&output.stdout).trim().to_owned()
            }
            _ => {
                self.looked.push(format!("{why}: no Python that answers"));
                return None;
            }
        };
        let package = Path::new(&origin).parent().filter(|folder| !folder.as_os_str().is_empty());
        if package.is_none() {
            self.looked.push(format!("{why}: its Python has no package `neuron`"));
        }
        package.map(Path::to_path_buf)
    }

    fn package_or_prefix(&mut self, folder: &Path, why: &str) {
        for prefix in [folder.join(".data"), folder.to_owned(), folder.join("neuron/.data")] {
            match Installation::at(&prefix) {
                _ if self.found.is_some() => return,
                Some(Ok(installation)) => self.found = Some(installation),
                Some(Err(problem)) => self.looked.push(format!("{why}: {problem}")),
                None => {}
            }
        }
        if self.found.is_none() {
            self.looked.push(format!("{why}: no libnrniv in {}", folder.display()));
        }
    }

    fn end(self) -> Result<Installation> {
        self.found.ok_or_else(|| {
            let mut message = String::from("NEURON was not found. Looked at");
            for looked in &self.looked {
                let _ = write!(message, "\n  - {looked}");
            }
            Error::new(ErrorKind::Simulator, format!("{message}\n{HOW}"))
        })
    }
}

/// The version that `nrnsemanticversion.h` says.
fn version(header: &str) -> Option<(u32, u32, u32)> {
    let number = |name: &str| {
        let line =
            header.lines().find_map(|line| line.trim().strip_prefix("#define")?.trim().strip_prefix(name))?;
        line.trim().parse().ok()
    };
    Some((
        number("NRN_VERSION_MAJOR")?,
        number("NRN_VERSION_MINOR")?,
        number("NRN_VERSION_PATCH").unwrap_or(0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_header() {
        let header = "#pragma once\n#define NRN_VERSION_MAJOR 9\n#define NRN_VERSION_MINOR 0\n#define NRN_VERSION_PATCH 2\n";
        assert_eq!(version(header), Some((9, 0, 2)));
        assert_eq!(version("nothing"), None);
    }

    #[test]
    fn a_folder_without_neuron_is_no_installation() {
        assert_eq!(Installation::at(Path::new("/nonexistent")), None);
    }

    #[test]
    fn a_search_that_finds_nothing_says_where_it_looked_and_how_to_install() {
        let mut search = Search::default();
        search.package_or_prefix(Path::new("/nonexistent"), "PYNN_NEURON");
        let error = search.end().unwrap_err();
        for words in
            ["NEURON was not found", "PYNN_NEURON: no libnrniv in /nonexistent", "pip install neuron"]
        {
            assert!(error.message().contains(words), "{error}");
        }
    }
}
