use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: AllToAll, StdpMechanism {
        weight_dependence: AdditiveWeightDependence { w_max: 0.1uS, .. },
        weight: 0.05nA,
        ..
    };
}

fn main() {}
