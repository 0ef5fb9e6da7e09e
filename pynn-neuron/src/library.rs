//! The mechanisms and the C face, compiled against the installed NEURON on first use.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::ErrorKind as Io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pynn_core::digest::Digest;
use pynn_core::error::{Error, ErrorKind, Result};

use crate::installation::Installation;

macro_rules! sources {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!($folder, "/", $name)))),*]
    };
}

/// In the order in which they are registered: NEURON steps them in this order, and the clock must be last.
const MECHANISMS: &[(&str, &str)] = sources!("mechanisms":
    "functions.mod" "if_curr_exp.mod" "if_curr_alpha.mod" "if_curr_delta.mod" "if_cond_exp.mod" "if_cond_alpha.mod"
    "hh_cond_exp.mod" "lif.mod" "gif.mod" "stimulus.mod" "leak.mod" "synapse.mod" "adexp.mod" "izhikevich.mod" "gap.mod" "clock.mod"
);
/// What the mechanisms include.
const INCLUDED: &[(&str, &str)] = sources!("mechanisms": "given.inc" "common.inc" "receptors.inc");
/// The files of the shim; those that end in `.cpp` are compiled.
const SHIM: &[(&str, &str)] = sources!("shim":
    "pynn_neuron.h" "pynn_receptors.h" "shim.h" "hoc.cpp" "cells.cpp" "connections.cpp" "electrodes.cpp"
    "gap_junctions.cpp" "recording.cpp" "running.cpp" "receptors.cpp" "random.cpp" "traub.cpp"
);

const FLAGS: [&str; 5] = ["-O2", "-fPIC", "-w", "-DHAVE_CONFIG_H", "-DNRN_ENABLE_THREADS"];

/// All files.
fn sources() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    MECHANISMS.iter().chain(INCLUDED).chain(SHIM)
}

/// The compiled library for `installation`: from the cache, or compiled now. Processes that want it at the same time
/// wait for the first of them.
///
/// # Errors
/// When there is no compiler, it fails, or the cache cannot be written.
pub(crate) fn compiled(installation: &Installation) -> Result<PathBuf> {
    let compilers = Compilers::of(installation);
    let folder = cache()?.join(folder_name(installation, &compilers));
    let library = folder.join(format!("libpynn_neuron.{}", std::env::consts::DLL_EXTENSION));
    if library.is_file() {
        return Ok(library);
    }
    fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    let lock = folder.join("lock");
    let lock = File::create(&lock).map_err(|error| unwritable(&lock, &error))?;
    lock.lock().map_err(|error| unwritable(&folder, &error))?;
    if library.is_file() {
        return Ok(library);
    }
    let workshop = folder.join(format!("build-{}", std::process::id()));
    fs::create_dir_all(&workshop).map_err(|error| unwritable(&workshop, &error))?;
    let built = build(installation, &compilers, &workshop).and_then(|built| {
        fs::rename(&built, &library).map_err(|error| unwritable(&library, &error))?;
        Ok(library)
    });
    let _ = fs::remove_dir_all(&workshop);
    built
}

fn cache() -> Result<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")));
    cache.map(|cache| cache.join("pynn")).ok_or_else(|| {
        failed(
            "neither XDG_CACHE_HOME nor HOME says where the compiled mechanisms for NEURON can be kept"
                .to_owned(),
        )
    })
}

/// Differs for whatever leads to another library.
fn folder_name(installation: &Installation, compilers: &Compilers) -> String {
    let mut digest = Digest::new();
    for (name, text) in sources() {
        digest.write(name.as_bytes());
        digest.write(text.as_bytes());
    }
    digest.write(format!("{installation:?} {compilers:?} {FLAGS:?}").as_bytes());
    if let Ok(metadata) = fs::metadata(&installation.library) {
        digest.write_u64(metadata.len());
        if let Some(age) =
            metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        {
            digest.write_u64(age.as_secs());
        }
    }
    let (major, minor, patch) = installation.version;
    format!("neuron-{major}.{minor}.{patch}-{:016x}", digest.finish())
}

/// What compiles.
#[derive(Clone, Debug)]
struct Compilers {
    cpp: String,
    /// NEURON 8 translates mechanisms to C, 9 to C++.
    mechanisms: String,
    extension: &'static str,
}

impl Compilers {
    fn of(installation: &Installation) -> Self {
        let named = |variable: &str, default: &str| {
            std::env::var(variable)
                .ok()
                .filter(|value| !value.is_empty())
                .unwrap_or_else(|| default.to_owned())
        };
        let cpp = named("CXX", "c++");
        match installation.version.0 {
            8 => Self { cpp, mechanisms: named("CC", "cc"), extension: "c" },
            _ => Self { mechanisms: cpp.clone(), cpp, extension: "cpp" },
        }
    }
}

