use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    for weight in [0.1nA, 0.2nA] {
        projection drive = exc -> exc: AllToAll, StaticSynapse { weight, .. };
    }
}

fn main() {}
