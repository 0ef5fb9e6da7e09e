use pynn::prelude::*;

network! {
    struct Net { n: usize }
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; n];
    projection n = exc -> exc: AllToAll, StaticSynapse { .. };
}

fn main() {}
