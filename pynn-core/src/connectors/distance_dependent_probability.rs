//! A probability that depends on the distance.

use std::fmt;
use std::ops::Range;

use super::by_pair::{Allowed, ByPair, allowing};
use crate::connector::{Connector, Ends, Row};
use crate::distance::DistanceFunction;
use crate::error::Result;
use crate::expression::Expression;

/// Connects each pair with a probability that is a function of their distance in um. PyNN's
/// `DistanceDependentProbabilityConnector`.
///
/// ```
/// use pynn_core::prelude::*;
///
/// let falling = DistanceDependentProbability::new(|d| (-d / 100.0).exp());
/// let near = DistanceDependentProbability::expression("d < 50").allow_self_connections(false);
/// # let _ = (falling, near);
/// ```
///
/// The sources of a target ascend. A probability that is not between 0 and 1 is an error when the connections are made.
#[doc(alias = "DistanceDependentProbabilityConnector")]
#[derive(Clone)]
pub struct DistanceDependentProbability {
    function: DistanceFunction,
    allowed: Allowed,
}

impl DistanceDependentProbability {
    /// Connects with the probability `function` of the distance in um.
    pub fn new(function: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        Self { function: DistanceFunction::new(function), allowed: Allowed::ALL }
    }

    /// Connects with a probability written as PyNN's `d_expression`, a function of `d`: see [`Expression`].
    #[must_use]
    pub fn expression(d_expression: &str) -> Self {
        let function = DistanceFunction::Expression(Expression::new(d_expression));
        Self { function, allowed: Allowed::ALL }
    }

    allowing!();

    fn with<R>(&self, ends: &Ends<'_>, act: impl FnOnce(&ByPair<'_>) -> R) -> R {
        act(&ByPair {
            name: self.name(),
            allowed: self.allowed,
            probability: &|source, target| self.function.at(ends.distance(source, target)),
            seen: &|source, target| format!(", {} um away,", ends.distance(source, target)),
        })
    }
}

impl fmt::Debug for DistanceDependentProbability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DistanceDependentProbability")
            .field("d_expression", &self.function)
            .field("allow_self_connections", &self.allowed)
            .finish()
    }
}

impl Connector for DistanceDependentProbability {
    fn name(&self) -> &'static str {
        "DistanceDependentProbability"
    }

    fn check(&self, _: &Ends<'_>) -> Result<(), String> {
        self.function.check().map_err(|message| format!("DistanceDependentProbability: {message}"))
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        self.with(ends, |pairs| pairs.connect(ends, targets, emit))
    }

    fn expected(&self, ends: &Ends<'_>) -> Option<u64> {
        self.with(ends, |pairs| pairs.expected(ends))
    }
}
