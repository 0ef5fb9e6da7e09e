//! Whether the kernels of the native engine are compiled to vector instructions: whether a loop becomes one of vectors is
//! the compiler's choice, and one it does not take costs a factor of six.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use pico_args::Arguments;

use crate::{Failure, finish};

/// As many units of code as releases have unless their profile says otherwise, and as those have that want all speed.
const CODEGEN_UNITS: [usize; 2] = [16, 1];

/// In one unit of code, those of HH cells that spike are not where each cell has its own parameters.
const KNOWN: [(usize, &str, &str); 1] = [(1, "hh_cond_exp", "PerCell")];

/// Instructions of one function that calculate with floating-point numbers.
#[derive(Default)]
struct Arithmetic {
    packed: usize,
    scalar: usize,
}

/// Prints what is not compiled to vectors.
pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    finish(arguments)?;
    if !cfg!(target_arch = "x86_64") {
        return Err("only x86-64 has kernels that ask for more than the baseline: nothing to check".into());
    }
    let (mut functions, mut failed) = (0, 0);
    for units in CODEGEN_UNITS {
        for (symbol, Arithmetic { packed, scalar }) in kernels(&assembly(units)?) {
            functions += 1;
            let known = |(of, kernel, kind): &(usize, &str, &str)| {
                *of == units && symbol.contains(kernel) && symbol.contains(kind)
            };
            // What is left over of a vector is calculated one by one: each instruction there has its like.
            if packed * 10 < scalar * 9 && !KNOWN.iter().any(known) {
                failed += 1;
                println!(
                    "codegen-units = {units}: {packed} packed, {scalar} scalar instructions in {symbol}"
                );
            }
        }
    }
    println!("{functions} kernels, {failed} not in vectors");
    // All cell families, for one parameter and many, at two levels.
    if functions < 100 {
        return Err("too few kernels: has the form of their names or of the assembly changed?".into());
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The assembly of the native engine in so many units of code.
fn assembly(units: usize) -> Result<String, Failure> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target"));
    let root = target.join("vectorised");
    let cargo = || Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let package = ["--release", "--package", "pynn-native", "--target-dir"];
    let run = |mut command: Command| match command.status()?.success() {
        true => Ok(()),
        false => Err(Failure::from("the native engine cannot be compiled")),
    };
    // Files of another division into units would be left over.
    let mut clean = cargo();
    clean.args(["clean", "--quiet"]).args(package).arg(&root);
    run(clean)?;
    let mut compile = cargo();
    compile.args(["rustc", "--quiet", "--lib"]).args(package).arg(&root).args(["--", "--emit", "asm"]);
    compile
        .args(["-C", "debuginfo=0", "-C", "symbol-mangling-version=v0", "-C"])
        .arg(format!("codegen-units={units}"));
    run(compile)?;
    let mut text = String::new();
    for entry in std::fs::read_dir(root.join("release").join("deps"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("pynn_native") && name.ends_with(".s") {
            text += &std::fs::read_to_string(&path)?;
        }
    }
    Ok(text)
}

/// The kernels in `assembly` that may use vectors longer than the baseline's, by symbol.
fn kernels(assembly: &str) -> BTreeMap<&str, Arithmetic> {
    let mut kernels = BTreeMap::new();
    let mut function = "";
    for line in assembly.lines() {
        if let Some(label) = line.strip_suffix(':').filter(|label| label.starts_with("_R")) {
            function = label;
        }
        if !(function.contains("7kernels") && (function.contains("6avx512") || function.contains("4avx2"))) {
            continue;
        }
        let kernel: &mut Arithmetic = kernels.entry(function).or_default();
        let (name, operands) = line.trim().split_once('\t').unwrap_or((line.trim(), ""));
        if !["vmul", "vadd", "vsub", "vdiv", "vfm", "vfnm"].iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        kernel.scalar += usize::from(name.ends_with("sd"));
        kernel.packed +=
            usize::from(name.ends_with("pd") && (operands.contains("%zmm") || operands.contains("%ymm")));
    }
    kernels
}
