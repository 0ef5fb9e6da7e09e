use pynn::prelude::*;

network! {
    struct Net {}
    simulator sim: Native { timestep: 0.1ms };
    population exc on sim: [IfCurrExp; 10];
}

fn main() -> pynn::Result<()> {
    let net = Net::build()?;
    println!("{:?}", net.exc.v(0));
    Ok(())
}
