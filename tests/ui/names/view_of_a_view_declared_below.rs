use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    view few = some[0..2];
    view some = exc[0..5];
}

fn main() {}
