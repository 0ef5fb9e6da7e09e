//! Poisson counts of many sources at once, word for word those of [`pynn_core::cells::SpikeSourcePoisson`].

use pynn_core::cells::{POISSON_STEPS, PoissonTable, poisson_lower, poisson_uppers};

use super::vectorised;

/// Steps that are drawn at once.
pub const STEPS: usize = POISSON_STEPS as usize;

/// The steps of `block`.
pub fn steps(block: u32) -> impl Iterator<Item = u32> + Clone {
    (0..POISSON_STEPS).map(move |step| block * POISSON_STEPS + step)
}

/// Cells of one pass: their words stay in the first-level cache.
const CHUNK: usize = 64;

/// Draws the spikes of sources `gids` in the steps of `block`.
pub fn draw(key: [u32; 2], block: u32, gids: &[u32], table: &PoissonTable, counts: [&mut [u16]; STEPS]) {
    match halves(table).count() {
        0..=2 => draw_few(key, block, gids, table, padded::<2>(table), counts),
        3..=4 => draw_few(key, block, gids, table, padded::<4>(table), counts),
        5..=6 => draw_few(key, block, gids, table, padded::<6>(table), counts),
        7..=8 => draw_few(key, block, gids, table, padded::<8>(table), counts),
        9..=12 => draw_few(key, block, gids, table, padded::<12>(table), counts),
        13..=16 => draw_few(key, block, gids, table, padded::<16>(table), counts),
        17..=24 => draw_few(key, block, gids, table, padded::<24>(table), counts),
        25..=40 => draw_few(key, block, gids, table, padded::<40>(table), counts),
        _ => draw_many(key, block, gids, table, counts),
    }
}

/// The largest upper halves of words, of which so few are drawn that they need not be looked at many at once.
const RARE: u16 = u16::MAX - 63;

/// The upper halves of the thresholds, those that are rare left out.
fn halves(table: &PoissonTable) -> impl Iterator<Item = u16> {
    table.thresholds().iter().map(|threshold| (threshold >> 16) as u16).take_while(|half| *half < RARE)
}

/// The [`halves`] of a table, and then `RARE`. A count is how many of them the upper half of a word exceeds, but for a half
/// that is among them or rare.
fn padded<const N: usize>(table: &PoissonTable) -> [u16; N] {
    let mut padded = [RARE; N];
    padded.iter_mut().zip(halves(table)).for_each(|(place, half)| *place = half);
    padded
}

fn draw_many(key: [u32; 2], block: u32, gids: &[u32], table: &PoissonTable, mut counts: [&mut [u16]; STEPS]) {
    for (k, gid) in gids.iter().enumerate() {
        let uppers = poisson_uppers(key, *gid, block);
        for (step, (counts, upper)) in steps(block).zip(counts.iter_mut().zip(uppers)) {
            counts[k] = count(key, step, *gid, table, upper);
        }
    }
}

