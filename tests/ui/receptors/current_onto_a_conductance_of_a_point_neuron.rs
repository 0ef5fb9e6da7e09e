use pynn::prelude::*;

point_neuron! {
    struct Pyramidal: Lif {
        AMPA: CondExp,
        drive: CurrExp,
    }
}

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [Pyramidal; 10];
    projection exc -> exc.AMPA: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
}

fn main() {}
