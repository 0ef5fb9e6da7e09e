use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { processes: 0, timestep: 0.1ms };
}

fn main() {}
