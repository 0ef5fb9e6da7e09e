use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    population inh on sim: [IfCurrExp; 10];
    assembly all = exc + inh;
    projection all[0..5] -> exc: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
}

fn main() {}
