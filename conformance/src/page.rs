//! The page of capabilities: `docs/capabilities.md`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::inventory::{EVERYWHERE, Item, KINDS};
use crate::scenarios::THEMES;
use crate::{Backends, Scenario};

/// Where a backend does something, but otherwise than PyNN on it or than the others: item, backend, how.
pub const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("HhCondExp", "Native", "a spike is the upward crossing of -20 mV"),
    ("HhCondExp", "NEST", "a spike is the step after the peak"),
    ("HhCondExp", "NEURON", "a spike is the upward crossing of 10 mV"),
    ("GifCondExp", "NEST", "fires by NEST's random numbers, which depend on ranks and threads"),
    ("LifManyCondExp", "NEST", "shows the peak, not the reset, at a spike, and no conductances"),
    ("SpikePairRule", "NEURON", "learns as on NEST; PyNN on NEURON reads a weight when it arrives"),
    ("MultiplicativeWeightDependence", "NEURON", "as on NEST; PyNN on NEURON is not clipped"),
    (
        "AdditivePotentiationMultiplicativeDepression",
        "NEURON",
        "as on NEST; PyNN on NEURON is neither normalised nor clipped",
    ),
    ("GutigWeightDependence", "NEURON", "as on NEST; PyNN on NEURON is neither normalised nor clipped"),
    ("MultiQuantalSynapse", "NEURON", "k of n sites transmit k weights, as on NEST; on PyNN's NEURON k / n"),
];

/// All scenarios, numbered from 1, with their themes.
fn numbered() -> impl Iterator<Item = (usize, &'static str, &'static Scenario)> {
    let all =
        THEMES.iter().flat_map(|(theme, scenarios)| scenarios.iter().map(move |scenario| (*theme, scenario)));
    (1..).zip(all).map(|(number, (theme, scenario))| (number, theme, scenario))
}

/// The numbers of the scenarios that verify `what` on `backend`.
fn verifying(what: &str, backend: &str) -> Vec<usize> {
    let verifies = |scenario: &Scenario| {
        scenario.verifies.contains(&what) && scenario.runs.iter().any(|(name, _)| *name == backend)
    };
    numbered().filter(|(.., scenario)| verifies(scenario)).map(|(number, ..)| number).collect()
}

/// What is available and verified by no scenario, and what is verified and not in the inventory: must be empty.
#[must_use]
pub fn gaps() -> Vec<String> {
    let mut gaps = Vec::new();
    let items = || KINDS.iter().flat_map(|kind| kind.items);
    for item in items() {
        for (backend, available) in Backends::ALL.iter().zip(item.available) {
            if available && verifying(item.name, backend).is_empty() {
                gaps.push(format!("no scenario verifies {} on {backend}", item.name));
            }
        }
    }
    for (what, _) in EVERYWHERE {
        let missing = Backends::ALL.iter().filter(|backend| verifying(what, backend).is_empty());
        gaps.extend(missing.map(|backend| format!("no scenario verifies {what} on {backend}")));
    }
    let known = |what: &str| {
        items().any(|item| item.name == what) || EVERYWHERE.iter().any(|(name, _)| *name == what)
    };
    for (_, theme, scenario) in numbered() {
        let unknown = scenario.verifies.iter().filter(|what| !known(what));
        gaps.extend(
            unknown.map(|what| format!("{theme}::{} verifies {what}, which is in no list", scenario.name)),
        );
    }
    gaps
}

/// Where the page is.
#[must_use]
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/capabilities.md")
}

const HEAD: &str = "\
# What each backend can do

Written by `cargo xtask capabilities` from the code and its scenarios; do not edit. *works*: the scenarios with these numbers
run on the backend in the test suite. *differs*: it works, in the way that is told. A dash: the compiler refuses it.
";

/// The page.
#[must_use]
pub fn text() -> String {
    let mut text = String::from(HEAD);
    let columns = Backends::ALL.join(" | ");
    for kind in KINDS {
        let _ = write!(text, "\n## {}\n\n| here | PyNN | {columns} |\n|---|---|---|---|---|\n", kind.name);
        for item in kind.items {
            let entries = Backends::ALL
                .iter()
                .zip(item.available)
                .map(|(backend, available)| entry(item, backend, available));
            let _ = writeln!(
                text,
                "| `{}` | `{}` | {} |",
                item.name,
                item.pynn,
                entries.collect::<Vec<_>>().join(" | ")
            );
        }
    }
    let _ = write!(text, "\n## Not a backend's own\n\n| what | {columns} |\n|---|---|---|---|\n");
    for (name, about) in EVERYWHERE {
        let entries = Backends::ALL.map(|backend| format!("works: {}", list(&verifying(name, backend))));
        let _ = writeln!(text, "| {about} | {} |", entries.join(" | "));
    }
    text.push_str("\n## The scenarios\n\nTests of `conformance/`, named `backend::theme::scenario`.\n\n| | scenario | on |\n|---|---|---|\n");
    for (number, theme, scenario) in numbered() {
        let on: Vec<&str> = scenario.runs.iter().map(|(backend, _)| *backend).collect();
        let _ = writeln!(text, "| {number} | `{theme}::{}` | {} |", scenario.name, on.join(", "));
    }
    text
}

fn list(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

fn entry(item: &Item, backend: &str, available: bool) -> String {
    if !available {
        return "-".to_owned();
    }
    let by = list(&verifying(item.name, backend));
    match DIFFERENCES.iter().find(|(name, on, _)| *name == item.name && *on == backend) {
        Some((.., how)) => format!("differs: {how}: {by}"),
        None => format!("works: {by}"),
    }
}
