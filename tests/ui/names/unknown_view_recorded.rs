use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native {};
    population exc on sim: [IfCurrExp; 10];
    population inh on sim: [IfCurrExp; 10];
    view some = exc[0..5];
    assembly everything = exc + inh;
    record sone: v;
    record everythin: spikes;
    record everything[0..5]: v;
}

fn main() {}