/// The spikes of source `gid` in `step`, if the upper half of its word is `upper`.
#[inline]
pub fn count(key: [u32; 2], step: u32, gid: u32, table: &PoissonTable, upper: u16) -> u16 {
    u16::try_from(table.count(upper, || poisson_lower(key, gid, step))).unwrap_or(u16::MAX)
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
fn body<const N: usize>(
    key: [u32; 2],
    block: u32,
    gids: &[u32],
    table: &PoissonTable,
    halves: [u16; N],
    mut counts: [&mut [u16]; STEPS],
) {
    let (chunks, rest) = gids.as_chunks::<CHUNK>();
    for (number, chunk) in chunks.iter().enumerate() {
        let uppers = uppers(key, block, chunk);
        for (step, (uppers, counts)) in steps(block).zip(uppers.iter().zip(&mut counts)) {
            let counts = &mut counts.as_chunks_mut::<CHUNK>().0[number];
            if compare(uppers, halves, counts) {
                decide(key, step, chunk, table, uppers, counts);
            }
        }
    }
    if let Some(last) = rest.last() {
        // A chunk of some sources takes less time whole than what is left over of its vectors one by one.
        let mut chunk = [*last; CHUNK];
        chunk[..rest.len()].copy_from_slice(rest);
        let uppers = uppers(key, block, &chunk);
        for (step, (uppers, counts)) in steps(block).zip(uppers.iter().zip(&mut counts)) {
            let mut whole = [0; CHUNK];
            if compare(uppers, halves, &mut whole) {
                decide(key, step, &chunk, table, uppers, &mut whole);
            }
            counts[gids.len() - rest.len()..].copy_from_slice(&whole[..rest.len()]);
        }
    }
}

/// The upper halves of the words of sources `gids`, for each step of `block`.
#[inline(always)]
fn uppers(key: [u32; 2], block: u32, gids: &[u32; CHUNK]) -> [[u16; CHUNK]; STEPS] {
    let mut uppers = [[0u16; CHUNK]; STEPS];
    let [u0, u1, u2, u3, u4, u5, u6, u7] = &mut uppers;
    for i in 0..CHUNK {
        let [w0, w1, w2, w3] = philox_lanes(gids[i], block, key);
        (u0[i], u1[i]) = (w0 as u16, (w0 >> 16) as u16);
        (u2[i], u3[i]) = (w1 as u16, (w1 >> 16) as u16);
        (u4[i], u5[i]) = (w2 as u16, (w2 >> 16) as u16);
        (u6[i], u7[i]) = (w3 as u16, (w3 >> 16) as u16);
    }
    uppers
}

/// What stands for a count that needs the whole word.
const UNDECIDED: u16 = u16::MAX;

/// Counts by the upper halves, and says whether some are undecided.
#[inline(always)]
fn compare<const N: usize>(uppers: &[u16; CHUNK], halves: [u16; N], counts: &mut [u16; CHUNK]) -> bool {
    let mut some = 0;
    for i in 0..CHUNK {
        let (mut count, mut undecided) = (0, u16::from(uppers[i] >= RARE));
        for half in halves {
            count += u16::from(uppers[i] > half);
            undecided |= u16::from(uppers[i] == half);
        }
        counts[i] = count | (undecided * UNDECIDED);
        some |= undecided;
    }
    some != 0
}

#[cold]
fn decide(
    key: [u32; 2],
    step: u32,
    gids: &[u32],
    table: &PoissonTable,
    uppers: &[u16; CHUNK],
    counts: &mut [u16],
) {
    for ((place, gid), upper) in counts.iter_mut().zip(gids).zip(uppers) {
        if *place == UNDECIDED {
            *place = count(key, step, *gid, table, *upper);
        }
    }
}

vectorised! {
    /// [`draw`] by a table of at most `N` [`halves`].
    fn draw_few / draw_few_at [const N: usize] = body(
        key: [u32; 2], block: u32, gids: &[u32], table: &PoissonTable, halves: [u16; N], counts: [&mut [u16]; STEPS],
    )
}

#[inline(always)]
fn add_same_body(counts: &[u16], weight: i32, inputs: &mut [i64], total: &mut u64) {
    let counts = &counts[..inputs.len()];
    let mut sum = 0;
    for i in 0..inputs.len() {
        inputs[i] += i64::from(counts[i]) * i64::from(weight);
        sum += u64::from(counts[i]);
    }
    *total += sum;
}

#[inline(always)]
fn add_each_body(counts: &[u16], weights: &[i32], inputs: &mut [i64], total: &mut u64) {
    let (counts, weights) = (&counts[..inputs.len()], &weights[..inputs.len()]);
    let mut sum = 0;
    for i in 0..inputs.len() {
        inputs[i] += i64::from(counts[i]) * i64::from(weights[i]);
        sum += u64::from(counts[i]);
    }
    *total += sum;
}

vectorised! {
    /// Adds `weight` to each input as often as its source fired, and to `total` how often all did.
    pub fn add_same / add_same_at [] = add_same_body(
        counts: &[u16], weight: i32, inputs: &mut [i64], total: &mut u64,
    )
}

vectorised! {
    /// Adds to each input its weight as often as its source fired, and to `total` how often all did.
    pub fn add_each / add_each_at [] = add_each_body(
        counts: &[u16], weights: &[i32], inputs: &mut [i64], total: &mut u64,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_the_source() {
        let (key, gids): ([u32; 2], Vec<u32>) = ([7, 0xfeed], (1_000..21_030).collect());
        for mean in [0.0, 1e-7, 0.01, 0.8, 1.82, 7.3, 12.0, 30.0, 200.0] {
            let table = PoissonTable::new(mean);
            let mut counts: [Vec<u16>; STEPS] = std::array::from_fn(|_| vec![0; gids.len()]);
            draw(key, 12_345, &gids, &table, counts.each_mut().map(Vec::as_mut_slice));
            for (k, gid) in gids.iter().enumerate() {
                let uppers = poisson_uppers(key, *gid, 12_345);
                for (step, (counts, upper)) in steps(12_345).zip(counts.iter().zip(uppers)) {
                    let expected = count(key, step, *gid, &table, upper);
                    assert_eq!(counts[k], expected, "mean {mean}, source {gid}, step {step}");
                }
            }
        }
    }
}
