//! Each source to the target of the same index.

use std::ops::Range;

use crate::connector::{Connector, Ends, Reaching, Row};
use crate::error::Result;

/// Connects each source to the target of the same index; both ends must be of one size. PyNN's `OneToOneConnector`.
#[doc(alias = "OneToOneConnector")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OneToOne;

impl Connector for OneToOne {
    fn name(&self) -> &'static str {
        "OneToOne"
    }

    fn check(&self, ends: &Ends<'_>) -> Result<(), String> {
        let (sources, targets) = (ends.sources.size(), ends.targets.size());
        if sources == targets {
            return Ok(());
        }
        Err(format!(
            "OneToOne needs ends of one size, but there are {sources} sources and {targets} targets; slice the larger"
        ))
    }

    fn connect(&self, _: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        for target in targets {
            emit(Row::new(target, &[target], Some(u64::from(target))));
        }
        Ok(())
    }

    fn count(&self, ends: &Ends<'_>) -> Option<u64> {
        Some(u64::from(ends.targets.size()))
    }

    fn reaching(&self, _: &Ends<'_>, targets: Range<u32>) -> Reaching {
        Reaching::Range(targets)
    }
}
