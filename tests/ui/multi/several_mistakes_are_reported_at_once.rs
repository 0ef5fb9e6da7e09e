use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp { tau_m: 20.0 ms, .. }; 10];
    population inh on sin: [IfCurrExp; 10];
    projection exc -> ihn: AllToAll, StaticSynapse { weight: 0.1nA, delay: 0.05ms };
    recrod exc: spikes;
    record inh spikes;
}

fn main() {}
