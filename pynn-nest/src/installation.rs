//! Where NEST is on this machine.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pynn_core::error::{Error, ErrorKind, Result};

/// The environment variable that says where NEST is: the `nest` package of a Python (the folder with `nestkernel_api.so`),
/// or the folder of packages that it is in.
pub const VARIABLE: &str = "PYNN_NEST";
/// The environment variable that names a Python which has NEST.
pub const PYTHON: &str = "PYNN_PYTHON";

const HOW: &str = "install it with `python3 -m pip install nest-simulator==3.10.*`, or say where it is by PYNN_NEST (the \
                   folder of its Python package) or PYNN_PYTHON (a Python that has it)";

/// An installation of NEST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// The version: `"3.10.0"`.
    pub version: String,
    /// The kernel, a Python module.
    pub kernel: PathBuf,
    /// The folder of the headers.
    pub include: PathBuf,
    /// The shared library of the Python that the kernel is for.
    pub libpython: PathBuf,
    /// Where that Python has its own library.
    pub python_home: PathBuf,
}

/// A Python, as far as NEST needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Python {
    libpython: PathBuf,
    home: PathBuf,
    /// Where its package `nest` is.
    package: Option<PathBuf>,
}

impl Installation {
    /// Finds NEST: by the environment variable `PYNN_NEST`, which is the only place then; else by the Pythons
    /// `PYNN_PYTHON`, that of `VIRTUAL_ENV`, that of `CONDA_PREFIX`, `python3` and `python`.
    ///
    /// # Errors
    /// When there is none, or only one of another version: the message says where it looked and how to install one.
    pub fn find() -> Result<Self> {
        let mut search = Search::default();
        if let Some(folder) = variable(VARIABLE) {
            let folder = PathBuf::from(folder);
            let beside = folder.ancestors().skip(1).map(|above| above.join("bin/python3"));
            let beside = beside.filter(|python| python.is_file()).map(|python| (python, VARIABLE.to_owned()));
            let mut without = Search::default();
            let python = beside.chain(pythons()).find_map(|(python, why)| without.ask(&python, &why));
            match python {
                Some(python) => search.at(&folder, &python, VARIABLE),
                None => search.looked = without.looked,
            }
            return search.end();
        }
        for (python, why) in pythons() {
            let Some(python) = search.ask(&python, &why) else { continue };
            match &python.package {
                Some(package) => search.at(package, &python, &why),
                None => search.looked.push(format!("{why}: its Python has no package `nest`")),
            }
            if search.found.is_some() {
                break;
            }
        }
        search.end()
    }
}

