use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native {};
    population exc on sim: [IfCurrExp; 10];
    projection exc -> exc: FixedNumberPre { n: 2.5, .. }, StaticSynapse { .. };
    projection exc -> exc: FixedNumberPost { n: Normal { mean: 5.0, sd: 1.0 }, .. }, StaticSynapse { .. };
}

fn main() {}
