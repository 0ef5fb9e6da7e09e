use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc.inhibitory: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
    projection exc -> exc.excitatory: AllToAll, StaticSynapse { weight: -0.1nA, delay: 1.0ms };
}

fn main() {}
