use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    initial exc.v ~ Uniform { low: 1.0ms, high: 2.0ms };
}

fn main() {}
