use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp { tau_m: 2.0 *, .. }; 10];
    initial exc.v = -65.0mV +;
    projection exc -> ext: AllToAll, StaticSynapse { weight: 0.1nA, .. };
}

fn main() {
    let _ = Net::build();
}
