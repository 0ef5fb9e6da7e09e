//! Whole simulations on ranks that are threads.

mod common;

use std::time::{Duration, Instant};

use common::{Lonely, Net, Toy, two_simulators};
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup, Simulation};

fn start<B: Backend>(net: Net<B>) -> Result<Simulation<Net<B>>>
where
    Net<B>: Send + Sync,
{
    start_on(16, net)
}

/// On at most `cores` threads.
fn start_on<B: Backend>(cores: usize, net: Net<B>) -> Result<Simulation<Net<B>>>
where
    Net<B>: Send + Sync,
{
    Setup::new().ranks(Ranks::Threads).cores(cores).deadline(Duration::from_secs(20)).start(net)
}

fn digest(processes: [usize; 2], runs: &[f64]) -> u64 {
    digest_on(16, processes, runs)
}

fn digest_on(cores: usize, processes: [usize; 2], runs: &[f64]) -> u64 {
    let mut sim = start_on(cores, two_simulators::<Toy>(["exc", "inh"], processes)).unwrap();
    runs.iter().for_each(|run| sim.run(*run * ms).unwrap());
    let spikes = sim.spikes(|net| &net.exc).unwrap();
    assert!(spikes.len() > 40, "the net is alive: {} spikes", spikes.len());
    sim.digest().unwrap()
}

#[test]
fn any_number_of_ranks_gives_the_same_spikes() {
    let alone = digest([1, 1], &[60.0]);
    for processes in [[2, 1], [1, 2], [2, 2], [3, 1], [5, 3], [7, 1]] {
        assert_eq!(digest(processes, &[60.0]), alone, "{processes:?}");
    }
}

#[test]
fn ranks_that_share_threads_give_the_same_spikes() {
    let alone = digest([1, 1], &[60.0]);
    for (cores, processes) in [(1, [1, 1]), (1, [4, 3]), (2, [6, 10]), (3, [2, 2]), (4, [5, 3])] {
        assert_eq!(digest_on(cores, processes, &[60.0]), alone, "{processes:?} on {cores} threads");
    }
    assert_eq!(digest_on(2, [3, 4], &[0.1, 7.3, 0.0, 52.6]), alone);
}

#[test]
fn several_runs_equal_one() {
    assert_eq!(digest([2, 2], &[60.0]), digest([2, 1], &[0.1, 7.3, 0.0, 52.6]));
}

#[test]
fn a_reset_begins_a_new_segment_with_the_same_spikes() {
    let mut sim = start(two_simulators::<Toy>(["exc", "inh"], [2, 1])).unwrap();
    sim.run(30.0 * ms).unwrap();
    let first = sim.spikes(|net| &net.exc).unwrap();
    sim.reset().unwrap();
    assert_eq!((sim.segment(), sim.now()), (1, 0.0 * ms));
    assert!(sim.spikes(|net| &net.exc).unwrap().is_empty());
    sim.run(30.0 * ms).unwrap();
    assert_eq!(sim.spikes(|net| &net.exc).unwrap(), first);
    assert_eq!(sim.spikes_in(0, |net| &net.exc).unwrap(), first);
    assert!(sim.spikes_in(2, |net| &net.exc).unwrap_err().message().contains("no segment 2"));
}

#[test]
fn traces_of_all_ranks_are_put_together_by_cell() {
    let trace = |processes| {
        let mut sim = start(two_simulators::<Toy>(["exc", "inh"], processes)).unwrap();
        sim.run(10.0 * ms).unwrap();
        sim.trace(|net| &net.exc, |v| v.v).unwrap()
    };
    let alone = trace([1, 1]);
    assert_eq!((alone.len(), alone.size, &*alone.unit), (21, 40, "mV"));
    assert_eq!(trace([3, 1]), alone);
}

#[test]
fn what_is_not_recorded_is_refused_by_name() {
    let mut sim = start(two_simulators::<Toy>(["exc", "inh"], [1, 1])).unwrap();
    let error = sim.trace(|net| &net.inh, |v| v.v).unwrap_err();
    assert!(error.message().contains("v of `inh` is not recorded"), "{error}");
}

