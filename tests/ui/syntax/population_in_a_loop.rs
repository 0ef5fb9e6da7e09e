use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    for n in [1, 2] {
        population exc on sim: [IfCurrExp; n];
    }
    record exc: spikes;
}

fn main() {}
