//! What a cell type is.
//!
//! A cell type is a struct whose fields are its parameters; [`cell!`](crate::cell!) writes the rest. Whether a backend
//! can simulate it is said by [`Simulates`](crate::backend::Simulates).

use std::marker::PhantomData;

use crate::units::{Conductance, Unit};

/// A type of cell: its parameters are the struct's fields, the rest is said here. Written by [`cell!`](crate::cell!).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no cell type",
    label = "expected a cell type such as `IfCurrExp`",
    note = "cell types of your own are written with `cell!`"
)]
pub trait CellType: Clone + Send + Sync + 'static {
    /// A struct with one [`Receptor`] token for each receptor.
    type Receptors;
    /// A struct with one [`State`] token for each state variable that can be given an initial value.
    type States;
    /// A struct with one [`Variable`] token for each thing that can be recorded.
    type Variables;
    /// A struct with one [`Parameter`] token for each parameter that may differ from cell to cell.
    type Parameters;
    /// The names of what can be recorded, in the order of [`CellInfo::variables`].
    const VARIABLES: &'static [&'static str];

    /// Names, units, defaults and bounds.
    fn info() -> &'static CellInfo;
    /// The receptors.
    fn receptors() -> Self::Receptors;
    /// The state variables.
    fn states() -> Self::States;
    /// What can be recorded.
    fn variables() -> Self::Variables;
    /// The parameters.
    fn parameters() -> Self::Parameters;
    /// The parameters' values in base units, in the order of [`CellInfo::parameters`].
    fn parameter_values(&self) -> Vec<f64>;
}

/// A cell type that receives spikes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cells receive no spikes",
    label = "this population cannot be the target of a projection",
    note = "spike sources only send; project onto a population of neurons"
)]
pub trait Receives: CellType {
    /// The unit of weights of the default receptor.
    type DefaultWeight: Unit;
    /// The receptor that a projection ends on when none is named.
    fn default_receptor() -> Receptor<Self::DefaultWeight>;
}

/// A cell type that electrodes can inject into: all that receive spikes.
#[diagnostic::on_unimplemented(
    message = "an electrode cannot inject into `{Self}` cells",
    label = "these cells have no membrane",
    note = "spike sources only send; inject into a population of neurons"
)]
pub trait Injectable: CellType {}

#[diagnostic::do_not_recommend]
impl<C: Receives> Injectable for C {}

/// The description of a cell type.
#[derive(Debug)]
pub struct CellInfo {
    /// PyNN's name: `"IF_curr_exp"`.
    pub name: &'static str,
    /// The parameters, in the order of the struct's fields.
    pub parameters: &'static [ParameterInfo],
    /// The receptors.
    pub receptors: &'static [ReceptorInfo],
    /// The state variables.
    pub states: &'static [StateInfo],
    /// What can be recorded.
    pub variables: &'static [VariableInfo],
}

impl CellInfo {
    /// The index of the parameter called `name`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|parameter| parameter.name == name)
    }

    /// The index of the state variable called `name`.
    #[must_use]
    pub fn state(&self, name: &str) -> Option<usize> {
        self.states.iter().position(|state| state.name == name)
    }

    /// The index of the receptor called `name`.
    #[must_use]
    pub fn receptor(&self, name: &str) -> Option<usize> {
        self.receptors.iter().position(|receptor| receptor.name == name)
    }
}

/// A parameter of a cell type.
#[derive(Debug)]
pub struct ParameterInfo {
    /// PyNN's name.
    pub name: &'static str,
    /// The unit's symbol.
    pub symbol: &'static str,
    /// The default, in base units.
    pub default: f64,
    /// Which values make sense.
    pub bound: Bound,
}

/// Which values of a parameter make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types, reason = "the words of the cell! and synapse! macros")]
pub enum Bound {
    /// Any finite number.
    any,
    /// Above zero.
    positive,
    /// Zero or above.
    non_negative,
    /// From 0 to 1.
    fraction,
    /// Zero or above, and at most 10 MHz: of more spikes in a time step no simulator makes sense.
    rate,
}

impl Bound {
    /// Whether `value` makes sense, or what it must be.
    ///
    /// # Errors
    /// When it does not, with words that continue "must be".
    pub fn check(self, value: f64) -> Result<(), &'static str> {
        match self {
            _ if !value.is_finite() => Err("finite"),
            Self::positive if value <= 0.0 => Err("positive"),
            Self::non_negative | Self::rate if value < 0.0 => Err("zero or positive"),
            Self::fraction if !(0.0..=1.0).contains(&value) => Err("between 0 and 1"),
            Self::rate if value > 1e7 => Err("at most 10 MHz"),
            _ => Ok(()),
        }
    }
}

