use pynn::nest::NativeCell;
use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population cells on sim: [NativeCell::new("iaf_psc_exp").set("tau_m", 15.0); 10];
}

fn main() {}
