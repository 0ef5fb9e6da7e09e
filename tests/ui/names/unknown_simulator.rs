use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sym: [IfCurrExp; 10];
}

fn main() {}
