//! The innermost loops of the random numbers, compiled for several sets of instructions of which the best is chosen at
//! run time. Each does the same operations to a lane, so all give the same bits.

use super::{GEOMETRICS, portable};

/// Blocks that are made at a time, once a stream is in use: independent, so that they fill the lanes of a vector.
pub(super) const BLOCKS: usize = 8;
/// Words of so many blocks.
pub(super) const WORDS: usize = 4 * BLOCKS;

/// Writes `name`: the inlined `body`, compiled for AVX-512, AVX2 and the baseline, by the best that this processor has.
macro_rules! vectorised {
    ($(#[$doc:meta])* fn $name:ident = $body:ident($($arg:ident: $ty:ty),+ $(,)?)) => {
        $(#[$doc])*
        #[inline]
        pub(super) fn $name($($arg: $ty),+) {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2($($arg: $ty),+) {
                    $body($($arg),+);
                }
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512($($arg: $ty),+) {
                    $body($($arg),+);
                }
                if has_avx512() {
                    // SAFETY: the processor has these parts of AVX-512.
                    return unsafe { avx512($($arg),+) };
                }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has AVX2.
                    return unsafe { avx2($($arg),+) };
                }
            }
            $body($($arg),+);
        }
    };
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the upper halves of the lanes hold rubbish")]
fn blocks_body(first: u64, stream: [u32; 2], key: [u32; 2], words: &mut [u32; WORDS]) {
    // Each word in a lane of 64 bits: what a vector multiplies.
    const LOW: u64 = 0xffff_ffff;
    let mut lanes = [[0u32; BLOCKS]; 4];
    let [w0, w1, w2, w3] = &mut lanes;
    for lane in 0..BLOCKS {
        let block = first.wrapping_add(lane as u64);
        let mut c = [block & LOW, block >> 32, u64::from(stream[0]), u64::from(stream[1])];
        let (mut k0, mut k1) = (key[0], key[1]);
        for _ in 0..10 {
            let (a, b) = ((c[0] & LOW) * 0xD251_1F53, (c[2] & LOW) * 0xCD9E_8D57);
            c = [(b >> 32) ^ c[1] ^ u64::from(k0), b, (a >> 32) ^ c[3] ^ u64::from(k1), a];
            (k0, k1) = (k0.wrapping_add(0x9E37_79B9), k1.wrapping_add(0xBB67_AE85));
        }
        (w0[lane], w1[lane], w2[lane], w3[lane]) = (c[0] as u32, c[1] as u32, c[2] as u32, c[3] as u32);
    }
    for (lane, block) in words.chunks_exact_mut(4).enumerate() {
        block.copy_from_slice(&[lanes[0][lane], lanes[1][lane], lanes[2][lane], lanes[3][lane]]);
    }
}

vectorised! {
    /// Blocks number `first..first + BLOCKS` of a stream.
    fn blocks = blocks_body(first: u64, stream: [u32; 2], key: [u32; 2], words: &mut [u32; WORDS])
}

#[inline(always)]
fn skips_body(words: &[u32; WORDS], inverse_log_q: f64, skips: &mut [i32; GEOMETRICS]) {
    for (skip, words) in skips.iter_mut().zip(words.as_chunks::<2>().0) {
        let length = portable::ln(super::positive(pair(words))) * inverse_log_q;
        let length = if length >= 0.0 { length } else { 0.0 };
        let length = if length < f64::from(i32::MAX) { length } else { f64::from(i32::MAX) };
        // SAFETY: a number from 0 to the largest of the type. The cast that checks would be done lane by lane.
        *skip = unsafe { length.to_int_unchecked() };
    }
}

/// 64 bits of two words, the lower first.
#[inline(always)]
fn pair(words: &[u32; 2]) -> u64 {
    u64::from(words[0]) | u64::from(words[1]) << 32
}

vectorised! {
    /// Geometric numbers, each from two words.
    fn skips = skips_body(words: &[u32; WORDS], inverse_log_q: f64, skips: &mut [i32; GEOMETRICS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_instructions_give_the_bits_of_the_baseline() {
        for first in [1, u64::MAX - 3, (1 << 32) - 5] {
            let (mut best, mut baseline) = ([0; WORDS], [0; WORDS]);
            blocks(first, [7, 0xfeed], [3, u32::MAX], &mut best);
            blocks_body(first, [7, 0xfeed], [3, u32::MAX], &mut baseline);
            assert_eq!(best, baseline);
        }
        let words = std::array::from_fn(|k| (1 << k) | 1);
        for inverse_log_q in [-0.5, -9.49, -1e9] {
            let (mut best, mut baseline) = ([0; GEOMETRICS], [0; GEOMETRICS]);
            skips(&words, inverse_log_q, &mut best);
            skips_body(&words, inverse_log_q, &mut baseline);
            assert_eq!(best, baseline);
        }
    }
}
