use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population layer[k in 0..4] on sim: [IfCurrExp; 10 + k];
    projection layer -> layer[0]: AllToAll, StaticSynapse { .. };
}

fn main() {}
