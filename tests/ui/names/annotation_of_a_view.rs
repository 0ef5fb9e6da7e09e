use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native {};
    population exc on sim: [IfCurrExp; 10];
    view some = exc[0..5];
    annotate some: layer = 4;
    annotate exx: layer = 4;
    annotate exc[0..5]: layer = 4;
    if true {
        annotate drive: origin = "thalamus";
    }
    projection drive = exc -> exc: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
}

fn main() {}