/// A receptor of a cell type.
#[derive(Debug)]
pub struct ReceptorInfo {
    /// PyNN's name: `"excitatory"`.
    pub name: &'static str,
    /// The symbol of the weights' unit.
    pub symbol: &'static str,
}

impl ReceptorInfo {
    /// Whether weights may be below zero, and whether above. As in PyNN, conductances are positive for every receptor, other
    /// weights positive for a receptor called `excitatory` and negative for one called `inhibitory`.
    #[must_use]
    pub fn signs(&self) -> (bool, bool) {
        match self.name {
            _ if self.symbol == Conductance::SYMBOL => (false, true),
            "excitatory" => (false, true),
            "inhibitory" => (true, false),
            _ => (true, true),
        }
    }

    /// Whether `weight`, in base units, makes sense for the receptor of `population`'s cells.
    ///
    /// # Errors
    /// When it does not, with what is wrong and the remedy.
    pub fn check(&self, weight: f64, population: &str) -> Result<(), String> {
        let (below, above) = self.signs();
        let Self { name, symbol } = self;
        if !weight.is_finite() {
            return Err(format!("a weight of {weight} {symbol} is not finite"));
        }
        if weight < 0.0 && !below {
            let takes = if *symbol == Conductance::SYMBOL {
                format!("`{population}` takes conductances, which are positive for every receptor")
            } else {
                format!("`{population}.{name}` takes weights that excite, which are positive")
            };
            let inhibit = if *symbol == Conductance::SYMBOL { "a positive" } else { "the same" };
            return Err(format!(
                "a weight of {weight} {symbol} is negative, but {takes}; to inhibit, write `-> {population}.inhibitory` and {inhibit} weight"
            ));
        }
        if weight > 0.0 && !above {
            return Err(format!(
                "a weight of {weight} {symbol} is positive, but `{population}.{name}` takes weights that inhibit, which are negative; \
                 write -{weight} {symbol}, or `-> {population}.excitatory`"
            ));
        }
        Ok(())
    }
}

/// A state variable of a cell type.
#[derive(Debug)]
pub struct StateInfo {
    /// PyNN's name: `"v"`.
    pub name: &'static str,
    /// The unit's symbol, empty for a number without unit.
    pub symbol: &'static str,
    /// The initial value where none is given, in base units.
    pub default: f64,
}

/// Something that can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VariableInfo {
    /// PyNN's name: `"spikes"`, `"v"`.
    pub name: &'static str,
    /// The unit's symbol, empty for spikes.
    pub symbol: &'static str,
}

macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident<$unit:ident>;)*) => {$(
        $(#[$doc])*
        pub struct $name<$unit> {
            index: usize,
            unit: PhantomData<fn() -> $unit>,
        }

        impl<$unit> $name<$unit> {
            /// The token number `index`; for [`cell!`](crate::cell!).
            #[must_use]
            pub const fn new(index: usize) -> Self {
                Self { index, unit: PhantomData }
            }

            /// The index in the cell type's [`CellInfo`].
            #[must_use]
            pub const fn index(self) -> usize {
                self.index
            }
        }

        impl<$unit> Clone for $name<$unit> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$unit> Copy for $name<$unit> {}
    )*};
}

tokens! {
    /// A parameter of unit `T`.
    Parameter<T>;
    /// A state variable of unit `T`.
    State<T>;
    /// A receptor that takes weights of unit `W`.
    Receptor<W>;
    /// Something that can be recorded; `V` says what.
    Variable<V>;
}

/// A kind of thing that can be recorded, as a type, so that a backend can say which it records.
pub trait Observable: 'static {
    /// The symbol of its unit; empty for spikes and numbers without unit.
    const SYMBOL: &'static str;
}

/// An [`Observable`] that has a value at every time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value at a time: it cannot be sampled",
    label = "spikes are events; record them without `every`"
)]
pub trait Sampled: Observable {}

/// The cells have a recordable whose [`name`] hashes to `NAME`: so that a network that is generic over its backends can
/// demand `B: Records<<C as Observes<{ name("v", C::VARIABLES) }>>::Observable>`. Written by [`cell!`](crate::cell!).
///
/// `Observes<0>` is for names that there are not. It says spikes, which every backend records: the mistake is reported
/// where the name is used, and only there.
pub trait Observes<const NAME: u64>: CellType {
    /// The kind of the recordable.
    type Observable: Observable;
}

/// The hash of a name for [`Observes`] (64-bit FNV-1a), or 0 if it is none of `names`.
#[must_use]
pub const fn name(name: &str, names: &[&str]) -> u64 {
    let mut at = 0;
    while at < names.len() {
        if hash(names[at]) == hash(name) {
            return hash(name);
        }
        at += 1;
    }
    0
}

