use pynn::prelude::*;

network! {
    struct Net { n: usize }
    let n = n / 2;
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; n];
}

fn main() {}