#[test]
fn a_run_off_the_grid_of_a_simulator_is_refused_by_name() {
    let mut sim = start(two_simulators::<Toy>(["exc", "inh"], [1, 1])).unwrap();
    let error = sim.run(0.25 * ms).unwrap_err();
    assert!(error.message().contains("`coarse`"), "{error}");
    sim.run(0.3 * ms).unwrap();
    assert!(sim.run_until(0.2 * ms).unwrap_err().message().contains("0.3 ms already"));
}

#[test]
fn processes_are_overridden_by_the_setup() {
    let net = two_simulators::<Toy>(["exc", "inh"], [6, 10]);
    let setup = Setup::new().ranks(Ranks::Threads).processes("coarse", 2).processes("fine", 1);
    let plan = setup.dry_run(net.network()).unwrap();
    assert_eq!(plan.ranks(), 3);
    let table = plan.table(net.network());
    for part in ["exc[20..40]", "0 -> 2", "forth", "coarse"] {
        assert!(table.contains(part), "{table}");
    }
    let error = Setup::new().processes("rough", 2).dry_run(net.network()).unwrap_err();
    assert!(error.message().contains("`rough`") && error.message().contains("coarse, fine"), "{error}");
}

#[test]
fn a_simulator_has_no_more_threads_than_there_are_cores_unless_told() {
    let run = |setup: Setup| {
        let mut sim = setup.start(two_simulators::<Toy>(["exc", "inh"], [6, 10])).unwrap();
        sim.run(60.0 * ms).unwrap();
        (sim.plan().ranks(), sim.digest().unwrap())
    };
    let alone = digest([1, 1], &[60.0]);
    let auto = Setup::new().cores(2);
    assert_eq!(run(auto.clone()), (4, alone));
    assert_eq!(run(auto.clone().cores(0)), (2, alone));
    assert_eq!(run(auto.clone().cores(16)), (16, alone));
    assert_eq!(run(auto.clone().processes("coarse", 3)), (5, alone));
    assert_eq!(run(auto.ranks(Ranks::Threads)), (16, alone));
}

#[test]
fn a_backend_of_one_rank_a_process_is_not_fitted_to_the_cores() {
    let net = two_simulators::<Lonely>(["exc", "inh"], [2, 1]);
    let error = Setup::new().cores(1).start(net).err().unwrap();
    assert!(error.message().contains("mpirun -n 3"), "{error}");
}

#[test]
fn threads_of_one_process_hold_no_proxies() {
    let sim = start(two_simulators::<Toy>(["exc", "inh"], [2, 2])).unwrap();
    assert!(!sim.is_proxy(|net| &net.exc) && !sim.is_proxy(|net| &net.inh));
}

#[test]
fn a_backend_that_is_alone_in_its_process_is_refused_with_the_remedy() {
    let error = start(two_simulators::<Lonely>(["exc", "inh"], [1, 1])).err().unwrap();
    assert!(error.message().contains("mpirun -n 2"), "{error}");
}

#[test]
fn statistics_add_up_over_ranks() {
    let numbers = |processes| {
        let mut sim = start(two_simulators::<Toy>(["exc", "inh"], processes)).unwrap();
        sim.run(20.0 * ms).unwrap();
        sim.statistics().unwrap()
    };
    let (alone, many) = (numbers([1, 1]), numbers([4, 2]));
    assert_eq!(alone.synapses(), 40 + 3 * 40 + 40 * 13 + 13 * 40 + 15 * 20);
    assert_eq!((alone.synapses(), alone.events()), (many.synapses(), many.events()));
    assert_eq!(many.ranks.len(), 6);
}

fn failing(name: &str, deadline: Duration) -> (Error, SpikeCounts) {
    failing_on(16, [name, "inh"], [2, 2], deadline)
}