/// Compiles everything in `workshop` and gives the library.
fn build(installation: &Installation, compilers: &Compilers, workshop: &Path) -> Result<PathBuf> {
    for (name, text) in sources() {
        let path = workshop.join(name);
        fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
    }
    let registration = registration();
    let path = workshop.join("register.cpp");
    fs::write(&path, registration).map_err(|error| unwritable(&path, &error))?;

    let translate = MECHANISMS.iter().map(|(name, _)| {
        let mut nocmodl = Command::new(&installation.nocmodl);
        nocmodl.env("MODLUNIT", installation.home.join("lib/nrnunits.lib")).args(["-o", ".", name]);
        nocmodl
    });
    all(translate, workshop)?;
    let translated = |name: &str| name.replace(".mod", &format!(".{}", compilers.extension));
    let mut units: Vec<(&str, String)> =
        MECHANISMS.iter().map(|(name, _)| (&*compilers.mechanisms, translated(name))).collect();
    let shim = SHIM.iter().map(|(name, _)| *name).filter(|name| name.ends_with(".cpp"));
    units.extend(shim.chain(["register.cpp"]).map(|name| (&*compilers.cpp, name.to_owned())));

    let compile = units.iter().map(|(compiler, unit)| {
        let mut command = compiler_command(compiler);
        if unit.ends_with(".cpp") {
            command.arg("-std=c++17");
        }
        command.args(FLAGS).arg("-I").arg(&installation.include);
        command.arg("-I").arg(installation.include.join("nrncvode")).args(["-I.", "-c", unit]);
        command
    });
    all(compile, workshop)?;

    let library = workshop.join("library.so");
    let mut link = compiler_command(&compilers.cpp);
    link.arg("-shared").arg("-o").arg(&library);
    for (_, unit) in &units {
        link.arg(Path::new(unit).with_extension("o"));
    }
    let folder = installation.library.parent().unwrap_or(Path::new("/"));
    link.arg("-L").arg(folder).arg(format!("-Wl,-rpath,{}", folder.display())).arg("-lnrniv");
    finish(vec![start(&mut link, workshop)?])?;
    Ok(library)
}

/// NEURON calls `modl_reg` when it starts, and has none of its own.
fn registration() -> String {
    let names = || MECHANISMS.iter().map(|(name, _)| name.trim_end_matches(".mod"));
    let declared: String = names().map(|name| format!("void _{name}_reg();\n")).collect();
    let called: String = names().map(|name| format!("    _{name}_reg();\n")).collect();
    format!("extern \"C\" {{\n{declared}void modl_reg() {{\n{called}}}\n}}\n")
}

/// A compiler may be given with arguments: `ccache g++`.
fn compiler_command(compiler: &str) -> Command {
    let mut words = compiler.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("c++"));
    command.args(words);
    command
}

/// A process, and the command that it was started by.
type Started = (std::process::Child, String);

fn start(command: &mut Command, folder: &Path) -> Result<Started> {
    let text = format!("{command:?}");
    let program = command.get_program().to_string_lossy().into_owned();
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    match command.spawn() {
        Ok(child) => Ok((child, text)),
        Err(error) if error.kind() == Io::NotFound => Err(failed(format!(
            "the mechanisms for NEURON must be compiled once, but there is no compiler `{program}`; install one (Debian: \
             `apt-get install g++`) or name it by CXX (and CC)"
        ))),
        Err(error) => Err(failed(format!("{program}: {error}"))),
    }
}

/// Runs all, as many at once as there are cores; the first that fails is the last that is started.
fn all(commands: impl Iterator<Item = Command>, folder: &Path) -> Result<()> {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let mut running = VecDeque::new();
    for mut command in commands {
        if running.len() >= at_once
            && let Some(oldest) = running.pop_front()
            && let Err(error) = finish(vec![oldest])
        {
            let _ = finish(running.into());
            return Err(error);
        }
        running.push_back(start(&mut command, folder)?);
    }
    finish(running.into())
}

/// Waits for all, and fails if one of them did.
fn finish(started: Vec<Started>) -> Result<()> {
    let mut first = Ok(());
    for (child, command) in started {
        let output = child.wait_with_output().map_err(|error| failed(format!("{command}: {error}")))?;
        if !output.status.success() && first.is_ok() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned()
                + &String::from_utf8_lossy(&output.stdout);
            let lines: Vec<&str> = text.lines().take(30).collect();
            first = Err(failed(format!(
                "the mechanisms for NEURON cannot be compiled ({}):\n{command}\n{}",
                output.status,
                lines.join("\n")
            )));
        }
    }
    first
}

fn failed(message: String) -> Error {
    Error::new(ErrorKind::Simulator, message)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(
        ErrorKind::File,
        format!(
            "{}: {error}; name a folder for the compiled mechanisms for NEURON by XDG_CACHE_HOME",
            path.display()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_registered_last() {
        let text = registration();
        assert!(text.contains("    _clock_reg();\n}\n}\n"), "{text}");
        // Functions, gap junctions, clock, and the parts of cells that are made of several.
        assert_eq!(MECHANISMS.len(), crate::model::MECHANISMS.len() + 6);
    }

    #[test]
    fn a_missing_compiler_is_named_with_the_remedy() {
        let error = start(&mut compiler_command("no-such-compiler -v"), Path::new("/")).unwrap_err();
        assert!(error.message().contains("no compiler `no-such-compiler`"), "{error}");
        assert!(error.message().contains("CXX"), "{error}");
    }
}
