//! Words of `network!` beside the plain ones: annotations, several senders, receptors that are computed.

use pynn::data::{Connections, Csv};
use pynn::music::{Ranks, Setup, Simulation};
use pynn::prelude::*;

fn start<N: Model + Send + Sync + 'static>(net: N, ranks: usize) -> Simulation<N> {
    Setup::new().processes("sim", ranks).ranks(Ranks::Threads).start(net).unwrap()
}

network! {
    /// Cells with notes.
    struct Noted {
        area: String,
    }
    simulator sim: Native {};
    annotate drive: origin = "thalamus", cells = exc.size();
    annotate exc: layer = 4, area = area, "time constant" = 20.0ms;
    population exc on sim: [IfCurrExp; 3];
    population layer[k in 1..3] on sim: [IfCurrExp; k];
    projection drive = exc -> layer[0]: AllToAll, StaticSynapse { weight: 0.1nA, .. };
    annotate layer: kind = "background", r#type = "first";
    for (k, note) in ["one", "two"].into_iter().enumerate() {
        if k == 1 {
            annotate layer[k]: number = note;
        }
    }
    annotate layer[0]: r#type = "second";
    record exc: spikes, v every 1.0ms;
}

#[test]
fn annotations_are_read_from_the_simulation_and_written_with_its_data() {
    let mut sim = start(Noted::build("V1".into()).unwrap(), 2);
    let pairs = |notes: &[(&str, &str)]| -> Vec<(String, String)> {
        notes.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
    };
    let exc = pairs(&[("layer", "4"), ("area", "V1"), ("time constant", "20 ms")]);
    assert_eq!(sim.annotations(|net| &net.exc), exc);
    let first = pairs(&[("kind", "background"), ("type", "second")]);
    assert_eq!(sim.annotations(|net| &net.layer[0]), first);
    let second = pairs(&[("kind", "background"), ("type", "first"), ("number", "two")]);
    assert_eq!(sim.annotations(|net| &net.layer[1]), second);
    assert_eq!(sim.annotations(|net| &net.drive), pairs(&[("origin", "thalamus"), ("cells", "3")]));
    sim.run(2.0 * ms).unwrap();
    let head =
        "# population: exc\n# size: 3\n# layer: 4\n# area: V1\n# time constant: 20 ms\n# variable: v\n";
    assert!(sim.trace(|net| &net.exc, |v| v.v).unwrap().to_csv().starts_with(head));
    let weights = Connections::of(&sim.weights(|net| &net.drive).unwrap()).to_csv();
    let expected = "# projection: drive\n# origin: thalamus\n# cells: 3\n# sources: 3\n";
    assert!(weights.starts_with(expected), "{weights}");
}

network! {
    /// Senders of several types, on two simulators, onto receptors that are computed.
    struct Mixed {
        inhibits: bool,
    }
    simulator sim: Native {};
    simulator other: Native { timestep: 0.05ms };
    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([1.0ms]) }; 3];
    population kick on other: [SpikeSourceArray { spike_times: SpikeTrains::same([2.0ms]) }; 2];
    population cond on sim: [HhCondExp; 2];
    population relay on sim: [IfCurrExp; 4];
    let chosen = if inhibits { IfCurrExp::receptors().inhibitory } else { IfCurrExp::receptors().excitatory };
    let weight = if inhibits { -1.0nA } else { 1.0nA };
    projection all = (input[1..], cond, kick, relay) -> relay.(if !inhibits { excitatory } else { inhibitory }): AllToAll,
        StaticSynapse { weight, delay: 0.5ms };
    projection same = (kick,) -> relay[..1].(chosen): AllToAll, StaticSynapse { weight, delay: 0.5ms };
    projection many = (input, input[..1], kick, cond, relay, cond[1..], relay[[0, 2]], kick[..1], relay[1..2])
        -> relay[..1]: AllToAll, StaticSynapse { weight: 0.1nA, delay: 0.5ms };
    record relay: v;
}

#[test]
fn senders_of_several_types_are_one_end() {
    let error = Mixed::build(false).map(drop).unwrap_err();
    let expected =
        "projection `many`: cell 0 of `input` is twice in one end; let the views of an assembly not overlap";
    assert_eq!(error.message(), expected);
}

network! {
    /// As `Mixed`, without cells that are twice in an end.
    struct Sound {
        inhibits: bool,
    }
    simulator sim: Native {};
    simulator other: Native { timestep: 0.05ms };
    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([1.0ms]) }; 3];
    population kick on other: [SpikeSourceArray { spike_times: SpikeTrains::same([2.0ms]) }; 2];
    population cond on sim: [HhCondExp; 9];
    population relay on sim: [IfCurrExp; 4];
    let chosen = if inhibits { IfCurrExp::receptors().inhibitory } else { IfCurrExp::receptors().excitatory };
    let weight = if inhibits { -1.0nA } else { 1.0nA };
    projection all = (input[1..], cond, kick, relay) -> relay.(if !inhibits { excitatory } else { inhibitory }): AllToAll,
        StaticSynapse { weight, delay: 0.5ms };
    projection same = (kick,) -> relay[..1].(chosen): AllToAll, StaticSynapse { weight, delay: 0.5ms };
    projection many = (cond[..1], cond[1..2], cond[2..3], cond[3..4], cond[4..5], cond[5..6], cond[6..7], kick, relay)
        -> relay[..1]: AllToAll, StaticSynapse { weight: 0.1nA, delay: 0.5ms };
    record relay: v;
}

#[test]
fn spikes_of_all_senders_reach_the_receptor_that_was_computed() {
    for inhibits in [false, true] {
        let net = Sound::build(inhibits).unwrap();
        let receptors: Vec<usize> = net.network().projections().iter().map(|spec| spec.receptor).collect();
        assert_eq!(receptors, [usize::from(inhibits), usize::from(inhibits), 0]);
        let sizes: Vec<u32> = net.network().projections().iter().map(|spec| spec.source.size()).collect();
        assert_eq!(sizes, [2 + 9 + 2 + 4, 2, 7 + 2 + 4]);
        let mut alone = start(net, 1);
        let mut several = start(Sound::build(inhibits).unwrap(), 3);
        for sim in [&mut alone, &mut several] {
            sim.run(6.0 * ms).unwrap();
        }
        let v = alone.trace(|net| &net.relay, |v| v.v).unwrap();
        assert_eq!(v.values, several.trace(|net| &net.relay, |v| v.v).unwrap().values);
        let sign = if inhibits { -1.0 } else { 1.0 };
        // Two spikes arrive after 1.5 ms, two more after 2.5 ms, and on cell 0 another two.
        assert!(v.of(1)[15] == -65.0 && sign * (v.of(1)[17] + 65.0) > 0.0, "{:?}", v.of(1));
        assert!(sign * (v.of(0)[30] - v.of(1)[30]) > 0.0 && v.of(1)[25] == v.of(0)[25]);
    }
}
