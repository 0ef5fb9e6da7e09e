use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: AllToAll, StaticSynapse { weight: of_distance(|d| 0.1uS * d), delay: 1.0ms };
}

fn main() {}
