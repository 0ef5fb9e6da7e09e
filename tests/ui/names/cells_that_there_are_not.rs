use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native {};
    population exc on sim: [IfCurrExp; 100];
    population layer[_ in 0..2] on sim: [IfCurrExp; 10];
    view some = exc[10..30];
    view drawn = some.sample(21);
    view beyond = some[5..=20];
    assembly all = layer[1][3..3] + exc[150..];
    projection exc[0..200] -> layer[0][..11]: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
    inject DcSource { amplitude: 0.1nA, .. } -> exc[[3, 100]];
    record exc[[3, 5, 3]]: spikes;
    record exc[7]: v;
    view few = exc[10..30].sample(21);
    view late = layer[1][[1, 4]].slice(1..3);
}

fn main() {}
