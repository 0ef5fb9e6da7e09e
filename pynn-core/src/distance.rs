//! Values that are functions of the distance of two cells.

use std::fmt;
use std::sync::Arc;

use crate::expression::Expression;
use crate::units::Unit;
use crate::values::{IntoSynapseValues, SynapseColumn, SynapseValues};

/// A function of the distance in um.
#[derive(Clone)]
pub enum DistanceFunction {
    /// A closure.
    Closure(Arc<dyn Fn(f64) -> f64 + Send + Sync>),
    /// A text.
    Expression(Expression),
}

impl DistanceFunction {
    /// The closure `function`.
    pub fn new(function: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        Self::Closure(Arc::new(function))
    }

    /// The value at `distance` um.
    #[must_use]
    pub fn at(&self, distance: f64) -> f64 {
        match self {
            Self::Closure(function) => function(distance),
            Self::Expression(expression) => expression.at(distance),
        }
    }

    /// Says what is wrong with it, if anything.
    ///
    /// # Errors
    /// When a text cannot be read.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Closure(_) => Ok(()),
            Self::Expression(expression) => expression.check(),
        }
    }
}

/// A text as it is; a closure, which cannot be printed, by a few of its values.
impl fmt::Debug for DistanceFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closure(function) => {
                let samples =
                    [0.0, 0.5, 1.0, 2.0, 10.0, 50.0, 100.0, 1000.0].map(|distance| function(distance));
                write!(f, "OfDistance{samples:?}")
            }
            Self::Expression(expression) => write!(f, "{expression:?}"),
        }
    }
}

/// Weights or delays that are a function of the distance of source and target in um.
///
/// ```
/// use pynn_core::prelude::*;
///
/// let synapse = StaticSynapse { weight: 0.1 * nA, delay: of_distance(|d| (0.2 + 0.3 * d) * ms) };
/// // The same from a text, in PyNN's units.
/// let synapse = StaticSynapse { weight: 0.1 * nA, delay: Expression::new("0.2+0.3*d") };
/// # let _ = synapse;
/// ```
pub fn of_distance<T: Unit>(function: impl Fn(f64) -> T + Send + Sync + 'static) -> SynapseValues<T> {
    SynapseValues::new(SynapseColumn::Distance(DistanceFunction::new(move |distance| {
        function(distance).base()
    })))
}

impl<T: Unit> From<Expression> for SynapseValues<T> {
    fn from(expression: Expression) -> Self {
        expression.into_synapse_values()
    }
}

/// The values of a text, in base units.
impl<T: Unit> IntoSynapseValues<T> for Expression {
    fn into_synapse_values(self) -> SynapseValues<T> {
        SynapseValues::new(SynapseColumn::Distance(DistanceFunction::Expression(self)))
    }
}