/// The Pythons to ask, each with the words that name it.
fn pythons() -> Vec<(PathBuf, String)> {
    let mut pythons: Vec<(PathBuf, String)> = Vec::new();
    if let Some(python) = variable(PYTHON) {
        pythons.push((python.into(), PYTHON.to_owned()));
    }
    for prefix in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        if let Some(folder) = variable(prefix) {
            pythons.push((Path::new(&folder).join("bin/python"), prefix.to_owned()));
        }
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
    /// Asks a Python for its shared library and its `nest` package; imports nothing of NEST.
    fn ask(&mut self, python: &Path, why: &str) -> Option<Python> {
        const QUESTION: &str = "import sys, sysconfig as c, importlib.util as u\n\
            sys.path = [p for p in sys.path if p]\n\
            s = u.find_spec('nest')\n\
            print(c.get_config_var('LIBDIR'), c.get_config_var('INSTSONAME') or c.get_config_var('LDLIBRARY'), \
            sys.base_prefix, s.origin if s and s.origin else '', sep='\\n')";
        let asked = Command::new(python).args(["-c", QUESTION]).stdin(Stdio::null()).output();
        let answer = match asked {
            Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into_owned(),
            _ => {
                self.looked.push(format!("{why}: no Python that answers"));
                return None;
            }
        };
        let mut lines = answer.lines().map(str::trim);
        let mut line = || lines.next().unwrap_or_default().to_owned();
        let (folder, name, home, origin) = (line(), line(), line(), line());
        let package = Path::new(&origin).parent().filter(|folder| !folder.as_os_str().is_empty());
        let libpython = Path::new(&folder).join(&name);
        if name.ends_with(".a") || !libpython.is_file() {
            self.looked.push(format!(
                "{why}: its Python has no shared library ({}); install it (Debian: libpython3, pyenv: \
                 PYTHON_CONFIGURE_OPTS=--enable-shared)",
                libpython.display()
            ));
            return None;
        }
        Some(Python { libpython, home: home.into(), package: package.map(Path::to_path_buf) })
    }

    fn at(&mut self, folder: &Path, python: &Python, why: &str) {
        let kernel = [folder.to_owned(), folder.join("nest")].iter().find_map(|folder| kernel_in(folder));
        let Some(kernel) = kernel else {
            self.looked.push(format!("{why}: no nestkernel_api in {}", folder.display()));
            return;
        };
        let include = kernel.with_file_name("include").join("nest");
        let Some(version) =
            std::fs::read_to_string(include.join("config.h")).ok().and_then(|text| version(&text))
        else {
            self.looked.push(format!("{why}: no version in {}", include.join("config.h").display()));
            return;
        };
        if !version.starts_with("3.10.") {
            self.looked.push(format!(
                "{why}: {} has NEST {version}, but 3.10 is needed: its kernel is used as it is inside",
                folder.display()
            ));
            return;
        }
        let (libpython, python_home) = (python.libpython.clone(), python.home.clone());
        self.found = Some(Installation { version, kernel, include, libpython, python_home });
    }

    fn end(self) -> Result<Installation> {
        self.found.ok_or_else(|| {
            let mut message = String::from("NEST 3.10 was not found. Looked at");
            for looked in &self.looked {
                let _ = write!(message, "\n  - {looked}");
            }
            Error::new(ErrorKind::Simulator, format!("{message}\n{HOW}"))
        })
    }
}

/// The kernel in the folder of a `nest` package; its name may have the Python's version in it.
fn kernel_in(folder: &Path) -> Option<PathBuf> {
    let is_kernel = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("nestkernel_api.") && name.ends_with(".so")
    };
    std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).find(is_kernel)
}

/// The version that `config.h` says.
fn version(header: &str) -> Option<String> {
    let line = header.lines().find_map(|line| line.trim().strip_prefix("#define NEST_VERSION "))?;
    Some(line.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python() -> Python {
        Python { libpython: "/lib/libpython3.so".into(), home: "/usr".into(), package: None }
    }

    #[test]
    fn the_version_is_read_from_the_header() {
        let header = "#define NEST_VERSION_GIT \"1\"\n#define NEST_VERSION \"3.10.0\"\n";
        assert_eq!(version(header).as_deref(), Some("3.10.0"));
        assert_eq!(version("nothing"), None);
    }

    #[test]
    fn a_search_that_finds_nothing_says_where_it_looked_and_how_to_install() {
        let mut search = Search::default();
        search.at(Path::new("/nonexistent"), &python(), VARIABLE);
        let error = search.end().unwrap_err();
        let words = [
            "NEST 3.10 was not found",
            "PYNN_NEST: no nestkernel_api in /nonexistent",
            "install nest-simulator==3.10.*",
        ];
        for words in words {
            assert!(error.message().contains(words), "{error}");
        }
    }

    #[test]
    fn a_python_that_there_is_not_is_named() {
        let mut search = Search::default();
        assert_eq!(search.ask(Path::new("/nonexistent/python"), PYTHON), None);
        assert!(search.end().unwrap_err().message().contains("PYNN_PYTHON: no Python that answers"));
    }

    #[test]
    fn another_version_is_refused_by_its_number() {
        let folder = std::env::temp_dir().join(format!("pynn-nest-version-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("include/nest")).unwrap();
        std::fs::write(folder.join("nestkernel_api.so"), "").unwrap();
        std::fs::write(folder.join("include/nest/config.h"), "#define NEST_VERSION \"3.9.1\"\n").unwrap();
        let mut search = Search::default();
        search.at(&folder, &python(), VARIABLE);
        std::fs::remove_dir_all(&folder).unwrap();
        let error = search.end().unwrap_err();
        assert!(error.message().contains("has NEST 3.9.1, but 3.10 is needed"), "{error}");
    }
}
