use pynn::prelude::*;
#[path = "../support/small.rs"]
mod small;
use small::*;

network! {
    struct Net {}
    simulator sim: Small {};
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: AllToAll, Fancy { weight: 0.1nA };
}

fn main() {}
