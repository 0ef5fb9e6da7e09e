use pynn::prelude::*;
#[path = "../support/small.rs"]
mod small;
use small::*;

network! {
    struct Net<B: Backend> {}
    simulator sim: B {};
    population hh on sim: [HhCondExp; 10];
}

fn main() {
    let _ = Net::<Small>::build();
}
