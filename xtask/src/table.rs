//! Runs every benchmark and writes the table of `benches/README.md`: fastest of several runs, NEST in turns with ours.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use pico_args::Arguments;
use serde_json::Value;

use crate::{Failure, finish};

const BEGIN: &str = "<!-- written by cargo xtask bench table -->";
const END: &str = "<!-- end of what is written -->";

/// Networks, on how many ranks, and how many turns a repeat takes: more where a run is over in milliseconds.
const NETWORKS: [(&str, &str, &[usize], usize); 6] = [
    ("brunel", "1", &[1, 2, 4], 2),
    ("cuba", "1", &[1, 2, 4], 10),
    ("coba", "1", &[1, 2, 4], 10),
    ("hh", "1", &[1, 2, 4], 1),
    ("microcircuit", "0.1", &[1, 2, 4], 5),
    ("microcircuit", "1", &[1, 2, 4], 1),
];

/// NEST's full microcircuit takes 15 GB and five minutes: measured once, and not again by this task.
const FULL_ON_NEST: [(&str, f64); 3] = [("sim_s", 124.0), ("build_s", 143.0), ("peak_mib", 14_454.0)];

/// The fastest run of each bench.
#[derive(Default)]
struct Runs(BTreeMap<String, Value>);

impl Runs {
    fn note(&mut self, name: String, line: Option<Value>) {
        let Some(line) = line else { return };
        let seconds = |line: &Value| line["sim_s"].as_f64().unwrap_or(f64::INFINITY);
        let best = self.0.entry(name).or_insert_with(|| line.clone());
        if seconds(&line) < seconds(best) {
            *best = line;
        }
    }

    fn number(&self, name: &str, field: &str) -> Option<f64> {
        self.0.get(name)?[field].as_f64()
    }
}

/// Measures all, and writes the table into `benches/README.md`.
pub(crate) fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let repeats: usize = arguments.opt_value_from_str("--repeats")?.unwrap_or(3);
    finish(arguments)?;
    let benches = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("benches");
    let python = std::env::var_os("PYNN_PYTHON").unwrap_or_else(|| "python3".into());
    let (mut runs, mut built) = (Runs::default(), Vec::new());
    for repeat in 0..repeats {
        faster(&mut built, ours(&["construction"], None)?);
        for (name, scale, ranks, turns) in NETWORKS {
            for turn in 0..turns {
                run_on(&mut runs, name, scale, ranks)?;
                if (name, scale) != ("microcircuit", "1") && repeat < 2 && turn < 3 {
                    let script = benches.join("nest_bench.py");
                    let mut nest = Command::new(&python);
                    nest.arg(script).args([name, "--scale", scale, "--threads", "2"]).stderr(Stdio::null());
                    runs.note(format!("{name} {scale} nest"), lines(&mut nest).into_iter().next());
                }
            }
        }
    }
    for (field, value) in FULL_ON_NEST {
        runs.0.entry("microcircuit 1 nest".into()).or_insert_with(|| Value::Object(Default::default()))
            [field] = value.into();
    }
    let text =
        format!("{}{}{}", networks(&runs), constructions(&built), exchanges(&ours(&["exchange"], None)?));
    write(&benches.join("README.md"), &text)?;
    Ok(ExitCode::SUCCESS)
}

/// One run of a network on each number of ranks.
fn run_on(runs: &mut Runs, name: &str, scale: &str, ranks: &[usize]) -> Result<(), Failure> {
    for ranks in ranks {
        let arguments = [name, "--scale", scale, "--ranks", &ranks.to_string()];
        runs.note(format!("{name} {scale} {ranks}"), ours(&arguments, None)?.into_iter().next());
    }
    if ranks.contains(&4) {
        let lines = ours(&[name, "--scale", scale], Some("sim=4"))?;
        runs.note(format!("{name} {scale} apart"), lines.into_iter().next());
    }
    Ok(())
}

/// Keeps of each rule the faster construction.
fn faster(best: &mut Vec<Value>, new: Vec<Value>) {
    let speed = |line: &Value| line["million_synapses_per_s"].as_f64().unwrap_or(0.0);
    if best.is_empty() {
        *best = new;
        return;
    }
    for (best, new) in best.iter_mut().zip(new).filter(|(best, new)| speed(new) > speed(best)) {
        *best = new;
    }
}

/// The JSON lines of one of our benchmarks; with so many ranks as `processes` says, however few cores there are.
fn ours(arguments: &[&str], processes: Option<&str>) -> Result<Vec<Value>, Failure> {
    let mut bench = Command::new(std::env::current_exe()?);
    bench.arg("bench").args(arguments).envs(processes.map(|processes| ("PYNN_PROCESSES", processes)));
    let found = lines(&mut bench);
    if found.is_empty() {
        return Err(format!("bench {} gave no numbers", arguments.join(" ")).into());
    }
    Ok(found)
}

