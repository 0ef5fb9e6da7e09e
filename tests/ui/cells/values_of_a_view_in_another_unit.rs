use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native {};
    population exc on sim: [IfCurrExp; 10];
    view some = exc[0..5];
    vary exc[0..5].tau_m = 15.0mV;
    initial some.u = -70.0mV;
}

fn main() {}
