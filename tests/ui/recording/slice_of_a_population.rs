use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    record exc[0..5]: spikes;
    initial exc[0..5].v = -65.0mV;
}

fn main() {}
