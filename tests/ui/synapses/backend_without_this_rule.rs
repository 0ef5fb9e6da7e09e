use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: AllToAll, StdpMechanism {
        timing: Vogels2011Rule { .. },
        weight_dependence: MultiplicativeWeightDependence { .. },
        ..
    };
}

fn main() {}
