//! The C face of NEST, compiled against the installed NEST on first use.

use std::fs::{self, File};
use std::io::ErrorKind as Io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pynn_core::digest::Digest;
use pynn_core::error::{Error, ErrorKind, Result};

use crate::installation::Installation;

/// The files of the shim; the last is compiled and includes the others.
const SHIM: [(&str, &str); 7] = [
    ("nest_headers.h", include_str!("../shim/nest_headers.h")),
    ("kernel.h", include_str!("../shim/kernel.h")),
    ("nodes.h", include_str!("../shim/nodes.h")),
    ("recording.h", include_str!("../shim/recording.h")),
    ("connections.h", include_str!("../shim/connections.h")),
    ("running.h", include_str!("../shim/running.h")),
    (MAIN, include_str!("../shim/pynn_nest.cpp")),
];
const MAIN: &str = "pynn_nest.cpp";
/// No `-fopenmp`: a second OpenMP library would answer for the wrong threads.
const FLAGS: [&str; 6] = ["-std=c++20", "-O2", "-DNDEBUG", "-fPIC", "-shared", "-w"];
/// A function of the kernel by the name that it has with the newer of the two string types of GCC.
const NEW_STRINGS: &[u8] = b"_ZN4nest6createERKNSt7__cxx11";

/// The compiled library for `installation`: from the cache, or compiled now. Processes that want it at the same time
/// wait for the first of them.
///
/// # Errors
/// When there is no compiler, it fails, or the cache cannot be written.
pub(crate) fn compiled(installation: &Installation) -> Result<PathBuf> {
    let compiler =
        std::env::var("CXX").ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "c++".to_owned());
    let folder = cache()?.join(folder_name(installation, &compiler));
    let library = folder.join("libpynn_nest.so");
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
    let built = build(installation, &compiler, &workshop).and_then(|built| {
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
        failed("neither XDG_CACHE_HOME nor HOME says where the compiled face of NEST can be kept".to_owned())
    })
}

/// Differs for whatever leads to another library.
fn folder_name(installation: &Installation, compiler: &str) -> String {
    let mut digest = Digest::new();
    for (name, text) in SHIM {
        digest.write(name.as_bytes());
        digest.write(text.as_bytes());
    }
    digest.write(format!("{installation:?} {compiler} {FLAGS:?}").as_bytes());
    if let Ok(metadata) = fs::metadata(&installation.kernel) {
        digest.write_u64(metadata.len());
        if let Some(age) =
            metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        {
            digest.write_u64(age.as_secs());
        }
    }
    format!("nest-{}-{:016x}", installation.version, digest.finish())
}

/// Compiles the shim in `workshop` and gives the library.
fn build(installation: &Installation, compiler: &str, workshop: &Path) -> Result<PathBuf> {
    let write = |name: &str, text: &str| {
        let path = workshop.join(name);
        fs::write(&path, text).map_err(|error| unwritable(&path, &error))
    };
    SHIM.iter().try_for_each(|(name, text)| write(name, text))?;
    write("config.h", &without_boost(&installation.include)?)?;
    let kernel = fs::read(&installation.kernel).map_err(|error| {
        Error::new(ErrorKind::File, format!("{}: {error}", installation.kernel.display()))
    })?;
    let strings = u8::from(kernel.windows(NEW_STRINGS.len()).any(|window| window == NEW_STRINGS));

    let library = workshop.join("library.so");
    let (folder, name) = (installation.kernel.parent(), installation.kernel.file_name());
    let (folder, name) =
        (folder.unwrap_or(Path::new("/")).display(), name.unwrap_or_default().to_string_lossy());
    let mut words = compiler.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("c++"));
    command.args(words).args(FLAGS).arg(format!("-D_GLIBCXX_USE_CXX11_ABI={strings}"));
    // Its include guard keeps the installed one out.
    command.args(["-include", "config.h", "-I"]).arg(&installation.include).arg(MAIN);
    command.arg("-o").arg(&library).arg(format!("-L{folder}")).arg(format!("-l:{name}"));
    command.arg(format!("-Wl,-rpath,{folder}")).arg("-Wl,--allow-shlib-undefined");
    run(command.current_dir(workshop))?;
    Ok(library)
}

/// NEST's `config.h` as if it was built without Boost, whose headers it would ask for; no layout depends on it.
fn without_boost(include: &Path) -> Result<String> {
    let path = include.join("config.h");
    let text = fs::read_to_string(&path)
        .map_err(|error| Error::new(ErrorKind::File, format!("{}: {error}", path.display())))?;
    Ok(text
        .lines()
        .filter(|line| !line.contains("HAVE_BOOST"))
        .fold(String::new(), |text, line| text + line + "\n"))
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) if error.kind() == Io::NotFound => {
            return Err(failed(format!(
                "the face of NEST must be compiled once, but there is no compiler `{program}`; install one (Debian: \
                 `apt-get install g++`) or name it by CXX"
            )));
        }
        Err(error) => return Err(failed(format!("{program}: {error}"))),
    };
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<&str> = text.lines().take(30).collect();
    Err(failed(format!(
        "the face of NEST cannot be compiled ({}; it needs C++20: g++ 10 or later):\n{command:?}\n{}",
        output.status,
        lines.join("\n")
    )))
}

fn failed(message: String) -> Error {
    Error::new(ErrorKind::Simulator, message)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(
        ErrorKind::File,
        format!("{}: {error}; name a folder for the compiled face of NEST by XDG_CACHE_HOME", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_compiler_is_named_with_the_remedy() {
        let error = run(&mut Command::new("no-such-compiler")).unwrap_err();
        assert!(error.message().contains("no compiler `no-such-compiler`"), "{error}");
        assert!(error.message().contains("CXX"), "{error}");
    }

    #[test]
    fn what_a_failing_compiler_says_is_in_the_error() {
        let error = run(Command::new("sh").args(["-c", "echo the reason >&2; exit 3"])).unwrap_err();
        assert!(error.message().contains("the reason"), "{error}");
    }
}
