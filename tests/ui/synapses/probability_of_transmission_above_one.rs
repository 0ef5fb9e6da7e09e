use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: AllToAll, SimpleStochasticSynapse { p: 1.5, weight: 0.1nA, .. };
    projection exc -> exc: AllToAll, TsodyksMarkramSynapse { U: -0.5, .. };
}

fn main() {}
