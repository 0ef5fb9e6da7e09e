use pynn::prelude::*;
#[path = "../support/small.rs"]
mod small;
use small::*;

network! {
    struct Net<B: Backend> {}
    simulator sim: B {};
    population exc on sim: [IfCurrExp; 10];
    inject DcSource -> exc;
}

fn main() {
    let _ = Net::<Small>::build();
}
