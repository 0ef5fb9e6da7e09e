//! Puts together what the ranks recorded.

use std::ops::Range;

use pynn_core::network::PopulationSpec;
use pynn_core::recording::{SpikeData, TraceData};
use pynn_core::time::{Spike, Tick};

/// All ranks' spikes of a population, ordered by time and then by cell.
pub(crate) fn spikes(
    spec: &PopulationSpec,
    timestep: Tick,
    stop: Tick,
    words: Vec<Option<Vec<u64>>>,
) -> SpikeData {
    // The step is in the upper half of a word and the cell in the lower: words sort as spikes do.
    let mut words: Vec<u64> = words.into_iter().flatten().flatten().collect();
    words.sort_unstable();
    let spikes = words.iter().map(|&word| Spike::from_word(word));
    // After a failure some ranks are further than the one that `stop` is from.
    let last = spikes.clone().next_back().map_or(Tick::ZERO, |spike| timestep * i64::from(spike.step));
    SpikeData {
        population: spec.name.to_string(),
        annotations: spec.annotations.clone(),
        size: spec.size,
        stop: stop.max(last).ms(),
        times: spikes.clone().map(|spike| (timestep * i64::from(spike.step)).ms()).collect(),
        indices: spikes.map(|spike| spike.gid - spec.first_gid).collect(),
    }
}

/// All ranks' samples of a variable: each rank gives the cells of its block. Cells of ranks that are lost are NaN.
pub(crate) fn trace(
    spec: &PopulationSpec,
    index: usize,
    blocks: Vec<(Range<usize>, Option<Vec<u64>>)>,
) -> TraceData {
    let sampled = spec.recording.sampled[index];
    let variable = spec.cell.variables[sampled.variable];
    let rows = |(cells, words): &(Range<usize>, Option<Vec<u64>>)| {
        words.as_ref().filter(|_| !cells.is_empty()).map(|words| words.len() / cells.len())
    };
    // After a failure some ranks are further than others.
    let rows = blocks.iter().filter_map(rows).min().unwrap_or(0);
    let mut values = vec![f64::NAN; rows * spec.size];
    for (cells, words) in blocks.iter().filter(|(cells, _)| !cells.is_empty()) {
        let Some(words) = words else { continue };
        for (row, words) in words.chunks_exact(cells.len()).take(rows).enumerate() {
            let row = &mut values[row * spec.size..][cells.clone()];
            for (value, word) in row.iter_mut().zip(words) {
                *value = f64::from_bits(*word);
            }
        }
    }
    TraceData {
        population: spec.name.to_string(),
        annotations: spec.annotations.clone(),
        variable: variable.name.to_owned(),
        unit: variable.symbol.to_owned(),
        size: spec.size,
        interval: sampled.every.ms(),
        values,
    }
}
