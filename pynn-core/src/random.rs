//! Random numbers that do not depend on ranks.
//!
//! Every draw is a function of (seed, purpose, object, stream, position): a counter-based generator,
//! Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3",
//! doi 10.1145/2063384.2063405), checked against the authors' known answers.

mod discrete;
mod distribution;
mod gamma;
mod kernels;
mod normal;
pub(crate) mod portable;

use kernels::{BLOCKS, WORDS};

pub use distribution::{
    Binomial, Distributed, Distribution, Exponential, Gamma, LogNormal, Normal, NormalClipped,
    NormalClippedToBoundary, Poisson, Uniform, UniformInt, VonMises,
};
pub(crate) use gamma::gamma_hazard;

/// What a stream of random numbers is for; two purposes never share numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Purpose {
    /// Which cells a connector connects.
    Connection = 1,
    /// Weights of synapses.
    Weight = 2,
    /// Delays of synapses.
    Delay = 3,
    /// Parameters of cells.
    Parameter = 4,
    /// Initial values of cells.
    Initial = 5,
    /// Spikes of sources.
    Source = 6,
    /// What a cell model or a backend draws for itself while it runs.
    Model = 7,
    /// Values of cells and synapses that are set between runs.
    Change = 8,
    /// Currents of electrodes.
    Electrode = 9,
    /// Parameters of synapses.
    SynapseParameter = 10,
    /// What synapses draw while a network runs.
    Synapse = 11,
    /// Samples of cells.
    Sample = 16,
    /// Positions of cells.
    Position = 17,
}

/// The key of a family of streams: (seed, purpose, object).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u32; 2]);

impl Key {
    /// The key for `purpose` of the object numbered `object` (a projection, a population and parameter, ...).
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose, object: u64) -> Self {
        let mixed = mix(mix(seed ^ 0x9e37_79b9_7f4a_7c15) ^ mix(((purpose as u64) << 56) ^ object));
        Self(split(mixed))
    }

    /// The two words of the key, for engines that compute [`philox`] blocks themselves.
    #[must_use]
    pub fn words(self) -> [u32; 2] {
        self.0
    }
}

/// The finaliser of splitmix64 (Steele, Lea & Flood 2014): spreads every bit of `x` over the result.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[allow(clippy::cast_possible_truncation, reason = "the two halves of a word")]
const fn split(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

/// One block of Philox4x32-10: four words from a counter and a key.
#[inline(always)]
#[must_use]
pub const fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    let mut round = 0;
    while round < 10 {
        let [low0, high0] = split(counter[0] as u64 * 0xD251_1F53);
        let [low1, high1] = split(counter[2] as u64 * 0xCD9E_8D57);
        counter = [high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        round += 1;
    }
    counter
}

/// A sequence of random numbers: stream number `stream` of a [`Key`].
#[derive(Clone, Debug)]
pub struct Stream {
    key: [u32; 2],
    stream: [u32; 2],
    next_block: u64,
    words: [u32; WORDS],
    used: usize,
}

impl Stream {
    /// The stream numbered `stream` (a cell's index or global id), from its beginning.
    #[inline]
    #[must_use]
    pub fn new(key: Key, stream: u64) -> Self {
        let words = [0; WORDS];
        Self { key: key.0, stream: split(stream), next_block: 0, words, used: words.len() }
    }

    /// Makes the first block alone, since many streams are used for one number, and then several at a time.
    #[inline]
    fn refill(&mut self) {
        if self.next_block == 0 {
            self.used = self.words.len() - 4;
            let block = philox([0, 0, self.stream[0], self.stream[1]], self.key);
            self.words[WORDS - 4..].copy_from_slice(&block);
            self.next_block = 1;
        } else {
            kernels::blocks(self.next_block, self.stream, self.key, &mut self.words);
            self.next_block = self.next_block.wrapping_add(BLOCKS as u64);
            self.used = 0;
        }
    }

    /// 32 random bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        if self.used >= self.words.len() {
            self.refill();
        }
        let word = self.words[self.used];
        self.used += 1;
        word
    }

    /// 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        if let [low, high, ..] = self.words[self.used..] {
            self.used += 2;
            return u64::from(low) | u64::from(high) << 32;
        }
        u64::from(self.next_u32()) | u64::from(self.next_u32()) << 32
    }

    /// A number in [0, 1), uniform in steps of 2^-53.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// An integer in `0..n`, uniform (Lemire 2019, doi 10.1145/3230636). `n` must not be 0.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "the two halves of the product")]
    pub fn below(&mut self, n: u32) -> u32 {
        let mut product = u64::from(self.next_u32()) * u64::from(n);
        if (product as u32) < n {
            let threshold = n.wrapping_neg() % n;
            while (product as u32) < threshold {
                product = u64::from(self.next_u32()) * u64::from(n);
            }
        }
        (product >> 32) as u32
    }

    /// A number in (0, 1], uniform in steps of 2^-52.
    #[inline]
    fn positive(&mut self) -> f64 {
        positive(self.next_u64())
    }

    /// How many failures come before the first success of probability `p`, from `1 / ln(1 - p)`.
    #[inline]
    pub fn geometric(&mut self, inverse_log_q: f64) -> u64 {
        let skip = portable::ln(self.positive()) * inverse_log_q;
        if skip < 1e18 { skip as u64 } else { u64::MAX }
    }

    /// What calls of [`geometric`](Self::geometric) give, as many as the random bits at hand suffice for, but 2^31 - 1 for
    /// more than that; faster.
    #[inline]
    pub fn geometrics<'a>(&mut self, inverse_log_q: f64, numbers: &'a mut [i32; GEOMETRICS]) -> &'a [i32] {
        if self.used + 2 > self.words.len() {
            self.refill();
        }
        kernels::skips(&self.words, inverse_log_q, numbers);
        let first = self.used.div_ceil(2);
        self.used = self.words.len();
        &numbers[first..]
    }
}

