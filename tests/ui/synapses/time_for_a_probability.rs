use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: AllToAll, SimpleStochasticSynapse { p: 0.5ms, weight: 0.1nA, .. };
}

fn main() {}
