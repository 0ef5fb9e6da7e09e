use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
    record exc: spikes;
}

fn main() -> pynn::Result<()> {
    let mut sim = music::setup(Net::build()?)?;
    sim.run(10.0 * ms)?;
    sim.end()?;
    let spikes = sim.spikes(|net| &net.exc)?;
    println!("{}", spikes.len());
    Ok(())
}
