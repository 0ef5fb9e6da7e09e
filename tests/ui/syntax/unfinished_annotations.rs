use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native {};
    population exc on sim: [IfCurrExp; 10];
    annotate exc;
    annotate exc: layer;
    annotate exc: layer = ;
    annotate exc: 4 = layer;
    annotate exc: layer = None::<u8>;
}

fn main() {}
