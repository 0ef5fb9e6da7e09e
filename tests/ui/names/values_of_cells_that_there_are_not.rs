use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native {};
    population exc on sim: [IfCurrExp; 10];
    population layer[_ in 0..2] on sim: [IfCurrExp; 10];
    view some = exc[0..5];
    assembly all = exc + layer[0];
    vary exc[5..11].tau_m = 15.0ms;
    initial layer[1][[3, 3]].v = -70.0mV;
    vary some[4..6].tau_m = 15.0ms;
    vary exc[3].tau_m = 15.0ms;
    initial all.v = -70.0mV;
    vary soem.tau_m = 15.0ms;
}

fn main() {}
