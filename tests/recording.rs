//! Some cells of a population are recorded, and the data say which.

use pynn::data::Csv;
use pynn::music::{Ranks, Setup, Simulation};
use pynn::network::Selection;
use pynn::prelude::*;

network! {
    /// Driven cells, of which all are recorded, or some.
    struct Driven {
        whole: bool,
    }
    simulator sim: Native {};
    population noise on sim: [SpikeSourcePoisson { rate: 4.0kHz, .. }; 10];
    population exc on sim: [IfCondExp; 20];
    population inh on sim: [IfCondExp; 10];
    population layer[_ in 0..2] on sim: [IfCondExp; 5];
    view some = exc[[1, 4, 17]];
    assembly all = exc[18..] + layer[0][..2];
    for k in 0..2 {
        projection noise[5 * k..5 * (k + 1)] -> layer[k]: AllToAll, StaticSynapse { weight: 4.0nS, delay: 1.0ms };
    }
    projection noise -> exc: FixedNumberPre { n: 5, .. }, StaticSynapse { weight: 4.0nS, delay: 1.0ms };
    projection noise -> inh: FixedNumberPre { n: 5, .. }, StaticSynapse { weight: 4.0nS, delay: 1.0ms };
    if whole {
        record exc: spikes, v, gsyn_exc every 0.5ms;
        record noise: spikes;
        record layer: spikes;
    } else {
        record exc[0..10]: spikes;
        record some: spikes, v, gsyn_exc every 0.5ms;
        record exc[2..3]: v every 0.5ms;
        record all: spikes;
        record layer[1][3..]: spikes;
        record noise[[3, 8]]: spikes;
    }
}

fn run(net: Driven, ranks: usize) -> Simulation<Driven> {
    let mut sim = Setup::new().processes("sim", ranks).ranks(Ranks::Threads).start(net).unwrap();
    sim.run(100.0 * ms).unwrap();
    sim
}

#[test]
fn what_is_recorded_of_some_cells_is_what_they_do_among_all() {
    let mut whole = run(Driven::build(true).unwrap(), 1);
    let all = whole.spikes(|net| &net.exc).unwrap();
    assert!(all.len() > 100 && all.cells.is_none(), "{} spikes", all.len());
    let v = whole.trace(|net| &net.exc, |v| v.v).unwrap();
    let asked = whole.spikes(|net| net.exc.slice(3..5)).unwrap();
    assert_eq!((asked.recorded(), asked.train(4)), (Selection::Range(3..5), all.train(4)));
    for ranks in [1, 2, 3] {
        let mut part = run(Driven::build(false).unwrap(), ranks);
        let spikes = part.spikes(|net| &net.exc).unwrap();
        let cells = Selection::List([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 18, 19].into());
        assert_eq!((spikes.size, spikes.recorded()), (20, cells.clone()));
        assert_eq!(
            spikes.counts(),
            cells.iter().map(|cell| all.train(cell).len() as u32).collect::<Vec<_>>()
        );
        assert!(
            cells.iter().all(|cell| spikes.train(cell) == all.train(cell)) && spikes.train(12).is_empty()
        );
        let trace = part.trace(|net| &net.exc, |v| v.v).unwrap();
        assert_eq!((trace.recorded(), trace.len()), (Selection::List([1, 2, 4, 17].into()), 201));
        assert!([1, 2, 4, 17].into_iter().all(|cell| trace.of(cell) == v.of(cell)), "on {ranks} ranks");
        assert_eq!(
            part.trace(|net| &net.some, |v| v.v).unwrap().recorded().iter().collect::<Vec<_>>(),
            [1, 4, 17]
        );
        let layer = part.spikes(|net| &net.layer[0]).unwrap();
        assert_eq!(layer.recorded(), Selection::Range(0..2));
        assert_eq!(layer.train(1), whole.spikes(|net| &net.layer[0]).unwrap().train(1));
        assert_eq!(part.spike_counts(|net| &net.layer[1]).unwrap().len(), 2);
        let noise = part.spikes(|net| &net.noise).unwrap();
        assert_eq!(noise.train(8), whole.spikes(|net| &net.noise).unwrap().train(8));
        assert!(noise.train(8).len() > 10 && noise.train(4).is_empty());
    }
}

#[test]
fn files_name_the_cells_that_were_recorded() {
    let mut sim = run(Driven::build(false).unwrap(), 2);
    let text = sim.trace(|net| &net.exc, |v| v.gsyn_exc).unwrap().to_csv();
    let head = "# population: exc\n# size: 20\n# cells: 1 4 17\n# variable: gsyn_exc\n# unit: uS\n\
                # interval_ms: 0.5\ntime_ms,cell_1,cell_4,cell_17\n0,0,0,0\n";
    assert!(text.starts_with(head), "{text}");
}

#[test]
fn only_the_cells_that_are_asked_for_cost_memory() {
    let bytes = |whole: bool| {
        let mut sim = run(Driven::build(whole).unwrap(), 1);
        sim.trace(|net| &net.exc, |v| v.gsyn_exc).unwrap().values.len()
    };
    assert_eq!((bytes(true), bytes(false)), (201 * 20, 201 * 3));
}

#[test]
fn cells_that_are_not_recorded_have_no_data_and_the_error_says_which_have() {
    let mut sim = run(Driven::build(false).unwrap(), 1);
    let message = sim.trace(|net| net.exc.slice(5..9), |v| v.v).unwrap_err().message().to_owned();
    let expected =
        "v of `exc` is recorded of the cells [1, 2, 4, 17] only; record these too: `record exc[..]: v;`";
    assert_eq!(message, expected);
    let message = sim.spikes(|net| &net.inh).unwrap_err().message().to_owned();
    assert_eq!(message, "spikes of `inh` are not recorded; add `record inh: spikes;` to the network");
    let message = sim.spikes(|net| net.exc.slice(5..30)).unwrap_err().message().to_owned();
    assert!(message.contains("5..30"), "{message}");
}

#[test]
fn two_intervals_of_a_variable_and_cells_that_there_are_not_are_errors_of_the_build() {
    network! {
        #[derive(Debug)]
        struct Mistaken { n: usize }
        simulator sim: Native {};
        population exc on sim: [IfCurrExp; 10];
        record exc[..5]: v every 1.0ms;
        record exc[5..]: v every 2.0ms;
        record exc[0..n]: spikes;
        record exc: spikes;
    }
    let error = Mistaken::build(12).unwrap_err();
    let expected = "population `exc`: v is recorded every 1 ms and every 2 ms; choose one";
    assert!(error.message().contains(expected), "{error}");
    let expected = "`record` of `exc`: the range 0..12 reaches beyond the 10 cells of the population `exc`; end it at 10 or before";
    assert!(error.message().contains(expected), "{error}");
}
