use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp { tau_m: 20.0mss, v_rest: -65.0mv, .. }; 10];
}

fn main() {}
