use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    #[cfg(test)]
    population exc on sim: [IfCurrExp; 10];
}

fn main() {}
