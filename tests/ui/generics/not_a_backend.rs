use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: AllToAll {};
    population exc on sim: [IfCurrExp; 10];
}

fn main() {}
