use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms, threads: 0 };
}

fn main() {}
