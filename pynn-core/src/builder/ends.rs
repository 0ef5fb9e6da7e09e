//! The ends of projections and of electrodes, from views to checked cells.

use std::sync::Arc;

use super::NetworkBuilder;
use crate::end::End;
use crate::network::ProjectionSpec;
use crate::population::View;
use crate::random::{Purpose, Stream};
use crate::view::{Chosen, Senders, Target};

impl NetworkBuilder {
    /// `n` different cells drawn at random. PyNN's `Population.sample`.
    ///
    /// What is drawn is a function of the network's seed and of how many samples were drawn before: set the
    /// [`seed`](Self::seed) first.
    pub fn sample<B, C>(&mut self, cells: impl Into<View<B, C>>, n: usize) -> View<B, C> {
        let cells = cells.into();
        let key = self.network.key(Purpose::Sample, self.samples);
        self.samples += 1;
        let size = cells.size();
        if n > size || n == 0 {
            return cells.wrong(format!(
                "a sample of {n} of the {size} cells of `{}`; draw at least one, and at most all",
                cells.population.name
            ));
        }
        let mut numbers: Vec<usize> = (0..size).collect();
        let mut stream = Stream::new(key, 0);
        for drawn in 0..n {
            let left = u32::try_from(size - drawn).unwrap_or(u32::MAX);
            numbers.swap(drawn, drawn + stream.below(left) as usize);
        }
        numbers.truncate(n);
        cells.select(numbers)
    }

    /// The ends of a projection as views whose types are forgotten, if all of it was declared here.
    pub(super) fn own_ends<B, C, W>(
        &mut self,
        source: Senders,
        target: Target<B, C, W>,
    ) -> Option<(Vec<Chosen>, Vec<Chosen>)> {
        let source = source.parts;
        let target: Vec<Chosen> = target.cells.parts.into_iter().map(Chosen::from).collect();
        let mut own = true;
        for part in source.iter().chain(&target) {
            own &= self.owns_named(part.population, &part.name);
        }
        own.then_some((source, target))
    }

    /// `source -> target.receptor`, numbered when there are several.
    pub(super) fn unique_name(&self, source: &[Chosen], target: &[Chosen], receptor: usize) -> Arc<str> {
        let cell = self.network.populations[target[0].population.0].cell;
        let receptor = cell.receptors[receptor].name;
        let name = format!("{} -> {}.{receptor}", names(source), names(target));
        let taken = |name: &str| self.network.projections.iter().any(|other| &*other.name == name);
        let numbered = (2..).map(|number| format!("{name} #{number}"));
        std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(name).into()
    }

    /// Gives `spec` its ends; whether they are cells that there are. Reports those that are not.
    pub(super) fn set_ends(
        &mut self,
        spec: &mut ProjectionSpec,
        source: Vec<Chosen>,
        target: Vec<Chosen>,
    ) -> bool {
        let simulator = |part: &Chosen| self.network.populations[part.population.0].simulator;
        let first = simulator(&target[0]);
        if let Some(other) = target.iter().find(|part| simulator(part) != first) {
            self.mistake(format!(
                "projection `{}`: its targets `{}` and `{}` are on two simulators; write a projection for each",
                spec.name, target[0].name, other.name
            ));
            return false;
        }
        let owner = format!("projection `{}`", spec.name);
        let ends = [source, target].map(|chosen| self.end(&owner, chosen));
        let [Some(source), Some(target)] = ends else { return false };
        (spec.source, spec.target) = (source, target);
        true
    }

    /// The cells that `owner` ends on, if they are such that there are.
    pub(super) fn end(&mut self, owner: &str, chosen: Vec<Chosen>) -> Option<End> {
        let empty = |part: &Chosen| self.network.populations[part.population.0].size == 0;
        // Reported with the population.
        if chosen.iter().any(empty) {
            return None;
        }
        let mistakes: Vec<_> = chosen.iter().filter_map(|part| part.mistake.clone()).collect();
        for mistake in &mistakes {
            self.mistake(format!("{owner}: {mistake}"));
        }
        if !mistakes.is_empty() {
            return None;
        }
        if let Some((name, cell)) = doubled(&chosen) {
            self.mistake(format!(
                "{owner}: cell {cell} of `{name}` is twice in one end; let the views of an assembly not overlap"
            ));
            return None;
        }
        let first_gid = |part: &Chosen| self.network.populations[part.population.0].first_gid;
        Some(End::new(chosen.into_iter().map(|part| (part.population, first_gid(&part), part.cells))))
    }
}

/// The populations' names, each once.
pub(super) fn names(chosen: &[Chosen]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for part in chosen {
        if !names.contains(&&*part.name) {
            names.push(&part.name);
        }
    }
    names.join(" + ")
}

/// A cell that is in two of the parts: the name of its population and its index.
fn doubled(chosen: &[Chosen]) -> Option<(&str, usize)> {
    chosen.iter().enumerate().find_map(|(number, part)| {
        let others = chosen[..number].iter().filter(|other| other.population == part.population);
        let shared = |other: &Chosen| {
            part.cells.iter().find(|cell| !other.cells.within(&(*cell..*cell + 1)).is_empty())
        };
        others.into_iter().find_map(|other| shared(other).map(|cell| (&*part.name, cell)))
    })
}
