use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population cond on sim: [IfCondExp; 10];
    projection cond -> cond: AllToAll, StaticSynapse { weight: -0.1uS, delay: 1.0ms };
}

fn main() {}
