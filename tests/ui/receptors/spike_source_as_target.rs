use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    population input on sim: [SpikeSourcePoisson; 10];
    projection exc -> input: AllToAll, StaticSynapse { .. };
}

fn main() {}
