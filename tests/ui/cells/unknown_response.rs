use pynn::prelude::*;

point_neuron! {
    struct Pyramidal: Lif {
        AMPA: CondExpo,
    }
}

fn main() {}
