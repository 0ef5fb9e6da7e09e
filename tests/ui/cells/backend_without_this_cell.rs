use pynn::prelude::*;
#[path = "../support/small.rs"]
mod small;
use small::*;

network! {
    struct Net {}
    simulator sim: Small {};
    population hh on sim: [HhCondExp { .. }; 10];
}

fn main() {}
