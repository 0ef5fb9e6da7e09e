//! Several simulators at once: layout, proxies, routes, clock, exchange, the run itself.

pub mod clock;
pub mod exchange;
pub mod schedule;
pub mod transport;
mod wire;
