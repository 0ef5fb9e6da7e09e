//! Connections from a list.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::table::{Entries, Table};
use crate::connector::{Connector, Ends, Reaching, Row};
use crate::error::Result;
use crate::synapse::StaticSynapse;
use crate::units::{Time, Unit};

/// Connects the listed pairs of a source's and a target's index. PyNN's `FromListConnector`.
///
/// A pair may be listed several times. Weights and delays are the synapse's: lists of them go by the order of the pairs,
/// so a weight of the wrong unit does not compile.
///
/// ```
/// use pynn_core::prelude::*;
///
/// let connector = FromList::new([(0, 1), (2, 0)]);
/// let synapse = StaticSynapse { weight: [0.1 * nA, 0.2 * nA], delay: 0.5 * ms };
/// // or
/// let (connector, synapse) = FromList::with_values([(0, 1, 0.1 * nA, 0.5 * ms), (2, 0, 0.2 * nA, 1.5 * ms)]);
/// # let _ = (connector, synapse);
/// ```
#[doc(alias = "FromListConnector")]
#[derive(Clone, Default)]
pub struct FromList {
    table: Arc<Table>,
}

impl FromList {
    /// Connections between the pairs (source, target).
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut entries = Entries::default();
        for (source, target) in pairs {
            entries.push(source as u64, target as u64);
        }
        Self { table: Arc::new(entries.finish()) }
    }

    /// Connections between (source, target), each with its weight and delay, and the synapse that has these.
    pub fn with_values<W: Unit>(
        connections: impl IntoIterator<Item = (usize, usize, W, Time)>,
    ) -> (Self, StaticSynapse<Vec<W>, Vec<Time>>) {
        let mut entries = Entries::default();
        let mut synapse = StaticSynapse { weight: Vec::new(), delay: Vec::new() };
        for (source, target, weight, delay) in connections {
            entries.push(source as u64, target as u64);
            synapse.weight.push(weight);
            synapse.delay.push(delay);
        }
        (Self { table: Arc::new(entries.finish()) }, synapse)
    }
}

impl fmt::Debug for FromList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FromList({})", self.table.describe())
    }
}

impl Connector for FromList {
    fn name(&self) -> &'static str {
        "FromList"
    }

    fn check(&self, ends: &Ends<'_>) -> Result<(), String> {
        if self.table.len() > u32::MAX as usize {
            return Err(format!("FromList lists {} connections, more than 2^32 - 1", self.table.len()));
        }
        match self.table.out_of_range(ends) {
            Some((place, message)) => Err(format!("entry {place} of FromList: {message}")),
            None => Ok(()),
        }
    }

    fn connect(&self, _: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        self.table.emit(&targets, emit);
        Ok(())
    }

    fn count(&self, _: &Ends<'_>) -> Option<u64> {
        Some(self.table.len() as u64)
    }

    fn reaching(&self, _: &Ends<'_>, targets: Range<u32>) -> Reaching {
        self.table.reaching(&targets)
    }
}
