use pynn::prelude::*;

network! {
    struct Net<B: Backend> {}
    simulator sim: B {};
    population exc on sim: [IfCurrExp; 10];
    record exc: u;
}

fn main() {}
