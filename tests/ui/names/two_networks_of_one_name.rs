use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native {};
    population exc on sim: [IfCurrExp; 10];
}

network! {
    struct Net {}
    simulator sim: Native {};
    population exc on sim: [IfCurrExp; 10];
}

fn main() {}
