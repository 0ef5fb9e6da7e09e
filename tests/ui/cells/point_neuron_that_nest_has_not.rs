use pynn::prelude::*;

point_neuron! {
    struct Mixed: Lif { AMPA: CondExp, drive: CurrExp }
}

network! {
    struct Net {}
    simulator sim: Nest {};
    population cells on sim: [Mixed { .. }; 10];
}

fn main() {}
