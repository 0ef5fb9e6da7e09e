use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 16];
    structure exc: Grid2D { dx: 10.0ms, .. };
}

fn main() {}
