//! The scenarios, a theme a file.

pub mod cells;
pub mod connectors;
pub mod control;
pub mod electrodes;
pub mod ends;
pub mod several;
pub mod sources;
pub mod timing;

use crate::Scenario;

/// All themes, by name.
pub const THEMES: &[(&str, &[Scenario])] = &[
    ("control", control::ALL),
    ("cells", cells::ALL),
    ("sources", sources::ALL),
    ("connectors", connectors::ALL),
    ("ends", ends::ALL),
    ("timing", timing::ALL),
    ("electrodes", electrodes::ALL),
    ("several", several::ALL),
];