/// The JSON lines that a program prints; none if it cannot be run.
fn lines(command: &mut Command) -> Vec<Value> {
    let Ok(output) = command.stdin(Stdio::null()).output() else { return Vec::new() };
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn networks(runs: &Runs) -> String {
    let mut text = format!(
        "Wall seconds for one biological second, {}, {}; ranks as threads. Of four that are declared there are as many as \
         cores, unless `PYNN_PROCESSES` keeps them apart. NEST with two threads, measured in turns with ours; its full \
         microcircuit was measured once, on 22 November 2026.\n\n\
         | bench | 1 rank | 2 ranks | 1 to 2 | 4 declared | 4 apart | NEST | NEST to 2 ranks | build, s (NEST) | peak, MiB (NEST) |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
        date(),
        machine()
    );
    for (name, scale, ..) in NETWORKS {
        let of = |what: &str, field| runs.number(&format!("{name} {scale} {what}"), field);
        let to_two = |what| of(what, "sim_s").zip(of("2", "sim_s")).map(|(other, two)| other / two);
        let with_nest = |field| format!("{} ({})", show(of("2", field)), show(of("nest", field)));
        let cells = [
            if scale == "1" && name != "microcircuit" {
                name.to_owned()
            } else {
                format!("{name}, scale {scale}")
            },
            show(of("1", "sim_s")),
            show(of("2", "sim_s")),
            show(to_two("1")),
            show(of("4", "sim_s")),
            show(of("apart", "sim_s")),
            show(of("nest", "sim_s")),
            show(to_two("nest")),
            with_nest("build_s"),
            with_nest("peak_mib"),
        ];
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    let full = runs.0.get("microcircuit 1 2").and_then(|line| line["rates_hz"].as_array());
    let rates = full.into_iter().flatten().map(|rate| show(rate.as_f64())).collect::<Vec<_>>();
    let _ = writeln!(text, "\nRates of the full microcircuit, L2/3E to L6I, in Hz: {}.\n", rates.join(" "));
    text
}

fn constructions(lines: &[Value]) -> String {
    let mut text = String::from(
        "Construction of 15.6 million synapses, description included, two ranks:\n\n\
         | rule | weights and delays | million synapses a second | bytes a synapse |\n|---|---|---|---|\n",
    );
    for line in lines {
        let words = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
        let number = |field: &str| show(line[field].as_f64());
        let (rule, values) = (words("rule"), words("weights_and_delays"));
        let (speed, bytes) = (number("million_synapses_per_s"), number("bytes_per_synapse"));
        let _ = writeln!(text, "| {rule} | {values} | {speed} | {bytes} |");
    }
    text
}

fn exchanges(lines: &[Value]) -> String {
    let mut text = String::from(
        "\nExchange of n spikes between two ranks, each writing fresh ones and reading all it gets, in us; the fastest of \
         15 chunks. Where the two cores lie to each other, the ping tells (30 ns is near, 150 ns is far):\n\n\
         | transport | ping, ns | n = 0 | 10 | 1 000 | 100 000 |\n|---|---|---|---|---|---|\n",
    );
    for line in lines {
        let times = line["exchanges"].as_array().into_iter().flatten();
        let times: Vec<String> = times.map(|one| show(one["least_us"].as_f64())).collect();
        let transport = line["transport"].as_str().unwrap_or_default();
        let _ =
            writeln!(text, "| {transport} | {} | {} |", show(line["ping_ns"].as_f64()), times.join(" | "));
    }
    text
}

/// Three figures; nothing for what was not measured.
fn show(value: Option<f64>) -> String {
    match value {
        None => "-".into(),
        Some(value) if value >= 100.0 => format!("{value:.0}"),
        Some(value) if value >= 10.0 => format!("{value:.1}"),
        Some(value) if value >= 1.0 => format!("{value:.2}"),
        Some(value) => format!("{value:.3}"),
    }
}

fn date() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    output.map_or_else(|_| "?".into(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{cores} cores of {}", name.unwrap_or("an unknown processor"))
}

/// Replaces what stands between the two marks.
fn write(path: &PathBuf, text: &str) -> Result<(), Failure> {
    let old = std::fs::read_to_string(path)?;
    let marks = old.find(BEGIN).zip(old.find(END)).filter(|(begin, end)| begin < end);
    let (begin, end) =
        marks.ok_or_else(|| format!("{} has not both marks: {BEGIN} and {END}", path.display()))?;
    let new = format!("{}{BEGIN}\n\n{text}\n{}", &old[..begin], &old[end..]);
    Ok(std::fs::write(path, new)?)
}
