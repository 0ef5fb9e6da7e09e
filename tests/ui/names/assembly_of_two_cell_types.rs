use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population curr on sim: [IfCurrExp; 10];
    population cond on sim: [IfCondExp; 10];
    assembly all = curr + cond;
}

fn main() {}
