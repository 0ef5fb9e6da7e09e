use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    population input on sim: [SpikeSourcePoisson; 10];
    population layer[_ in 0..3] on sim: [IfCurrExp; 10];
    inject StepCurrentSource { times: [10.0ms, 5.0ms, -1.0ms], amplitudes: [0.1nA, 0.2nA] } -> exc;
}

fn main() {}
