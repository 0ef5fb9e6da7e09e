//! Cells that only send spikes.
//!
//! Their spikes are pure functions of seed, cell and time ([`SpikeSource`](crate::source::SpikeSource)), evaluated by whoever
//! needs them: every backend gets the same trains, on any number of ranks.

mod array;
mod poisson;
mod renewal;

pub(crate) use array::ArraySource;
pub use array::{SpikeSourceArray, SpikeTrains};
pub(crate) use poisson::PoissonSource;
pub use poisson::{
    POISSON_STEPS, PoissonTable, SpikeSourcePoisson, active_steps, poisson_lower, poisson_uppers,
};
pub(crate) use renewal::RenewalSource;
pub use renewal::{
    GammaBins, Intervals, SpikeSourceGamma, SpikeSourceInhGamma, SpikeSourcePoissonRefractory,
};

use crate::cell::{Variable, VariableInfo, observable};

/// Companion structs of the spike sources; reached through [`CellType`](crate::cell::CellType).
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "reached through the associated type")]
pub struct SourceVariables {
    pub spikes: Variable<observable::Spikes>,
}

/// No receptors, or no state variables.
#[derive(Clone, Copy)]
pub struct Nothing {}

static SPIKES: [VariableInfo; 1] = [VariableInfo { name: "spikes", symbol: "" }];

/// Defines a spike source: parameters that may differ from cell to cell, what is given for the whole population, and
/// what [`Sources`](crate::source::Sources) it is.
macro_rules! source {
    (
        $(#[$meta:meta])*
        $cell:ident {
            $($(#[$pmeta:meta])* $parameter:ident: $unit:ty = $default:expr $(=> $bound:ident)?),* $(,)?
        }
        given { $($(#[$gmeta:meta])* $given:ident: $type:ty = $gdefault:expr),* $(,)? }
        |$source:ident| $lowered:expr
    ) => {
        $(#[$meta])*
        pub struct $cell {
            $($(#[$gmeta])* pub $given: $type,)*
            $(
                $(#[$pmeta])*
                #[doc = concat!("\n\nDefault: `", stringify!($default), "` in the base unit of `", stringify!($unit), "`.")]
                pub $parameter: $unit,
            )*
        }

        impl Default for $cell {
            fn default() -> Self {
                Self {
                    $($given: $gdefault,)*
                    $($parameter: <$unit as $crate::units::Unit>::from_base($default),)*
                }
            }
        }

        const _: () = {
            #[allow(unused_imports, reason = "there may be no parameter")]
            use $crate::cell::{Bound, CellInfo, CellType, Observes, ParameterInfo, Variable, name, observable};
            use $crate::cells::spike_source::{Nothing, SPIKES, SourceVariables};
            #[allow(unused_imports, reason = "there may be no parameter")]
            use $crate::units::Unit;

            $crate::cell_tokens! { Parameters: Parameter { $($parameter: $unit,)* } }

            static INFO: CellInfo = CellInfo {
                name: stringify!($cell),
                parameters: &[$(ParameterInfo {
                    name: stringify!($parameter),
                    symbol: <$unit as Unit>::SYMBOL,
                    default: $default,
                    bound: {
                        #[allow(unused_mut, unused_assignments, reason = "not every parameter is bounded")]
                        let mut bound = Bound::any;
                        $(bound = Bound::$bound;)?
                        bound
                    },
                }),*],
                receptors: &[],
                states: &[],
                variables: &SPIKES,
            };

            impl CellType for $cell {
                type Receptors = Nothing;
                type States = Nothing;
                type Variables = SourceVariables;
                type Parameters = Parameters;
                const VARIABLES: &'static [&'static str] = &["spikes"];
                fn info() -> &'static CellInfo {
                    &INFO
                }
                fn receptors() -> Nothing {
                    Nothing {}
                }
                fn states() -> Nothing {
                    Nothing {}
                }
                fn variables() -> SourceVariables {
                    SourceVariables { spikes: Variable::new(0) }
                }
                fn parameters() -> Parameters {
                    Parameters::new()
                }
                fn parameter_values(&self) -> Vec<f64> {
                    vec![$(Unit::base(self.$parameter)),*]
                }
            }

            impl Observes<{ name("spikes", &["spikes"]) }> for $cell {
                type Observable = observable::Spikes;
            }

            impl Observes<0> for $cell {
                type Observable = observable::Spikes;
            }

            impl<B: $crate::backend::Backend> $crate::backend::Simulates<$cell> for B {
                fn lower($source: &$cell) -> $crate::backend::Lowered<B::Model> {
                    $crate::backend::Lowered::Source($lowered)
                }
            }
        };
    };
}
use source;
