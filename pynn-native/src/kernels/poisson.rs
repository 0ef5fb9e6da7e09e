//! Poisson counts of many sources at once, word for word those of [`pynn_core::cells::poisson_word`].

use pynn_core::cells::PoissonTable;
use pynn_core::random::philox;

use super::vectorised;

/// Cells of one pass: their words stay in the first-level cache.
const CHUNK: usize = 64;

/// The words of the four steps of `block` for source `gid`.
#[inline]
pub fn words(key: [u32; 2], block: u32, gid: u32) -> [u32; 4] {
    philox([gid, block, 0, 0], key)
}

/// Draws the spikes of sources `gids` in the four steps of `block`.
pub fn draw(key: [u32; 2], block: u32, gids: &[u32], table: &PoissonTable, counts: [&mut [u16]; 4]) {
    let thresholds = table.thresholds();
    match thresholds.len() {
        0..=4 => draw_few(key, block, gids, &padded::<4>(thresholds), counts),
        5..=8 => draw_few(key, block, gids, &padded::<8>(thresholds), counts),
        9..=12 => draw_few(key, block, gids, &padded::<12>(thresholds), counts),
        13..=16 => draw_few(key, block, gids, &padded::<16>(thresholds), counts),
        17..=20 => draw_few(key, block, gids, &padded::<20>(thresholds), counts),
        21..=28 => draw_few(key, block, gids, &padded::<28>(thresholds), counts),
        29..=40 => draw_few(key, block, gids, &padded::<40>(thresholds), counts),
        _ => draw_many(key, block, gids, table, counts),
    }
}

/// For each threshold `t` the largest word below it; none for the rest. The count is how many a word exceeds, and one
/// more for each threshold of 0.
struct Padded<const N: usize> {
    below: [u32; N],
    zeros: u16,
}

fn padded<const N: usize>(thresholds: &[u32]) -> Padded<N> {
    let mut padded = Padded { below: [u32::MAX; N], zeros: 0 };
    for (below, threshold) in padded.below.iter_mut().zip(thresholds) {
        match threshold.checked_sub(1) {
            Some(word) => *below = word,
            None => padded.zeros += 1,
        }
    }
    padded
}

fn draw_many(key: [u32; 2], block: u32, gids: &[u32], table: &PoissonTable, mut counts: [&mut [u16]; 4]) {
    for (k, gid) in gids.iter().enumerate() {
        for (counts, word) in counts.iter_mut().zip(words(key, block, *gid)) {
            counts[k] = u16::try_from(table.count(word)).unwrap_or(u16::MAX);
        }
    }
}

/// Philox4x32-10 with each 32-bit word in a 64-bit lane: what a vector multiplies.
#[inline(always)]
fn philox_lanes(gid: u32, block: u32, key: [u32; 2]) -> [u32; 4] {
    const LOW: u64 = 0xffff_ffff;
    let mut c = [u64::from(gid), u64::from(block), 0, 0];
    let (mut k0, mut k1) = (key[0], key[1]);
    macro_rules! round {
        () => {
            let (a, b) = ((c[0] & LOW) * 0xD251_1F53, (c[2] & LOW) * 0xCD9E_8D57);
            c = [(b >> 32) ^ c[1] ^ u64::from(k0), b, (a >> 32) ^ c[3] ^ u64::from(k1), a];
            #[allow(unused_assignments, reason = "the last round's keys are not used")]
            {
                k0 = k0.wrapping_add(0x9E37_79B9);
                k1 = k1.wrapping_add(0xBB67_AE85);
            }
        };
    }
    round!();
    round!();
    round!();
    round!();
    round!();
    round!();
    round!();
    round!();
    round!();
    round!();
    // The upper halves hold rubbish.
    c.map(|word| word as u32)
}

#[inline(always)]
fn body<const N: usize>(key: [u32; 2], block: u32, gids: &[u32], table: &Padded<N>, counts: [&mut [u16]; 4]) {
    let (below, zeros) = (table.below, table.zeros);
    let [c0, c1, c2, c3] = counts;
    let n = gids.len();
    let columns = [&mut c0[..n], &mut c1[..n], &mut c2[..n], &mut c3[..n]];
    let [c0, c1, c2, c3] = columns;
    let mut first = 0;
    while first < n {
        let end = n.min(first + CHUNK);
        let mut words = [[0u32; CHUNK]; 4];
        let [w0, w1, w2, w3] = &mut words;
        let chunk = &gids[first..end];
        for i in 0..chunk.len() {
            [w0[i], w1[i], w2[i], w3[i]] = philox_lanes(chunk[i], block, key);
        }
        for (words, counts) in [(&*w0, &mut *c0), (&*w1, &mut *c1), (&*w2, &mut *c2), (&*w3, &mut *c3)] {
            let counts = &mut counts[first..end];
            let words = &words[..counts.len()];
            for i in 0..counts.len() {
                let mut count = u32::from(zeros);
                for below in below {
                    count += u32::from(words[i] > below);
                }
                counts[i] = count as u16;
            }
        }
        first = end;
    }
}

vectorised! {
    /// [`draw`] by a table of at most `N` thresholds.
    fn draw_few / draw_few_at [const N: usize] = body(
        key: [u32; 2], block: u32, gids: &[u32], table: &Padded<N>, counts: [&mut [u16]; 4],
    )
}

#[inline(always)]
fn add_same_body(counts: &[u16], weight: i32, inputs: &mut [i64]) {
    let counts = &counts[..inputs.len()];
    for i in 0..inputs.len() {
        inputs[i] += i64::from(counts[i]) * i64::from(weight);
    }
}

#[inline(always)]
fn add_each_body(counts: &[u16], weights: &[i32], inputs: &mut [i64]) {
    let (counts, weights) = (&counts[..inputs.len()], &weights[..inputs.len()]);
    for i in 0..inputs.len() {
        inputs[i] += i64::from(counts[i]) * i64::from(weights[i]);
    }
}

vectorised! {
    /// Adds `weight` to each input as often as its source fired.
    pub fn add_same / add_same_at [] = add_same_body(counts: &[u16], weight: i32, inputs: &mut [i64])
}

vectorised! {
    /// Adds to each input its weight as often as its source fired.
    pub fn add_each / add_each_at [] = add_each_body(counts: &[u16], weights: &[i32], inputs: &mut [i64])
}

/// The sum of `counts`.
pub fn total(counts: &[u16]) -> u64 {
    // In 32 bits, which more lanes fit: a chunk cannot overflow them.
    counts
        .chunks(1 << 16)
        .map(|chunk| u64::from(chunk.iter().map(|count| u32::from(*count)).sum::<u32>()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_the_source() {
        let (key, gids): ([u32; 2], Vec<u32>) = ([7, 0xfeed], (1_000..1_200).collect());
        for mean in [0.0, 0.01, 0.8, 1.82, 7.3, 30.0, 200.0] {
            let table = PoissonTable::new(mean);
            let mut counts: [Vec<u16>; 4] = std::array::from_fn(|_| vec![0; gids.len()]);
            draw(key, 12_345, &gids, &table, counts.each_mut().map(Vec::as_mut_slice));
            for (step, counts) in counts.iter().enumerate() {
                for (gid, count) in gids.iter().zip(counts) {
                    let word = philox([*gid, 12_345, 0, 0], key)[step];
                    assert_eq!(
                        u32::from(*count),
                        table.count(word),
                        "mean {mean}, source {gid}, step {step}"
                    );
                }
            }
        }
    }
}
