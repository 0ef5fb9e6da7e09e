use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    population input on sim: [SpikeSourcePoisson; 10];
    population layer[_ in 0..3] on sim: [IfCurrExp; 10];
    inject DcSource { amplitude: 0.5nA, .. } -> input;
}

fn main() {}
