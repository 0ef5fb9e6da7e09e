//! A test program that starts itself under `mpirun`: each test is a scenario, played by as many processes as it asks
//! for, and judged by how they end and what they print.

#![allow(dead_code, unreachable_pub, reason = "shared by several test programs")]
#![allow(clippy::print_stdout, reason = "its main function is a test harness")]

use std::io::Read;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Names the scenario to a process under `mpirun`.
const SCENARIO: &str = "PYNN_TEST_SCENARIO";
/// Longest time of a scenario.
const LIMIT: Duration = Duration::from_secs(120);

/// Which process of a scenario this is, as the launcher numbers them.
pub fn rank() -> usize {
    let rank = std::env::var("OMPI_COMM_WORLD_RANK").or_else(|_| std::env::var("PMI_RANK"));
    rank.expect("a launcher").parse().expect("a number")
}

/// How the processes of a scenario ended, and what they printed.
#[derive(Debug)]
pub struct Played {
    pub success: bool,
    pub out: String,
    pub err: String,
}

impl Played {
    /// The value that was printed as `name value`, by exactly one process.
    pub fn value(&self, name: &str) -> &str {
        let prefix = format!("{name} ");
        let mut values = self.out.lines().filter_map(|line| line.strip_prefix(&*prefix));
        let value = values.next().unwrap_or_else(|| panic!("no {name} in {self:#?}"));
        assert!(values.next().is_none(), "{name} is printed twice in {self:#?}");
        value
    }

    /// Asserts that the processes failed and that one of them told why, in these words.
    pub fn failed_with(&self, words: &[&str]) {
        assert!(!self.success, "the launcher sees the failure: {self:#?}");
        for word in words {
            assert!(self.err.contains(word), "`{word}` is told: {self:#?}");
        }
        let told = self.err.lines().filter(|line| words.iter().all(|word| line.contains(word)));
        assert_eq!(told.count(), 1, "it is told once: {self:#?}");
    }
}

/// Plays `scenario` on `processes` processes, with further environment variables.
pub fn play(scenario: &str, processes: usize, variables: &[(&str, &str)]) -> Played {
    let launcher = std::env::var("MPIEXEC").unwrap_or_else(|_| "mpirun".into());
    let own = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(&launcher);
    command.args(["-n", &processes.to_string()]).arg(own).env(SCENARIO, scenario);
    // Variables, not options: launchers of other MPIs ignore them.
    for name in [
        "OMPI_ALLOW_RUN_AS_ROOT",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
        "PRTE_ALLOW_RUN_AS_ROOT",
        "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM",
        "OMPI_MCA_rmaps_base_oversubscribe",
        "OMPI_MCA_mpi_yield_when_idle",
    ] {
        command.env(name, "1");
    }
    command.env("OMPI_MCA_hwloc_base_binding_policy", "none");
    command.env("PRTE_MCA_hwloc_default_binding_policy", "none");
    command.env("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe");
    command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{launcher}: {error}"));
    let (out, err) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let success = wait(&mut child, scenario);
    Played { success, out: out.join().expect("readable"), err: err.join().expect("readable") }
}

/// Asserts that scenario `scenario n`, on each number n of processes, tells `expected` under `name`.
pub fn assert_told(scenario: &str, processes: &[usize], name: &str, expected: &str) {
    for &processes in processes {
        let played = play(&format!("{scenario} {processes}"), processes, &[]);
        assert!(played.success, "{played:#?}");
        assert_eq!(played.value(name), expected, "on {processes} processes");
    }
}

fn drain(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait(child: &mut Child, scenario: &str) -> bool {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status.success();
        }
        if start.elapsed() > LIMIT {
            let _ = child.kill();
            panic!("{scenario} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The main function: plays the scenario that the environment names, or runs all tests, whose names contain the
/// arguments, and reports as libtest does.
pub fn main(scenario: impl Fn(&str), tests: &[(&str, fn())]) -> ExitCode {
    if let Ok(name) = std::env::var(SCENARIO) {
        scenario(&name);
        return ExitCode::SUCCESS;
    }
    let filters: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(&**filter));
    println!("\nrunning {} tests", tests.iter().filter(|(name, _)| wanted(name)).count());
    let (mut passed, mut failed) = (0, 0);
    for (name, test) in tests.iter().filter(|(name, _)| wanted(name)) {
        let ok = std::panic::catch_unwind(test).is_ok();
        println!("test {name} ... {}", if ok { "ok" } else { "FAILED" });
        *(if ok { &mut passed } else { &mut failed }) += 1;
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    let filtered = tests.len() - passed - failed;
    println!(
        "\ntest result: {verdict}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {filtered} filtered out\n"
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
