//! The "never" lines of ARCHITECTURE.md, checked against the sources.

use std::fs;
use std::path::{Path, PathBuf};

const CRATES: [&str; 7] =
    ["pynn-macros", "pynn-core", "pynn-native", "pynn-nest", "pynn-neuron", "pynn-music", "pynn-data"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below `folder`, with their texts.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    assert!(!files.is_empty(), "no sources in {folder}");
    files
}

/// The lines that are code, numbered; comments, strings of documentation and what follows `mod tests` are left out.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().take_while(|(_, line)| !line.starts_with("mod tests"));
    lines.map(|(number, line)| (number + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn assert_absent(folder: &str, words: &[&str], allowed: impl Fn(&Path) -> bool) {
    let mut found = Vec::new();
    for (path, text) in sources(folder).iter().filter(|(path, _)| !allowed(path)) {
        for (number, line) in code(text) {
            for word in words.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{}:{number}: `{word}`", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "ARCHITECTURE.md says never:\n{}", found.join("\n"));
}

fn nothing_allowed(_: &Path) -> bool {
    false
}

#[test]
fn crates_depend_only_along_the_arrows() {
    for name in CRATES {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        let section = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
        let ours: Vec<&str> = section.lines().filter(|line| line.starts_with("pynn")).collect();
        let expected: &[&str] =
            if matches!(name, "pynn-macros" | "pynn-core") { &[] } else { &["pynn-core.workspace = true"] };
        assert_eq!(ours, expected, "{name}");
    }
}

#[test]
fn only_one_file_names_mpi() {
    for name in CRATES {
        let words = [" mpi::", "(mpi::", "<mpi::", "use ::mpi"];
        assert_absent(&format!("{name}/src"), &words, |path| path.ends_with("transport/mpi.rs"));
    }
}

#[test]
fn music_names_no_concrete_backend() {
    assert_absent("pynn-music/src", &["Native", "Nest", "Neuron", "pynn_native"], nothing_allowed);
}

#[test]
fn a_backend_never_sees_music() {
    for backend in ["pynn-native", "pynn-nest", "pynn-neuron"] {
        assert_absent(&format!("{backend}/src"), &["pynn_music", "transport", "rank count"], nothing_allowed);
    }
}

#[test]
fn kernels_neither_allocate_nor_fail_nor_dispatch() {
    let words =
        ["Vec<", "Vec::", "vec!", "Box", "dyn ", "Result", "Rc<", "Arc<", "String", "format!", "collect()"];
    // The table of targets and the ring they are in stand beside the functions that trust their places; both are made while
    // a rank is built.
    let allowed = |path: &Path| path.ends_with("deliver.rs") || path.ends_with("ring.rs");
    assert_absent("pynn-native/src/kernels", &words, allowed);
}

#[test]
fn libraries_do_not_print() {
    for name in CRATES {
        assert_absent(&format!("{name}/src"), &["println!", "eprintln!", "dbg!"], |path| {
            // Before MPI is torn down by force there is nobody left to return an error to.
            path.ends_with("transport/mpi.rs") || path.ends_with("exit.rs")
        });
    }
}

#[test]
fn unsafe_stays_in_kernels_and_transports() {
    for name in CRATES {
        assert_absent(&format!("{name}/src"), &["unsafe {", "unsafe fn", "unsafe impl"], |path| {
            let path = path.to_string_lossy();
            ["/kernels/", "/ffi/", "/transport/"].iter().any(|folder| path.contains(folder))
        });
    }
}

#[test]
fn there_is_no_global_mutable_state() {
    for name in CRATES {
        assert_absent(
            &format!("{name}/src"),
            &["static mut", "lazy_static", "thread_local!"],
            nothing_allowed,
        );
    }
}

#[test]
fn files_stay_readable_in_length() {
    let folders = CRATES
        .iter()
        .map(|name| format!("{name}/src"))
        .chain(["src", "examples", "xtask/src", "benches/src"].map(str::to_owned));
    for folder in folders {
        for (path, text) in sources(&folder) {
            let lines = text.lines().count();
            assert!(lines <= 650, "{} has {lines} lines; split it by topic", path.display());
        }
    }
}
