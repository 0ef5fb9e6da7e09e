//! A network does the same on any number of ranks, to the last bit.

mod nets;

use nets::{Loop, Recorded, record};
use pynn::music::{Ranks, Setup};

fn run(coarse: usize, fine: usize) -> Recorded {
    let net = Loop::build(coarse, fine).unwrap();
    record(&mut Setup::new().ranks(Ranks::Threads).start(net).unwrap()).unwrap()
}

#[test]
fn ranks_change_no_bit_of_spikes_and_traces() {
    let alone = run(1, 1);
    assert!(alone.spikes > 200, "the net is alive: {} spikes", alone.spikes);
    for (coarse, fine) in [(2, 1), (1, 3), (2, 2), (5, 3)] {
        assert_eq!(run(coarse, fine), alone, "on {coarse} and {fine} ranks");
    }
}