/// A number in (0, 1] from 64 random bits.
#[inline(always)]
fn positive(bits: u64) -> f64 {
    2.0 - f64::from_bits(bits >> 12 | 0x3ff0_0000_0000_0000)
}

/// How many numbers [`Stream::geometrics`] gives at most.
pub const GEOMETRICS: usize = WORDS / 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_authors_known_answers() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(
            philox([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn a_stream_is_the_sequence_of_its_blocks() {
        let (key, number) = (Key::new(7, Purpose::Model, 3), 0x1_2345_6789);
        let mut s = Stream::new(key, number);
        let [low, high] = split(number);
        for block in 0..40 {
            let words = [s.next_u32(), s.next_u32(), s.next_u32(), s.next_u32()];
            assert_eq!(words, philox([block, 0, low, high], key.words()), "block {block}");
        }
    }

    fn stream(number: u64) -> Stream {
        Stream::new(Key::new(7, Purpose::Model, 3), number)
    }

    // 6 standard errors: a fixed seed passes or fails for ever, and a right generator fails once in 5e8.
    fn assert_mean(values: impl Iterator<Item = f64>, mean: f64, sd: f64) {
        let values: Vec<f64> = values.collect();
        let found = values.iter().sum::<f64>() / values.len() as f64;
        let tolerance = 6.0 * sd / (values.len() as f64).sqrt();
        assert!((found - mean).abs() < tolerance, "mean {found}, expected {mean} +- {tolerance}");
    }

    #[test]
    fn draws_have_the_mean_of_their_distribution() {
        let mut s = stream(1);
        assert_mean((0..100_000).map(|_| s.uniform()), 0.5, 12f64.sqrt().recip());
        assert_mean((0..100_000).map(|_| s.normal()), 0.0, 1.0);
        assert_mean((0..100_000).map(|_| s.normal().powi(2)), 1.0, 2f64.sqrt());
        assert_mean((0..100_000).map(|_| f64::from(s.below(7))), 3.0, 2.0);
        let inverse_log_q = 1.0 / (1.0f64 - 0.1).ln();
        assert_mean((0..100_000).map(|_| s.geometric(inverse_log_q) as f64), 9.0, 90f64.sqrt());
        assert_mean((0..10_000).map(|_| s.binomial(100, 0.3) as f64), 30.0, 21f64.sqrt());
        assert_mean((0..10_000).map(|_| s.binomial(100, 0.9) as f64), 90.0, 3.0);
    }

    #[test]
    fn streams_and_purposes_are_unrelated() {
        let first: Vec<u32> = (0..4).map(|n| stream(n).next_u32()).collect();
        assert!(first.iter().enumerate().all(|(i, a)| first[..i].iter().all(|b| a != b)));
        assert_ne!(Key::new(7, Purpose::Weight, 3), Key::new(7, Purpose::Delay, 3));
        assert_ne!(Key::new(7, Purpose::Weight, 3), Key::new(8, Purpose::Weight, 3));
    }

    #[test]
    fn geometric_numbers_many_at_once_are_those_one_by_one() {
        for p in [0.001f64, 0.1, 0.9, 1.0] {
            let inverse_log_q = 1.0 / (-p).ln_1p();
            let (mut many, mut one) = (stream(4), stream(4));
            for _ in 0..50 {
                for skip in many.geometrics(inverse_log_q, &mut [0; GEOMETRICS]) {
                    assert_eq!(one.geometric(inverse_log_q), u64::from(skip.unsigned_abs()));
                }
            }
        }
        assert_eq!(stream(4).geometrics(-1e300, &mut [0; GEOMETRICS]), [i32::MAX; 2]);
    }
}
