use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
}

fn main() -> pynn::Result<()> {
    let net = Net::build()?;
    net.exc.run(10.0 * ms);
    net.sim.run(10.0 * ms);
    Ok(())
}
