use pynn::prelude::*;

fn connector() -> OneToOne {
    OneToOne
}

network! {
    struct Net<B: Backend> {}
    simulator sim: B {};
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: connector(), StaticSynapse { .. };
}

fn main() {}