fn failing_on(
    cores: usize,
    names: [&str; 2],
    processes: [usize; 2],
    deadline: Duration,
) -> (Error, SpikeCounts) {
    let net = two_simulators::<Toy>(names, processes);
    let mut sim = Setup::new().ranks(Ranks::Threads).cores(cores).deadline(deadline).start(net).unwrap();
    let start = Instant::now();
    let error = sim.run(50.0 * ms).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(30), "all ranks stop");
    let again = sim.run(1.0 * ms).unwrap_err();
    assert!(again.message().contains("failed before"), "{again}");
    let spikes = [sim.spikes(|net| &net.noise).unwrap(), sim.spikes(|net| &net.exc).unwrap()];
    assert!(spikes.iter().all(|spikes| spikes.times.iter().all(|time| *time <= spikes.stop)));
    let counts = (spikes[0].len(), spikes[1].len());
    sim.end().unwrap();
    (error, counts)
}

type SpikeCounts = (usize, usize);

#[test]
fn an_error_on_one_rank_ends_the_run_on_all_with_its_words() {
    let (error, counts) = failing("errs", Duration::from_secs(60));
    assert_eq!(error.kind(), ErrorKind::Simulator);
    assert!(error.message().contains("(coarse, ") && error.message().contains("not finite"), "{error}");
    assert!(counts.0 > 0, "what was recorded can be read");
}

#[test]
fn a_panic_on_one_rank_ends_the_run_on_all_with_its_words() {
    let (error, counts) = failing("panics", Duration::from_secs(60));
    assert!(error.message().contains("panicked: a bug in the model"), "{error}");
    assert!(counts.0 > 0);
}

#[test]
fn a_rank_that_stalls_is_named_with_the_packet_that_is_missing() {
    let (error, counts) = failing("stalls", Duration::from_millis(300));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    for part in ["packet", "forth", "window", "(coarse, "] {
        assert!(error.message().contains(part), "{error}");
    }
    assert_eq!(counts, (0, 0), "what the stalled ranks recorded is lost");
}

#[test]
fn a_failure_of_one_rank_of_a_thread_ends_the_run_on_all_with_its_words() {
    for cores in [1, 2, 3] {
        let (error, counts) = failing_on(cores, ["exc", "errs"], [2, 2], Duration::from_secs(60));
        assert!(error.message().contains("(fine, ") && error.message().contains("not finite"), "{error}");
        assert!(counts.0 > 0 && counts.1 > 0, "what was recorded can be read, {cores} threads: {counts:?}");
        let (error, counts) = failing_on(cores, ["exc", "panics"], [2, 2], Duration::from_secs(60));
        let words = "panicked: a bug in the model";
        assert!(error.message().contains("(fine, ") && error.message().contains(words), "{error}");
        assert!(counts.0 > 0 && counts.1 > 0, "what was recorded can be read, {cores} threads: {counts:?}");
    }
}

#[test]
fn a_stalled_rank_is_named_by_a_rank_that_waits_for_another_of_its_thread() {
    let mut net = NetworkBuilder::new("Three");
    let mut population = |name: &str, size| {
        let options = SimulatorOptions { processes: 2, ..SimulatorOptions::default() };
        let simulator = net.simulator::<Toy>(name, options);
        net.population(&simulator, &format!("{name} cells"), size, IfCurrExp::default())
    };
    // Of the two threads, each with a rank of every simulator, one has the rank of the cell that stalls.
    let [_, target, source] =
        [("stalls", 1), ("target", 2), ("source", 2)].map(|(name, size)| population(name, size));
    let synapse = StaticSynapse { weight: 0.1 * nA, delay: 0.5 * ms };
    net.project(Some("forth"), &source, target.default_target(), AllToAll::default(), synapse);
    let setup = Setup::new().ranks(Ranks::Threads).cores(2).deadline(Duration::from_millis(300));
    let error = setup.start(net.build().unwrap()).unwrap().run(50.0 * ms).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let words =
        "from rank 5 (source, 2 of 2), whose thread works for rank 1 (stalls, 2 of 2); it may have stalled";
    for part in ["rank 2 (target, 1 of 2): waited 0.3 s for packet", "5->2 (forth)", words] {
        assert!(error.message().contains(part), "{error}");
    }
}

