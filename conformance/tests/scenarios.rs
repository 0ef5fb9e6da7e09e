//! Every scenario on every backend that it names. A backend that is not installed fails its scenarios, loudly.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use pynn_conformance::backends::hold;
use pynn_conformance::scenarios::THEMES;

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for (theme, scenarios) in THEMES {
        for scenario in *scenarios {
            for &(backend, run) in scenario.runs {
                let name = format!("{}::{theme}::{}", backend.to_lowercase(), scenario.name);
                trials.push(Trial::test(name, move || {
                    let _held = hold(backend);
                    run();
                    Ok(())
                }));
            }
        }
    }
    trials.push(Trial::test("page::everything_that_is_available_is_verified", || {
        let gaps = pynn_conformance::page::gaps();
        if gaps.is_empty() { Ok(()) } else { Err(gaps.join("\n").into()) }
    }));
    trials.push(Trial::test("page::the_page_of_capabilities_is_up_to_date", || {
        let written = std::fs::read_to_string(pynn_conformance::page::path())?;
        if written == pynn_conformance::page::text() {
            Ok(())
        } else {
            Err("docs/capabilities.md is out of date: run `cargo xtask capabilities`".into())
        }
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
