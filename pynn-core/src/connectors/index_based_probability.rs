//! A probability that depends on the two indices.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::by_pair::{Allowed, ByPair, allowing, write_closure};
use crate::connector::{Connector, Ends, Row};
use crate::error::Result;

/// Connects each pair with a probability that is a function of the source's and the target's index in their ends. PyNN's
/// `IndexBasedProbabilityConnector`.
///
/// ```
/// use pynn_core::prelude::*;
///
/// let connector = IndexBasedProbability::new(|i, j| if (i + j) % 3 == 0 { 0.3 } else { 0.0 });
/// # let _ = connector;
/// ```
///
/// The sources of a target ascend. A probability that is not between 0 and 1 is an error when the connections are made.
#[doc(alias = "IndexBasedProbabilityConnector")]
#[derive(Clone)]
pub struct IndexBasedProbability {
    index_expression: Arc<dyn Fn(usize, usize) -> f64 + Send + Sync>,
    allowed: Allowed,
}

impl IndexBasedProbability {
    /// Connects with the probability `index_expression` of the source's and the target's index.
    pub fn new(index_expression: impl Fn(usize, usize) -> f64 + Send + Sync + 'static) -> Self {
        Self { index_expression: Arc::new(index_expression), allowed: Allowed::ALL }
    }

    allowing!();

    fn by_pair(&self) -> (impl Fn(u32, u32) -> f64, impl Fn(u32, u32) -> String) {
        (|source, target| (self.index_expression)(source as usize, target as usize), |_, _| String::new())
    }
}

impl fmt::Debug for IndexBasedProbability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indices = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 5), (7, 3), (100, 10), (10, 1000)];
        let samples = indices.into_iter().map(|(i, j)| (self.index_expression)(i, j));
        write_closure(f, self.name(), self.allowed, samples)
    }
}

impl Connector for IndexBasedProbability {
    fn name(&self) -> &'static str {
        "IndexBasedProbability"
    }

    fn check(&self, _: &Ends<'_>) -> Result<(), String> {
        Ok(())
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        let (probability, seen) = self.by_pair();
        let (name, allowed) = (self.name(), self.allowed);
        ByPair { name, allowed, probability: &probability, seen: &seen }.connect(ends, targets, emit)
    }

    fn expected(&self, ends: &Ends<'_>) -> Option<u64> {
        let (probability, seen) = self.by_pair();
        let (name, allowed) = (self.name(), self.allowed);
        ByPair { name, allowed, probability: &probability, seen: &seen }.expected(ends)
    }
}
