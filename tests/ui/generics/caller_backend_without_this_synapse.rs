use pynn::prelude::*;
#[path = "../support/small.rs"]
mod small;
use small::*;

network! {
    struct Net<B: Backend> {}
    simulator sim: B {};
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: AllToAll, Fancy { weight: 0.1nA };
}

fn main() {
    let _ = Net::<Small>::build();
}
