use pynn::prelude::*;

pynn::point_neuron! {
    pub struct Pyramidal: Lif {
        AMPA: CondExp,
        NMDA: CurrExp,
    }
}

network! {
    struct Net { slow: bool }
    simulator sim: Native {};
    population cells on sim: [Pyramidal; 10];
    projection cells -> cells.(if slow { NMDA } else { AMPA }): AllToAll, StaticSynapse { weight: 0.1uS, delay: 1.0ms };
    projection cells -> cells.(if slow { AMPA } else { GABA }): AllToAll, StaticSynapse { weight: 0.1uS, delay: 1.0ms };
    projection cells -> cells.(if slow { AMPA } else { AMPA }): AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
}

fn main() {}
