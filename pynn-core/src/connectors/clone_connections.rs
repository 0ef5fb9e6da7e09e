//! The pairs of another projection.

use std::ops::Range;
use std::sync::Arc;

use crate::connector::{Connector, Ends, Reaching, Row};
use crate::error::{Error, Result};
use crate::network::ProjectionSpec;
use crate::population::{Projection, ProjectionId};

/// Connects the pairs of indices that another projection of the network connects; its ends are as large. PyNN's
/// `CloneConnector`.
///
/// Weights and delays are the own synapse's.
#[doc(alias = "CloneConnector")]
#[derive(Clone, Debug)]
pub struct CloneConnections {
    projection: ProjectionId,
    name: Arc<str>,
}

impl CloneConnections {
    /// Connects what `projection` connects, which was declared before.
    #[must_use]
    pub fn of(projection: &Projection) -> Self {
        Self { projection: projection.id, name: projection.name.clone() }
    }

    fn reference<'n>(&self, ends: &Ends<'n>) -> Option<(&'n ProjectionSpec, Ends<'n>)> {
        let network = ends.network()?;
        let spec = network.projections().get(self.projection.0).filter(|spec| spec.name == self.name)?;
        Some((spec, network.ends(spec)))
    }
}

impl Connector for CloneConnections {
    fn name(&self) -> &'static str {
        "CloneConnections"
    }

    fn check(&self, ends: &Ends<'_>) -> Result<(), String> {
        let Some((spec, reference)) = self.reference(ends) else {
            return Err(format!(
                "CloneConnections: `{}` is no projection declared before this one in the network",
                self.name
            ));
        };
        let sizes = |ends: &Ends<'_>| (ends.sources.size(), ends.targets.size());
        let ((sources, targets), (other_sources, other_targets)) = (sizes(ends), sizes(&reference));
        if (sources, targets) != (other_sources, other_targets) {
            return Err(format!(
                "CloneConnections: `{}` has {other_sources} sources and {other_targets} targets, but there are {sources} \
                 and {targets}; clone between ends of one size",
                self.name
            ));
        }
        spec.connector.check(&reference)
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        let Some((spec, reference)) = self.reference(ends) else {
            return Err(Error::description(format!("`{}` is no projection of the network", self.name)));
        };
        spec.connector
            .connect(&reference, targets, &mut |row| emit(Row { weights: None, delays: None, ..row }))
    }

    fn count(&self, ends: &Ends<'_>) -> Option<u64> {
        self.reference(ends).and_then(|(spec, reference)| spec.connector.count(&reference))
    }

    fn expected(&self, ends: &Ends<'_>) -> Option<u64> {
        self.reference(ends).and_then(|(spec, reference)| spec.connector.expected(&reference))
    }

    fn reaching(&self, ends: &Ends<'_>, targets: Range<u32>) -> Reaching {
        self.reference(ends)
            .map_or(Reaching::All, |(spec, reference)| spec.connector.reaching(&reference, targets))
    }
}
