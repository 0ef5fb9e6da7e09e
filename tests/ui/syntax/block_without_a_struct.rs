use pynn::prelude::*;

network! {
    simulator sim: Native { timestep: 0.1ms };
}

fn main() {}
