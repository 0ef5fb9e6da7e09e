use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    popluation exc on sim: [IfCurrExp; 10];
}

fn main() {}
