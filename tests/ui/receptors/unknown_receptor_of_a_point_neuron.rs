use pynn::prelude::*;

point_neuron! {
    struct Pyramidal: Lif {
        AMPA: CondExp,
    }
}

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [Pyramidal; 10];
    projection exc -> exc.NMDA: AllToAll, StaticSynapse { weight: 0.1uS, delay: 1.0ms };
}

fn main() {}
