use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: AllToAll, StaticSynapse { weight: 0.1nA, delay: 0.25ms };
}

fn main() {}
