use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { time_step: 0.1ms };
}

fn main() {}