#[test]
fn a_stalled_rank_is_named_when_it_holds_the_only_thread() {
    let (error, counts) = failing_on(1, ["exc", "stalls"], [2, 1], Duration::from_millis(300));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.message().contains("rank 2 (fine, 1 of 1): no progress for 0.3 s"), "{error}");
    assert_eq!(counts, (0, 0), "what the ranks of the stalled thread recorded is lost");
}

#[test]
fn ranks_without_connections_share_a_thread_with_others() {
    // Neither waits for anybody: each is to let the others have their turn.
    let mut net = NetworkBuilder::new("Apart");
    let options = |processes| SimulatorOptions { processes, ..SimulatorOptions::default() };
    let cell = IfCurrExp { i_offset: 1.0 * nA, ..Default::default() };
    for name in ["one", "two"] {
        let simulator = net.simulator::<Toy>(name, options(2));
        net.population(&simulator, name, 3, cell.clone());
    }
    let setup = Setup::new().ranks(Ranks::Threads).cores(2);
    let mut sim = setup.start(net.build().unwrap()).unwrap();
    sim.run(100.0 * ms).unwrap();
    assert_eq!(sim.now(), 100.0 * ms);
}

#[test]
fn a_simulation_that_is_dropped_before_it_ran_ends_its_shared_threads() {
    drop(start_on(2, two_simulators::<Toy>(["exc", "inh"], [6, 10])).unwrap());
}

#[test]
fn a_rank_that_cannot_be_built_fails_the_setup_with_its_words() {
    for (name, words) in
        [("unbuildable", "no such model"), ("panics at once", "panicked: a bug in the builder")]
    {
        for cores in [1, 2, 4] {
            let error = start_on(cores, two_simulators::<Toy>(["exc", name], [2, 2])).err().unwrap();
            assert!(error.message().contains("(fine, ") && error.message().contains(words), "{error}");
        }
    }
}

#[test]
fn a_run_beyond_the_range_of_steps_is_refused() {
    let mut sim = start(two_simulators::<Toy>(["exc", "inh"], [1, 1])).unwrap();
    assert!(sim.run(1e9 * ms).unwrap_err().message().contains("4294967295"));
}

#[test]
fn a_population_number_that_there_is_not_is_an_error() {
    let mut sim = start(two_simulators::<Toy>(["exc", "inh"], [1, 1])).unwrap();
    let nowhere = pynn_core::population::PopulationId(99);
    assert!(sim.spikes_of(nowhere, 0).unwrap_err().message().contains("no population number 99"));
    assert!(sim.trace_of(nowhere, "v", 0).unwrap_err().message().contains("no population number 99"));
}

#[test]
fn durations_at_the_end_of_their_range_are_refused() {
    let net = two_simulators::<Toy>(["exc", "inh"], [1, 1]);
    let setup = Setup::new().ranks(Ranks::Threads).deadline(Duration::MAX);
    let mut sim = setup.start(net).unwrap();
    sim.run(1.0 * ms).unwrap();
    assert_eq!(sim.run(8.9e12 * ms).unwrap_err().kind(), ErrorKind::Usage);
    sim.run(1.0 * ms).unwrap();
}

#[test]
fn a_callback_is_called_at_the_start_and_at_the_times_that_it_gives() {
    let mut sim = start(two_simulators::<Toy>(["exc", "inh"], [2, 1])).unwrap();
    sim.run(1.0 * ms).unwrap();
    let mut times = Vec::new();
    sim.run_with(10.0 * ms, |sim| {
        times.push(sim.now().base());
        Ok(sim.now() + 3.0 * ms)
    })
    .unwrap();
    assert_eq!(times, [1.0, 4.0, 7.0, 10.0]);
    assert_eq!(sim.now(), 11.0 * ms);
    // At the end of a run only who asks for it, and not again if nothing is asked for.
    let mut calls = 0;
    sim.run_with(2.0 * ms, |sim| {
        calls += 1;
        Ok((calls == 1).then(|| sim.now() + 2.0 * ms))
    })
    .unwrap();
    assert_eq!((calls, sim.now()), (2, 13.0 * ms));
}

