use pynn::prelude::*;

network! {
    struct Net {}
    simulator slow: Native { timestep: 0.5ms };
    simulator fast: Native { timestep: 0.1ms };
    population exc on slow: [IfCurrExp; 10];
    population inh on fast: [IfCurrExp; 10];
    projection exc -> inh: AllToAll, StaticSynapse { weight: 0.1nA, delay: 0.2ms };
}

fn main() {}
