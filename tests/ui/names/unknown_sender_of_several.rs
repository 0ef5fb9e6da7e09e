use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native {};
    population exc on sim: [IfCurrExp; 10];
    population layer[_ in 0..2] on sim: [IfCurrExp; 10];
    projection (exc, inn) -> exc: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
    projection (exc, layer) -> exc: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
    projection () -> exc: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
    projection (exc layer[0]) -> exc: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
}

fn main() {}
