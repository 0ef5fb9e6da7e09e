//! Exponential and gamma distributions.

use super::Stream;
use super::portable::{exp, ln};

impl Stream {
    /// An exponentially distributed number of mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        -ln(self.positive())
    }

    /// A gamma-distributed number of the given shape, above 0, and scale 1 (Marsaglia & Tsang 2000,
    /// doi 10.1145/358407.358414).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        // Below 1: a number of the next shape, times a power of a uniform one.
        let factor = if shape < 1.0 { exp(ln(self.positive()) / shape) } else { 1.0 };
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let root = 1.0 + c * x;
            let v = root * root * root;
            if root > 0.0 && ln(self.positive()) < 0.5 * x * x + d * (1.0 - v + ln(v)) {
                return factor * d * v;
            }
        }
    }
}

/// The logarithm of the gamma function for x >= 1, by Stirling's series from 10 on.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut below) = (x, 1.0);
    while x < 10.0 {
        below *= x;
        x += 1.0;
    }
    let (r, z) = (1.0 / x, 1.0 / (x * x));
    let series = r * (1.0 / 12.0 - z * (1.0 / 360.0 - z * (1.0 / 1260.0 - z * (1.0 / 1680.0 - z / 1188.0))));
    (x - 0.5) * ln(x) - x + 0.5 * ln(std::f64::consts::TAU) + series - ln(below)
}

/// The hazard of a gamma distribution of shape >= 1 and scale 1 at z >= 0: its density over the probability of more than
/// z. Grows from 0 (1 for shape 1) to 1.
pub(crate) fn gamma_hazard(shape: f64, z: f64) -> f64 {
    if z <= 0.0 {
        return if shape > 1.0 { 0.0 } else { 1.0 };
    }
    if z > shape + 1.0 {
        return 1.0 / (z * upper_fraction(shape, z));
    }
    // The series of the lower incomplete gamma function over z^a e^-z.
    let (mut term, mut sum, mut n) = (1.0 / shape, 1.0 / shape, shape);
    while term > 1e-17 * sum {
        n += 1.0;
        term *= z / n;
        sum += term;
    }
    let density = exp((shape - 1.0) * ln(z) - z - ln_gamma(shape));
    density / (1.0 - density * z * sum)
}

/// The upper incomplete gamma function over `z^a e^-z`, by Legendre's continued fraction
/// `1/(z + 1 - a - 1 (1 - a)/(z + 3 - a - 2 (2 - a)/(z + 5 - a - ...)))`, from the front (Lentz 1976).
fn upper_fraction(a: f64, z: f64) -> f64 {
    let mut b = z + 1.0 - a;
    let mut c = f64::MAX;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for n in 1..1000 {
        let n = f64::from(n);
        let numerator = -n * (n - a);
        b += 2.0;
        d = 1.0 / (numerator * d + b);
        c = b + numerator / c;
        fraction *= c * d;
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::super::{Key, Purpose};
    use super::*;

    #[test]
    fn gamma_numbers_have_the_mean_and_variance_of_their_shape() {
        let mut stream = Stream::new(Key::new(5, Purpose::Model, 0), 1);
        for shape in [0.3, 1.0, 2.0, 7.5, 100.0] {
            let n = 100_000;
            let numbers: Vec<f64> = (0..n).map(|_| stream.gamma(shape)).collect();
            let mean = numbers.iter().sum::<f64>() / f64::from(n);
            let variance = numbers.iter().map(|x| (x - shape).powi(2)).sum::<f64>() / f64::from(n);
            // 6 standard errors; the fourth central moment is 3 k^2 + 6 k, so the variance's is sqrt((2 k^2 + 6 k) / n).
            assert!((mean - shape).abs() < 6.0 * (shape / f64::from(n)).sqrt(), "{mean} for {shape}");
            let error = 6.0 * ((2.0 * shape * shape + 6.0 * shape) / f64::from(n)).sqrt();
            assert!((variance - shape).abs() < error, "{variance} for {shape}");
        }
    }

    #[test]
    fn the_gamma_function_is_the_factorial_between_integers() {
        let mut factorial = 1.0f64;
        for n in 1..30 {
            let (found, expected) = (ln_gamma(f64::from(n)), factorial.ln());
            assert!((found - expected).abs() <= 1e-13 * expected.max(1.0), "{n}: {found}, {expected}");
            factorial *= f64::from(n);
        }
        // Gamma(3/2) = sqrt(pi) / 2.
        assert!((ln_gamma(1.5) - (std::f64::consts::PI.sqrt() / 2.0).ln()).abs() < 1e-13);
    }

    #[test]
    fn the_hazard_of_whole_shapes_is_that_of_their_sums() {
        // Of shape k the probability of more than z is e^-z (1 + z + ... + z^(k-1) / (k-1)!).
        for shape in 1..12 {
            for z in [0.0, 1e-3, 0.5, 1.0, 3.0, 8.0, 12.5, 14.0, 40.0, 500.0] {
                let (mut term, mut sum) = (1.0, 1.0);
                for k in 1..shape {
                    term *= z / f64::from(k);
                    sum += term;
                }
                let (found, expected) = (gamma_hazard(f64::from(shape), z), term / sum);
                assert!((found - expected).abs() <= 1e-12 * expected, "{shape}, {z}: {found}, {expected}");
            }
        }
    }
}
