//! What the user notes about populations and projections.

use std::sync::Arc;

use super::NetworkBuilder;
use crate::network::Network;
use crate::population::{Population, Projection};

/// What annotations can be of: a [`Population`], a [`Projection`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no annotations",
    label = "expected a population or a projection",
    note = "annotate the population of a view, and each population of an assembly"
)]
pub trait Annotated {
    /// What is noted about it in `network`, where that is its network: keys and values.
    fn annotations<'n>(&self, network: &'n Network) -> Option<&'n [(String, String)]>;

    /// The same, to note more.
    #[doc(hidden)]
    fn annotations_mut<'n>(&self, network: &'n mut Network) -> Option<&'n mut Vec<(String, String)>>;

    /// What it is called.
    #[doc(hidden)]
    fn title(&self) -> &str;
}

macro_rules! annotated {
    ([$($generics:ident)*] $handle:ty, $specs:ident) => {
        impl<$($generics),*> Annotated for $handle {
            fn annotations<'n>(&self, network: &'n Network) -> Option<&'n [(String, String)]> {
                let spec = network.$specs.get(self.id.0)?;
                Arc::ptr_eq(&spec.name, &self.name).then_some(&*spec.annotations)
            }

            fn annotations_mut<'n>(&self, network: &'n mut Network) -> Option<&'n mut Vec<(String, String)>> {
                let spec = network.$specs.get_mut(self.id.0)?;
                Arc::ptr_eq(&spec.name, &self.name).then_some(&mut spec.annotations)
            }

            fn title(&self) -> &str {
                &self.name
            }
        }
    };
}
annotated!([B C] Population<B, C>, populations);
annotated!([] Projection, projections);

impl NetworkBuilder {
    /// Notes something about a population or a projection: `net.annotate(&exc, "layer", "4")`. Its data carry it, and files
    /// of them. A key that is there already gets the new value.
    pub fn annotate(&mut self, of: &impl Annotated, key: impl Into<String>, value: impl Into<String>) {
        let Some(annotations) = of.annotations_mut(&mut self.network) else {
            // A projection that is wrong is not there, and was reported.
            if self.errors.is_empty() {
                let (title, network) = (of.title(), &self.network.name);
                self.mistake(format!("`{title}` is nothing of network `{network}`; declare it there"));
            }
            return;
        };
        let (key, value) = (key.into(), value.into());
        match annotations.iter_mut().find(|(other, _)| *other == key) {
            Some((_, old)) => *old = value,
            None => annotations.push((key, value)),
        }
    }
}
