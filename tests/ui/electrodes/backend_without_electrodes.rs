use pynn::prelude::*;
#[path = "../support/small.rs"]
mod small;
use small::*;

network! {
    struct Net {}
    simulator sim: Small {};
    population exc on sim: [IfCurrExp; 10];
    inject DcSource { amplitude: 0.5nA, .. } -> exc;
}

fn main() {}
