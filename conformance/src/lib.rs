//! What a network must do on every backend: one list of scenarios for all of them, and the table of capabilities that is made
//! of it.
//!
//! | part | where |
//! |---|---|
//! | a theme's scenarios | [`scenarios`], a theme a file |
//! | what there is, and which backend has it | [`inventory`] |
//! | the page of capabilities | [`page`] |
//!
//! A scenario is a generic function that panics if the backend does not do what it must. A new one is a function in its
//! theme's file and a line in the list at that file's end. It names what it verifies; of that, and of nothing else, the page
//! of capabilities says that it works.
//!
//! What PyNN draws by the generators of NumPy, NEST or NEURON (which pairs a connector picks, which vesicles are released) cannot be
//! the same here: those scenarios ask for what the distribution says, and that every backend draws the same.

pub mod backends;
pub mod inventory;
pub mod page;
pub mod scenarios;

pub use backends::{Backends, Integrator, Suite};

/// A scenario and the backends that it holds on.
#[derive(Debug)]
pub struct Scenario {
    /// A sentence.
    pub name: &'static str,
    /// What it verifies: names of the [`inventory`].
    pub verifies: &'static [&'static str],
    /// The names of the backends, and the scenario on each.
    pub runs: &'static [(&'static str, fn())],
}

/// The scenarios of a theme: `name [what it verifies] on backends;`.
macro_rules! list {
    ($($name:ident [$($what:ident)*] on $($backend:ident)*;)*) => {
        /// The theme's scenarios.
        pub const ALL: &[$crate::Scenario] = &[$(
            $crate::Scenario {
                name: stringify!($name),
                verifies: &[$(stringify!($what)),*],
                runs: &[$((<pynn::prelude::$backend as pynn::backend::Backend>::NAME, $name::<pynn::prelude::$backend>)),*],
            }
        ),*];
    };
}
pub(crate) use list;
