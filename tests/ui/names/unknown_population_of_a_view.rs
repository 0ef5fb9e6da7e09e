use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    view some = ecx[0..3];
    projection some -> exc: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
}

fn main() {}
