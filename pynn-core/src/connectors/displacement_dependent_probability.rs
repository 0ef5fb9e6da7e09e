//! A probability that depends on where the target is, seen from the source.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::by_pair::{Allowed, ByPair, allowing, write_closure};
use crate::connector::{Connector, Ends, Row};
use crate::error::Result;

/// Connects each pair with a probability that is a function of the target's place seen from the source: x, y and z in um,
/// without regard to the space. PyNN's `DisplacementDependentProbabilityConnector`.
///
/// ```
/// use pynn_core::prelude::*;
///
/// // To the right, and less and less.
/// let connector = DisplacementDependentProbability::new(|[x, _, _]| if x > 0.0 { (-x / 50.0).exp() } else { 0.0 });
/// # let _ = connector;
/// ```
///
/// The sources of a target ascend. A probability that is not between 0 and 1 is an error when the connections are made.
#[doc(alias = "DisplacementDependentProbabilityConnector")]
#[derive(Clone)]
pub struct DisplacementDependentProbability {
    disp_function: Arc<dyn Fn([f64; 3]) -> f64 + Send + Sync>,
    allowed: Allowed,
}

impl DisplacementDependentProbability {
    /// Connects with the probability `disp_function` of the displacement in um.
    pub fn new(disp_function: impl Fn([f64; 3]) -> f64 + Send + Sync + 'static) -> Self {
        Self { disp_function: Arc::new(disp_function), allowed: Allowed::ALL }
    }

    allowing!();

    fn with<R>(&self, ends: &Ends<'_>, act: impl FnOnce(&ByPair<'_>) -> R) -> R {
        act(&ByPair {
            name: self.name(),
            allowed: self.allowed,
            probability: &|source, target| (self.disp_function)(ends.displacement(source, target)),
            seen: &|source, target| format!(", {:?} um away,", ends.displacement(source, target)),
        })
    }
}

impl fmt::Debug for DisplacementDependentProbability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [-10.0; 3], [100.0; 3]];
        let samples = places.into_iter().map(|place| (self.disp_function)(place));
        write_closure(f, self.name(), self.allowed, samples)
    }
}

impl Connector for DisplacementDependentProbability {
    fn name(&self) -> &'static str {
        "DisplacementDependentProbability"
    }

    fn check(&self, _: &Ends<'_>) -> Result<(), String> {
        Ok(())
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        self.with(ends, |pairs| pairs.connect(ends, targets, emit))
    }

    fn expected(&self, ends: &Ends<'_>) -> Option<u64> {
        self.with(ends, |pairs| pairs.expected(ends))
    }
}