const fn hash(name: &str) -> u64 {
    let (bytes, mut hash, mut at) = (name.as_bytes(), 0xcbf2_9ce4_8422_2325, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}

macro_rules! observables {
    ($($(#[$doc:meta])* $name:ident $symbol:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}
        impl Observable for $name {
            const SYMBOL: &'static str = $symbol;
        }
    )*};
}

/// The kinds of things that standard cells record.
pub mod observable {
    use super::{Observable, Sampled};

    observables! {
        /// The times of spikes.
        Spikes "";
        /// The membrane potential `v`, in mV.
        MembranePotential "mV";
        /// The excitatory synaptic conductance `gsyn_exc`, in uS.
        GsynExc "uS";
        /// The inhibitory synaptic conductance `gsyn_inh`, in uS.
        GsynInh "uS";
        /// The gate `m` of Hodgkin-Huxley cells, from 0 (closed) to 1.
        GateM "";
        /// The gate `h` of Hodgkin-Huxley cells, from 0 (closed) to 1.
        GateH "";
        /// The gate `n` of Hodgkin-Huxley cells, from 0 (closed) to 1.
        GateN "";
        /// The adaptation current `w` of exponential integrate-and-fire cells, in nA.
        AdaptationCurrent "nA";
        /// The recovery variable `u` of Izhikevich's cell, in mV/ms.
        RecoveryVariable "mV/ms";
        /// The spike-triggered current `i_eta` of generalised integrate-and-fire cells, in nA.
        SpikeTriggeredCurrent "nA";
        /// The moving threshold `v_t` of generalised integrate-and-fire cells, in mV.
        MovingThreshold "mV";
        /// The conductance `g_s` of spike-frequency adaptation, in uS.
        AdaptationConductance "uS";
        /// The conductance `g_r` of the relative refractory period, in uS.
        RefractoryConductance "uS";
        /// The conductance of a receptor of a point neuron, in uS.
        SynapticConductance "uS";
        /// The current of a receptor of a point neuron, in nA.
        SynapticCurrent "nA";
    }

    impl Sampled for MembranePotential {}
    impl Sampled for GsynExc {}
    impl Sampled for GsynInh {}
    impl Sampled for GateM {}
    impl Sampled for GateH {}
    impl Sampled for GateN {}
    impl Sampled for AdaptationCurrent {}
    impl Sampled for RecoveryVariable {}
    impl Sampled for SpikeTriggeredCurrent {}
    impl Sampled for MovingThreshold {}
    impl Sampled for AdaptationConductance {}
    impl Sampled for RefractoryConductance {}
    impl Sampled for SynapticConductance {}
    impl Sampled for SynapticCurrent {}
}

/// A number without unit as a state variable (a gating variable).
pub type Number = f64;

impl Unit for f64 {
    const NAME: &'static str = "number";
    const SYMBOL: &'static str = "";
    fn from_base(value: f64) -> f64 {
        value
    }
    fn base(self) -> f64 {
        self
    }
}

/// Defines a cell type: the struct with its parameters and defaults, its receptors, state variables and recordables.
///
/// Values are in base units (mV, ms, nA, nF, uS, Hz). After a default, `=> positive` or `=> non_negative` bounds the
/// parameter. The first receptor is the default; cells without one only send. Recordables name their kind ([`observable`] or one of your own).
///
/// ```
/// use pynn_core::prelude::*;
///
/// pynn_core::cell! {
///     /// A leaky integrator.
///     pub struct Leaky: "Leaky" {
///         /// Membrane time constant.
///         tau_m: Time = 20.0 => positive,
///         /// Threshold.
///         v_thresh: Voltage = -50.0,
///     }
///     receptors {
///         /// Adds to the potential.
///         excitatory: Voltage,
///     }
///     states { v: Voltage = -65.0 }
///     variables { spikes: Spikes, v: MembranePotential }
/// }
///
/// let leaky = Leaky { tau_m: 10.0 * ms, ..Leaky::default() };
/// assert_eq!(leaky.v_thresh, -50.0 * mV);
/// assert_eq!(Leaky::info().name, "Leaky");
/// ```
#[macro_export]
macro_rules! cell {
    (
        $(#[$meta:meta])*
        $vis:vis struct $cell:ident: $name:literal {
            $($(#[$pmeta:meta])* $parameter:ident: $punit:ty = $pdefault:expr $(=> $bound:ident)?),* $(,)?
        }
        receptors { $($(#[$rmeta0:meta])* $receptor0:ident: $runit0:ty $(, $(#[$rmeta:meta])* $receptor:ident: $runit:ty)* $(,)?)? }
        states { $($state:ident: $sunit:ty = $sdefault:expr),* $(,)? }
        variables { $($variable:ident: $kind:ident),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[allow(non_snake_case, reason = "parameters keep PyNN's spelling")]
        $vis struct $cell {
            $(
                $(#[$pmeta])*
                #[doc = concat!("\n\nDefault: `", stringify!($pdefault), "` in the base unit of `", stringify!($punit), "`.")]
                pub $parameter: $punit,
            )*
        }

        impl ::core::default::Default for $cell {
            fn default() -> Self {
                Self { $($parameter: <$punit as $crate::units::Unit>::from_base($pdefault),)* }
            }
        }

        const _: () = {
            use $crate::cell::observable::*;

            $crate::cell_tokens! { Receptors: Receptor { $($receptor0: $runit0, $($receptor: $runit,)*)? } }
            $crate::cell_tokens! { States: State { $($state: $sunit,)* } }
            $crate::cell_tokens! { Variables: Variable { $($variable: $kind,)* } }
            $crate::cell_tokens! { Parameters: Parameter { $($parameter: $punit,)* } }

            static INFO: $crate::cell::CellInfo = $crate::cell::CellInfo {
                name: $name,
                parameters: &[$($crate::cell::ParameterInfo {
                    name: stringify!($parameter),
                    symbol: <$punit as $crate::units::Unit>::SYMBOL,
                    default: $pdefault,
                    bound: {
                        #[allow(unused_mut, unused_assignments, reason = "not every parameter is bounded")]
                        let mut bound = $crate::cell::Bound::any;
                        $(bound = $crate::cell::Bound::$bound;)?
                        bound
                    },
                }),*],
                receptors: &[$(
                    $crate::cell::ReceptorInfo { name: stringify!($receptor0), symbol: <$runit0 as $crate::units::Unit>::SYMBOL },
                    $($crate::cell::ReceptorInfo { name: stringify!($receptor), symbol: <$runit as $crate::units::Unit>::SYMBOL }),*
                )?],
                states: &[$($crate::cell::StateInfo {
                    name: stringify!($state),
                    symbol: <$sunit as $crate::units::Unit>::SYMBOL,
                    default: $sdefault,
                }),*],
                variables: &[$($crate::cell::VariableInfo {
                    name: stringify!($variable),
                    symbol: <$kind as $crate::cell::Observable>::SYMBOL,
                }),*],
            };

            impl $crate::cell::CellType for $cell {
                type Receptors = Receptors;
                type States = States;
                type Variables = Variables;
                type Parameters = Parameters;
                const VARIABLES: &'static [&'static str] = &[$(stringify!($variable)),*];
                fn info() -> &'static $crate::cell::CellInfo {
                    &INFO
                }
                fn receptors() -> Receptors {
                    Receptors::new()
                }
                fn states() -> States {
                    States::new()
                }
                fn variables() -> Variables {
                    Variables::new()
                }
                fn parameters() -> Parameters {
                    Parameters::new()
                }
                fn parameter_values(&self) -> ::std::vec::Vec<f64> {
                    ::std::vec![$($crate::units::Unit::base(self.$parameter)),*]
                }
            }

            $(
                impl $crate::cell::Observes<{ $crate::cell::name(stringify!($variable), &[stringify!($variable)]) }>
                    for $cell
                {
                    type Observable = $kind;
                }
            )*

            impl $crate::cell::Observes<0> for $cell {
                type Observable = Spikes;
            }

            $(
                impl $crate::cell::Receives for $cell {
                    type DefaultWeight = $runit0;
                    fn default_receptor() -> $crate::cell::Receptor<$runit0> {
                        Receptors::new().$receptor0
                    }
                }
            )?
        };
    };
}

/// One companion struct of [`cell!`](crate::cell!): a token a name, numbered in order.
#[doc(hidden)]
#[macro_export]
macro_rules! cell_tokens {
    ($companion:ident: $token:ident { $($name:ident: $unit:ty,)* }) => {
        #[derive(Clone, Copy)]
        #[allow(missing_docs, unreachable_pub, dead_code, reason = "reached through the associated type")]
        #[allow(non_snake_case, reason = "names keep PyNN's spelling")]
        pub struct $companion {
            $(pub $name: $crate::cell::$token<$unit>,)*
        }

        impl $companion {
            #[allow(unused_mut, unused_variables, reason = "there may be no name")]
            fn new() -> Self {
                let mut index = 0..;
                Self { $($name: $crate::cell::$token::new(index.next().unwrap_or_default()),)* }
            }
        }
    };
}
