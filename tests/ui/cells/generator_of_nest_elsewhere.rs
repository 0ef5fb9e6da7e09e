use pynn::nest::PoissonGenerator;
use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Nest { timestep: 0.1ms };
    simulator native: Native { timestep: 0.1ms };
    population input on native: [PoissonGenerator { rate: 10.0Hz, .. }; 10];
    population noise on sim: [PoissonGenerator { rate: 10.0Hz, .. }; 10];
    projection noise -> noise: OneToOne, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
}

fn main() {}
