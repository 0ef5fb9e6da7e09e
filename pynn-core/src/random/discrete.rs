//! Binomial, Poisson and hypergeometric numbers, exact for any parameters.
//!
//! Large ones by inversion that begins at the mode and goes outwards: takes time in proportion to the standard
//! deviation. The probability of the mode comes from the saddle-point form (Loader 2000, "Fast and accurate
//! computation of binomial probabilities"), which keeps all digits where factorials would lose them.

use std::f64::consts::TAU;

use super::Stream;
use super::portable::{exp, ln};

/// `ln n!` less Stirling's approximation of it.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        let factorial: f64 = (2..=n as u64).map(|k| k as f64).product();
        return ln(factorial) - (n + 0.5) * ln(n) + n - 0.5 * ln(TAU);
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0) / square) / square) / square) / n
}

/// `x ln(x / mean) + mean - x`, without cancellation where x is near the mean.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * ln(x / mean) - difference;
    }
    let v = difference / (x + mean);
    let (mut sum, mut power) = (difference * v, 2.0 * x * v);
    for term in 1..1000 {
        power *= v * v;
        let next = sum + power / f64::from(2 * term + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The probability of `x` for a Poisson distribution of mean above 0.
fn poisson_probability(x: f64, mean: f64) -> f64 {
    if x == 0.0 {
        return exp(-mean);
    }
    exp(-stirling_error(x) - deviance(x, mean)) / (TAU * x).sqrt()
}

/// The probability that `x` of `n` trials of probability `p` succeed, for `0 < p < 1`.
pub(crate) fn binomial_probability(x: f64, n: f64, p: f64) -> f64 {
    let q = 1.0 - p;
    if x == 0.0 {
        return exp(n * ln(q));
    }
    if x == n {
        return exp(n * ln(p));
    }
    let rest = n - x;
    let log = stirling_error(n) - stirling_error(x) - stirling_error(rest);
    exp(log - deviance(x, n * p) - deviance(rest, n * q)) * (n / (TAU * x * rest)).sqrt()
}

impl Stream {
    /// How many of `n` trials of probability `p` succeed. Exact; takes time in proportion to the standard deviation.
    pub fn binomial(&mut self, n: u64, p: f64) -> u64 {
        if p <= 0.0 || n == 0 {
            return 0;
        }
        if p > 0.5 {
            return n - self.binomial(n, 1.0 - p);
        }
        let mean = n as f64 * p;
        if mean < 10.0 {
            return self.binomial_by_gaps(n, p);
        }
        let mode = ((n as f64 + 1.0) * p) as u64;
        let odds = p / (1.0 - p);
        let ratio = |k: u64| (n - k) as f64 / (k + 1) as f64 * odds;
        self.outward_from(mode, binomial_probability(mode as f64, n as f64, p), 0..=n, ratio)
    }

    fn binomial_by_gaps(&mut self, n: u64, p: f64) -> u64 {
        let inverse_log_q = 1.0 / (-p).ln_1p();
        let (mut successes, mut trial) = (0, self.geometric(inverse_log_q));
        while trial < n {
            successes += 1;
            trial = trial.saturating_add(1).saturating_add(self.geometric(inverse_log_q));
        }
        successes
    }

    /// A Poisson-distributed number. Exact; takes time in proportion to the standard deviation.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean is not negative")]
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean <= 0.0 {
            return 0;
        }
        let mode = mean as u64;
        let ratio = |k: u64| mean / (k + 1) as f64;
        self.outward_from(mode, poisson_probability(mode as f64, mean), 0..=u64::MAX, ratio)
    }

    /// How many of `draws` items are good, drawn without putting back from `good` good and `bad` bad ones. Exact; takes
    /// time in proportion to the standard deviation. `draws` must not exceed `good + bad`.
    pub fn hypergeometric(&mut self, good: u64, bad: u64, draws: u64) -> u64 {
        let (fewest, most) = (draws.saturating_sub(bad), draws.min(good));
        if fewest == most {
            return fewest;
        }
        if draws <= 8 {
            return self.hypergeometric_by_draws(good, bad, draws);
        }
        let (r, b, n) = (good as f64, bad as f64, draws as f64);
        let mode = ((((n + 1.0) * (r + 1.0)) / (r + b + 2.0)) as u64).clamp(fewest, most);
        let (x, p) = (mode as f64, n / (r + b));
        let probability = if p < 1.0 {
            binomial_probability(x, r, p) * binomial_probability(n - x, b, p)
                / binomial_probability(n, r + b, p)
        } else {
            1.0
        };
        let ratio = |k: u64| {
            (good - k) as f64 * (draws - k) as f64 / ((k + 1) as f64 * ((bad - (draws - k)) as f64 + 1.0))
        };
        self.outward_from(mode, probability, fewest..=most, ratio)
    }

    fn hypergeometric_by_draws(&mut self, good: u64, bad: u64, draws: u64) -> u64 {
        let mut found = 0;
        for drawn in 0..draws {
            let (left, all) = ((good - found) as f64, (good + bad - drawn) as f64);
            found += u64::from(self.uniform() * all < left);
        }
        found
    }

    /// A number in `range` of a distribution with one mode, from the probability there and the ratio of the probability
    /// of k + 1 to that of k.
    fn outward_from(
        &mut self,
        mode: u64,
        probability: f64,
        range: std::ops::RangeInclusive<u64>,
        ratio: impl Fn(u64) -> f64,
    ) -> u64 {
        loop {
            let mut left = self.uniform() - probability;
            let (mut up, mut at_up) = (mode, probability);
            let (mut down, mut at_down) = (mode, probability);
            if left < 0.0 {
                return mode;
            }
            // What rounding leaves over when both sides have run out is drawn again.
            while at_up > 1e-30 || at_down > 1e-30 {
                if up < *range.end() && at_up > 1e-30 {
                    at_up *= ratio(up);
                    up += 1;
                    left -= at_up;
                    if left < 0.0 {
                        return up;
                    }
                } else {
                    at_up = 0.0;
                }
                if down > *range.start() && at_down > 1e-30 {
                    down -= 1;
                    at_down /= ratio(down);
                    left -= at_down;
                    if left < 0.0 {
                        return down;
                    }
                } else {
                    at_down = 0.0;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};

    fn stream() -> Stream {
        Stream::new(Key::new(5, Purpose::Model, 0), 0)
    }

    /// Mean and variance within 6 standard errors; the variance's error is that of a nearly normal distribution.
    fn assert_moments(draws: &[u64], mean: f64, variance: f64) {
        let count = draws.len() as f64;
        let found = draws.iter().map(|x| *x as f64).sum::<f64>() / count;
        let spread = draws.iter().map(|x| (*x as f64 - mean).powi(2)).sum::<f64>() / count;
        assert!((found - mean).abs() < 6.0 * (variance / count).sqrt(), "mean {found}, expected {mean}");
        let error = 6.0 * variance * (2.0 / count).sqrt();
        assert!((spread - variance).abs() < error, "variance {spread}, expected {variance} +- {error}");
    }

    /// Each value as often as its probability says, within 5 standard deviations.
    fn assert_frequencies(draws: &[u64], probability: impl Fn(u64) -> f64) {
        let count = draws.len() as f64;
        let highest = *draws.iter().max().unwrap();
        for value in 0..=highest {
            let found = draws.iter().filter(|draw| **draw == value).count() as f64;
            let (mean, sd) = (count * probability(value), (count * probability(value)).sqrt());
            assert!((found - mean).abs() < 5.0 * sd + 4.0, "{value} found {found} times, expected {mean}");
        }
    }

    #[test]
    fn binomial_numbers_have_the_moments_of_their_distribution() {
        let mut s = stream();
        for (n, p, count) in [
            (1, 0.3, 20_000),
            (100, 0.05, 20_000),
            (100, 0.5, 20_000),
            (1000, 0.93, 20_000),
            (10_000_000, 0.5, 1000),
            (10_000_000_000, 1e-8, 20_000),
            (1_000_000_000, 0.25, 200),
        ] {
            let draws: Vec<u64> = (0..count).map(|_| s.binomial(n, p)).collect();
            assert_moments(&draws, n as f64 * p, n as f64 * p * (1.0 - p));
        }
        assert_eq!((s.binomial(50, 0.0), s.binomial(50, 1.0), s.binomial(0, 0.5)), (0, 50, 0));
    }

    #[test]
    fn binomial_numbers_are_as_frequent_as_their_probability() {
        let mut s = stream();
        for (n, p) in [(40, 0.3), (12, 0.4), (30, 0.7)] {
            let draws: Vec<u64> = (0..100_000).map(|_| s.binomial(n, p)).collect();
            let choose = |k: u64| (0..k).map(|i| (n - i) as f64 / (k - i) as f64).product::<f64>();
            assert_frequencies(&draws, |k| choose(k) * p.powi(k as i32) * (1.0 - p).powi((n - k) as i32));
        }
    }

    #[test]
    fn poisson_numbers_are_as_frequent_as_their_probability() {
        let mut s = stream();
        for mean in [0.2, 3.0, 17.5] {
            let draws: Vec<u64> = (0..100_000).map(|_| s.poisson(mean)).collect();
            let probability = |k: u64| (1..=k).fold(f64::exp(-mean), |product, k| product * mean / k as f64);
            assert_frequencies(&draws, probability);
        }
    }

    #[test]
    fn hypergeometric_numbers_have_the_moments_of_their_distribution() {
        let mut s = stream();
        for (good, bad, draws, count) in [
            (10u64, 20u64, 5u64, 20_000),
            (10, 20, 15, 20_000),
            (500, 500, 990, 20_000),
            (1_000_000, 3_000_000, 2_000_000, 2000),
            (5_000_000_000, 5_000_000_000, 1_000_000, 2000),
            (3, 1_000_000, 500_000, 20_000),
        ] {
            let numbers: Vec<u64> = (0..count).map(|_| s.hypergeometric(good, bad, draws)).collect();
            let (r, all, n) = (good as f64, (good + bad) as f64, draws as f64);
            let p = r / all;
            assert_moments(&numbers, n * p, n * p * (1.0 - p) * (all - n) / (all - 1.0));
        }
        assert_eq!(
            (s.hypergeometric(5, 0, 3), s.hypergeometric(0, 5, 3), s.hypergeometric(9, 9, 18)),
            (3, 0, 9)
        );
    }

    #[test]
    fn hypergeometric_numbers_are_as_frequent_as_their_probability() {
        let mut s = stream();
        let choose = |n: u64, k: u64| (0..k).map(|i| (n - i) as f64 / (k - i) as f64).product::<f64>();
        for (good, bad, draws) in [(12, 18, 14), (12, 18, 6), (5, 9, 12)] {
            let numbers: Vec<u64> = (0..100_000).map(|_| s.hypergeometric(good, bad, draws)).collect();
            assert_frequencies(&numbers, |k| {
                if k > draws || draws - k > bad || k > good {
                    return 0.0;
                }
                choose(good, k) * choose(bad, draws - k) / choose(good + bad, draws)
            });
        }
    }
}
