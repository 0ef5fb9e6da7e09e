//! The scenarios, a theme a file.

pub mod adaptive;
pub mod cells;
pub mod composed;
pub mod connectors;
pub mod control;
pub mod distributions;
pub mod electrodes;
pub mod ends;
pub mod objects;
pub mod several;
pub mod sources;
pub mod synapses;
pub mod timing;
pub mod trains;

use crate::Scenario;

/// All themes, by name.
pub const THEMES: &[(&str, &[Scenario])] = &[
    ("control", control::ALL),
    ("cells", cells::ALL),
    ("adaptive", adaptive::ALL),
    ("composed", composed::ALL),
    ("sources", sources::ALL),
    ("connectors", connectors::ALL),
    ("distributions", distributions::ALL),
    ("ends", ends::ALL),
    ("synapses", synapses::ALL),
    ("timing", timing::ALL),
    ("trains", trains::ALL),
    ("electrodes", electrodes::ALL),
    ("objects", objects::ALL),
    ("several", several::ALL),
];
