use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { processes: 4, timestep: 0.1ms };
    population cells on sim: [IfCondExp; 10];
    projection cells -> cells: AllToAll, ElectricalSynapse { weight: 1.0nS };
}

fn main() {}
