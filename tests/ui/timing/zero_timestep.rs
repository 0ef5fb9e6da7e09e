use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.0ms };
}

fn main() {}
