use pynn::prelude::*;

network! {
    struct Net {}
    simulator exc: Native { timestep: 0.1ms };
    population exc on exc: [IfCurrExp; 10];
}

fn main() {}