#[test]
fn several_callbacks_have_their_own_times_and_change_no_spike() {
    let mut sim = start(two_simulators::<Toy>(["exc", "inh"], [2, 1])).unwrap();
    let calls = std::cell::RefCell::new(Vec::new());
    let every = |name: char, interval: f64| -> pynn_music::Callback<'_, Net<Toy>> {
        let calls = &calls;
        Box::new(move |sim| {
            calls.borrow_mut().push((name, sim.now().base()));
            Ok(Some(sim.now() + interval * ms))
        })
    };
    sim.run_with_all(60.0 * ms, &mut [every('a', 20.0), every('b', 30.0)]).unwrap();
    let expected = [('a', 0.0), ('b', 0.0), ('a', 20.0), ('b', 30.0), ('a', 40.0), ('a', 60.0), ('b', 60.0)];
    assert_eq!(*calls.borrow(), expected);
    assert_eq!(sim.digest().unwrap(), digest([1, 1], &[60.0]));
}

#[test]
fn an_error_of_a_callback_stops_the_run_there() {
    let mut sim = start(two_simulators::<Toy>(["exc", "inh"], [1, 1])).unwrap();
    let fail = |sim: &mut Simulation<Net<Toy>>| match sim.now().base() {
        time if time < 5.0 => Ok(sim.now() + 1.0 * ms),
        _ => Err(Error::new(ErrorKind::Usage, "enough")),
    };
    assert_eq!(sim.run_with(10.0 * ms, fail).unwrap_err().message(), "enough");
    assert_eq!(sim.now(), 5.0 * ms);
    let error = sim.run_with(10.0 * ms, |_| Ok(2.0 * ms)).unwrap_err();
    assert!(error.message().contains("asks to be called at 2 ms, but it is 5 ms already"), "{error}");
    let error = sim.run_with(10.0 * ms, |sim| Ok(sim.now() + 0.25 * ms)).unwrap_err();
    assert!(error.message().contains("time step of `coarse`"), "{error}");
    let error = sim.run_with(10.0 * ms, |sim| sim.run(1.0 * ms).map(|()| None)).unwrap_err();
    assert!(error.message().contains("a callback ran or reset the simulation"), "{error}");
    sim.run(1.0 * ms).unwrap();
}

#[test]
fn a_run_until_a_time_ends_there_and_none_ends_in_the_past() {
    let mut sim = start(two_simulators::<Toy>(["exc", "inh"], [1, 1])).unwrap();
    for time in [12.6, 12.6, 99.9] {
        sim.run_until(time * ms).unwrap();
        assert_eq!(sim.now().base(), time);
    }
    let error = sim.run_until(12.6 * ms).unwrap_err();
    assert!(error.message().contains("99.9 ms already"), "{error}");
    assert_eq!(sim.now().base(), 99.9);
}

#[test]
fn a_backend_without_gap_junctions_between_ranks_refuses_them_with_the_remedy() {
    let mut net = NetworkBuilder::new("Joined");
    let options = SimulatorOptions { processes: 2, ..SimulatorOptions::default() };
    let sim = net.simulator::<Toy>("sim", options);
    let cells = net.population(&sim, "cells", 4, IfCurrExp::default());
    let gap = ElectricalSynapse { weight: 1.0 * nS };
    net.project(None, &cells, cells.target(IfCurrExp::receptors().excitatory), AllToAll::default(), gap);
    let mut sim = Setup::new().ranks(Ranks::Threads).progress(false).start(net.build().unwrap()).unwrap();
    let error = sim.run(1.0 * ms).unwrap_err();
    for words in ["(sim, ", "no gap junctions between cells of different ranks", "`processes: 1`"] {
        assert!(error.message().contains(words), "{error}");
    }
}
