use pynn::prelude::*;

network! {
    struct Net {}
    simulator one: Native {};
    simulator two: Native {};
    population exc on one: [IfCurrExp; 10];
    population inh on two: [IfCurrExp; 10];
    projection exc -> inh: AllToAll, one::StaticSynapse { .. };
}

fn main() {}
