use pynn::prelude::*;

network! {
    struct Net {}
    simulator here: Native { timestep: 0.1ms };
    simulator there: Native { timestep: 0.1ms };
    population a on here: [IfCondExp; 10];
    population b on there: [IfCondExp; 10];
    projection a -> b: OneToOne, ElectricalSynapse { weight: 1.0nS };
}

fn main() {}
