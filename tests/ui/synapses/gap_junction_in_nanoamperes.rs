use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: AllToAll, ElectricalSynapse { weight: 0.1nA };
    projection exc -> exc: AllToAll, ElectricalSynapse { weight: |i, j| 0.1mV * (i + j) as f64 };
}

fn main() {}
