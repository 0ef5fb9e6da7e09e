use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp { tau: 20.0ms, .. }; 10];
}

fn main() {}
