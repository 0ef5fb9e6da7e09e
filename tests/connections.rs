//! What a user asks of connections and places when a network is set up.

use pynn::data::Connections;
use pynn::music::Setup;
use pynn::prelude::*;

network! {
    /// Drawn connections, weights and delays, or those of a file.
    struct Drawn {}
    seed 4;
    simulator sim: Native { processes: 2 };
    population input on sim: [SpikeSourcePoisson { rate: 50.0Hz, .. }; 20];
    population cells on sim: [IfCurrExp; 30];
    structure cells: Grid2D { dx: 10.0um, dy: 10.0um, aspect_ratio: 1.2, .. };
    projection drive = input -> cells: FixedProbability { p_connect: 0.3, .. }, StaticSynapse {
        weight: Normal { mean: 1.5nA, sd: 0.1nA },
        delay: Uniform { low: 0.5ms, high: 3.0ms },
    };
    record cells: spikes;
}

network! {
    struct Listed { file: std::path::PathBuf }
    seed 4;
    simulator sim: Native { processes: 3 };
    population input on sim: [SpikeSourcePoisson { rate: 50.0Hz, .. }; 20];
    population cells on sim: [IfCurrExp; 30];
    projection drive = input -> cells: FromFile::new(file), StaticSynapse { weight: 1.0nA, delay: 1.0ms };
    record cells: spikes;
}

fn started<N: pynn::Model + Send + Sync + 'static>(net: Result<N>) -> music::Simulation<N> {
    Setup::new().progress(false).start(net.unwrap()).unwrap()
}

#[test]
fn saved_connections_make_the_same_network() {
    let mut drawn = started(Drawn::build());
    drawn.run(100.0 * ms).unwrap();
    let (weights, delays) =
        (drawn.weights(|net| &net.drive).unwrap(), drawn.delays(|net| &net.drive).unwrap());
    let file = std::env::temp_dir().join(format!("pynn-connections-{}.txt", std::process::id()));
    Connections::of(&weights).delays(&delays).save_csv(&file).unwrap();
    let mut listed = started(Listed::build(file.clone()));
    listed.run(100.0 * ms).unwrap();
    std::fs::remove_file(&file).unwrap();
    let spikes = drawn.spikes(|net| &net.cells).unwrap();
    assert!(spikes.len() > 20, "{} spikes", spikes.len());
    assert_eq!(listed.spikes(|net| &net.cells).unwrap(), spikes);
}

#[test]
fn cells_are_found_by_their_place() {
    let sim = started(Drawn::build());
    let places = sim.positions(|net| &net.cells).unwrap();
    assert_eq!((places.len(), places[0]), (30, [0.0 * um; 3]));
    assert_eq!(sim.positions(|net| net.cells.slice(7..9)).unwrap(), places[7..9]);
    let beside = places[17].map(|at| at + 2.0 * um);
    assert_eq!(sim.nearest(|net| &net.cells, beside).unwrap(), 17);
    let among = sim.nearest(|net| net.cells.slice(..5), places[17]).unwrap();
    assert!(among < 5);
    assert!(sim.nearest(|net| net.cells.slice(3..3), beside).unwrap_err().message().contains("has no cell"));
    let error = sim.positions(|net| net.cells.slice(20..40)).unwrap_err();
    assert!(error.message().contains("cells"), "{error}");
}
