//! Puts together what the ranks recorded.

use std::ops::Range;

use pynn_core::network::{PopulationSpec, Selection};
use pynn_core::recording::{SpikeData, TraceData};
use pynn_core::time::{Spike, Tick};

/// All ranks' spikes of some cells of a population, ordered by time and then by cell.
pub(crate) fn spikes(
    spec: &PopulationSpec,
    cells: &Selection,
    timestep: Tick,
    stop: Tick,
    words: Vec<Option<Vec<u64>>>,
) -> SpikeData {
    // The step is in the upper half of a word and the cell in the lower: words sort as spikes do.
    let mut words: Vec<u64> = words.into_iter().flatten().flatten().collect();
    words.sort_unstable();
    let all = words.iter().map(|&word| Spike::from_word(word));
    // After a failure some ranks are further than the one that `stop` is from.
    let last = all.clone().next_back().map_or(Tick::ZERO, |spike| timestep * i64::from(spike.step));
    let index = |spike: &Spike| spike.gid - spec.first_gid;
    let spikes = all.filter(|spike| cells.number_of(index(spike) as usize).is_some());
    SpikeData {
        population: spec.name.to_string(),
        annotations: spec.annotations.clone(),
        size: spec.size,
        cells: part(spec, cells),
        stop: stop.max(last).ms(),
        times: spikes.clone().map(|spike| (timestep * i64::from(spike.step)).ms()).collect(),
        indices: spikes.map(|spike| index(&spike)).collect(),
    }
}

/// All ranks' samples of a variable of some cells: each rank gives those of its block that are recorded. Cells of ranks
/// that are lost are NaN.
pub(crate) fn trace(
    spec: &PopulationSpec,
    index: usize,
    cells: &Selection,
    blocks: Vec<(Range<usize>, Option<Vec<u64>>)>,
) -> TraceData {
    let sampled = &spec.recording.sampled[index];
    let variable = spec.cell.variables[sampled.variable];
    let recorded = |block: &Range<usize>| sampled.cells.shared(block);
    let rows = |(block, words): &(Range<usize>, Option<Vec<u64>>)| {
        let here = recorded(block).len();
        words.as_ref().filter(|_| here > 0).map(|words| words.len() / here)
    };
    // After a failure some ranks are further than others.
    let rows = blocks.iter().filter_map(rows).min().unwrap_or(0);
    let mut values = vec![f64::NAN; rows * cells.len()];
    for (block, words) in &blocks {
        let (here, Some(words)) = (recorded(block), words) else { continue };
        // The number among a rank's samples, and that among those that are asked for.
        let place = |(number, cell): (usize, usize)| Some((number, cells.number_of(block.start + cell)?));
        let places: Vec<(usize, usize)> = here.iter().enumerate().filter_map(place).collect();
        let rows = values.chunks_exact_mut(cells.len().max(1)).zip(words.chunks_exact(here.len().max(1)));
        for (row, words) in rows {
            for (number, place) in &places {
                row[*place] = f64::from_bits(words[*number]);
            }
        }
    }
    TraceData {
        population: spec.name.to_string(),
        annotations: spec.annotations.clone(),
        variable: variable.name.to_owned(),
        unit: variable.symbol.to_owned(),
        size: spec.size,
        cells: part(spec, cells),
        interval: sampled.every.ms(),
        values,
    }
}

/// The cells, if they are not all.
fn part(spec: &PopulationSpec, cells: &Selection) -> Option<Selection> {
    (cells.len() < spec.size).then(|| cells.clone())
}
