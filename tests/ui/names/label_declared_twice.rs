use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    projection loops = exc -> exc: AllToAll, StaticSynapse { .. };
    projection loops = exc -> exc.inhibitory: AllToAll, StaticSynapse { .. };
}

fn main() {}
