use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp { tau_m: 20.0 ms, .. }; 10];
}

fn main() {}
