//! Neighbours, some of them exchanged for cells anywhere.

use std::ops::Range;

use crate::connector::{Connector, Ends, Row};
use crate::error::Result;
use crate::units::{Length, Unit};

/// Connects cells that are near each other, and exchanges some of the sources for random ones: a small-world network after
/// Watts and Strogatz (1998). PyNN's `SmallWorldConnector`, which PyNN declares and does not make.
///
/// A target's sources are those closer than `degree`; each is, with probability `rewiring`, exchanged for a random one that
/// the target does not have. On a ring (a [`Line`](crate::space::Line) in a space with periodic boundaries) that is
/// the network of the paper, with directed connections. Rewired sources stand where the neighbours stood.
#[doc(alias = "SmallWorldConnector")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SmallWorld {
    /// How near neighbours are; to be given.
    pub degree: Length,
    /// The probability that a source is exchanged, from 0 to 1; to be given.
    pub rewiring: f64,
    /// Whether a cell may connect to itself; default true. What counts is the cell, not its index.
    pub allow_self_connections: bool,
}

impl Default for SmallWorld {
    fn default() -> Self {
        Self { degree: Length::new(f64::NAN), rewiring: f64::NAN, allow_self_connections: true }
    }
}

impl Connector for SmallWorld {
    fn name(&self) -> &'static str {
        "SmallWorld"
    }

    fn check(&self, _: &Ends<'_>) -> Result<(), String> {
        if self.degree.base().is_nan() || self.rewiring.is_nan() {
            return Err(
                "SmallWorld needs degree and rewiring; write SmallWorld { degree: 5 um, rewiring: 0.1, .. }"
                    .into(),
            );
        }
        if self.degree.base() < 0.0 {
            return Err(format!("degree of SmallWorld is {}, but must not be negative", self.degree));
        }
        if !(0.0..=1.0).contains(&self.rewiring) {
            return Err(format!("`rewiring` is a probability, between 0 and 1; {} is not", self.rewiring));
        }
        Ok(())
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        let size = ends.sources.size();
        let (mut sources, mut taken) = (Vec::new(), vec![false; size as usize]);
        for target in targets {
            let own = ends.own_index(target).filter(|_| !self.allow_self_connections);
            let near =
                |source: &u32| Some(*source) != own && ends.distance(*source, target) < self.degree.base();
            sources.clear();
            sources.extend((0..size).filter(near));
            taken.fill(false);
            sources.iter().chain(&own).for_each(|source| taken[*source as usize] = true);
            let free = size as usize - taken.iter().filter(|taken| **taken).count();
            let mut stream = ends.target_stream(target);
            for source in &mut sources {
                if stream.uniform() >= self.rewiring || free == 0 {
                    continue;
                }
                let other = loop {
                    let other = stream.below(size);
                    if !taken[other as usize] {
                        break other;
                    }
                };
                (taken[*source as usize], taken[other as usize]) = (false, true);
                *source = other;
            }
            if !sources.is_empty() {
                emit(Row::new(target, &sources, None));
            }
        }
        Ok(())
    }
}
