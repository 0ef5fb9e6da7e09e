//! Several simulators at once.
//!
//! A network is placed on ranks ([`layout`]), spikes are routed to the ranks that need them ([`route`]), and ranks
//! advance together by exchanging packets of spikes in windows of the smallest delays ([`schedule`], [`clock`],
//! [`exchange`]), which also carry the potentials that gap junctions need ([`joints`]). Ranks live on threads of one
//! process, several on each if they are more than its cores, or are MPI processes ([`transport`]). [`setup`] puts a
//! network on its ranks; [`Simulation`] runs it.

pub mod bench;
mod callbacks;
mod change;
pub mod clock;
mod command;
mod cores;
mod crew;
mod driver;
mod electrodes;
pub mod exchange;
mod exit;
mod gather;
pub mod joints;
pub mod launch;
pub mod layout;
mod node;
mod objects;
pub mod plan;
mod positions;
mod progress;
mod recorder;
pub mod route;
pub mod schedule;
mod setting;
mod setup;
mod simulation;
mod statistics;
mod team;
pub mod transport;
mod watch;
mod wire;
mod worker;

pub use callbacks::Callback;
pub use plan::Plan;
pub use setup::{Ranks, Setup, setup};
pub use simulation::Simulation;
pub use statistics::{RankStatistics, SimulationStatistics};
