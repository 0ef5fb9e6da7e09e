//! Logarithm, exponential and sine that give the same bits on every platform, and at compile time.
//!
//! `f64::ln` is the platform's; with these a network's random numbers are the same everywhere. Errors are a few units
//! in the last place.

/// The leading bits of ln 2: a product with a small integer is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fefa_0000);
/// What `LN_2_HIGH` lacks.
const LN_2_LOW: f64 = 1.6465949582897082e-12;

/// 2/3, 2/5, ... 2/23: the series of `2 atanh(s) = ln((1 + s) / (1 - s))` after its first term.
const ATANH: [f64; 11] = [
    2. / 3.,
    2. / 5.,
    2. / 7.,
    2. / 9.,
    2. / 11.,
    2. / 13.,
    2. / 15.,
    2. / 17.,
    2. / 19.,
    2. / 21.,
    2. / 23.,
];

/// The natural logarithm of a positive normal number.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "an exponent is small")]
pub(crate) const fn ln(x: f64) -> f64 {
    // x = 2^k m with m from sqrt(1/2) to sqrt(2).
    let bits = x.to_bits();
    let k = (bits.wrapping_sub(0x3fe6_a09e_667f_3bcd) >> 52) as i32;
    let k = (k << 20) >> 20;
    let m = f64::from_bits(bits.wrapping_sub((k as u64) << 52));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    // By pairs, so that the processor need not wait for one term after the other.
    let (z2, a) = (z * z, &ATANH);
    let (z4, z8) = (z2 * z2, z2 * z2 * (z2 * z2));
    let low = (a[0] + a[1] * z) + (a[2] + a[3] * z) * z2;
    let high = (a[4] + a[5] * z) + (a[6] + a[7] * z) * z2;
    let sum = low + high * z4 + (a[8] + a[9] * z + a[10] * z2) * z8;
    let k = k as f64;
    k * LN_2_HIGH + (2.0 * s + (s * z * sum + k * LN_2_LOW))
}

/// 1/0!, 1/1!, ... 1/14!
const INVERSE_FACTORIALS: [f64; 15] = {
    let mut terms = [1.0; 15];
    let mut factorial = 1.0;
    let mut n = 1;
    while n < 15 {
        factorial *= n as f64;
        terms[n] = 1.0 / factorial;
        n += 1;
    }
    terms
};

/// The exponential of a number; 0 below -700, infinite above 709.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range of exponents")]
pub(crate) const fn exp(x: f64) -> f64 {
    if x < -700.0 {
        return 0.0;
    }
    if x > 709.0 || x.is_nan() {
        return x + f64::INFINITY;
    }
    let scaled = x * std::f64::consts::LOG2_E;
    let k = (if scaled < 0.0 { scaled - 0.5 } else { scaled + 0.5 }) as i64;
    let r = (x - k as f64 * LN_2_HIGH) - k as f64 * LN_2_LOW;
    let mut sum = INVERSE_FACTORIALS[14];
    let mut term = 14;
    while term > 0 {
        term -= 1;
        sum = INVERSE_FACTORIALS[term] + sum * r;
    }
    sum * f64::from_bits(((k + 1023) as u64) << 52)
}

/// The square root, for constants; elsewhere `f64::sqrt` is exact on every platform.
pub(crate) const fn sqrt(x: f64) -> f64 {
    let mut root = exp(0.5 * ln(x));
    let mut round = 0;
    while round < 4 {
        root = 0.5 * (root + x / root);
        round += 1;
    }
    root
}

/// (-1)^k (2 pi)^(2 k + 1) / (2 k + 1)!: the series of `sin(2 pi x)`.
const SINE: [f64; 12] = {
    let mut terms = [std::f64::consts::TAU; 12];
    let mut k = 1;
    while k < 12 {
        let n = 2.0 * k as f64;
        terms[k] = -terms[k - 1] * std::f64::consts::TAU * std::f64::consts::TAU / (n * (n + 1.0));
        k += 1;
    }
    terms
};

/// The sine of an angle given in turns of 360 degrees.
pub(crate) fn sin_turns(turns: f64) -> f64 {
    // From -1/2 to 1/2, then from -1/4 to 1/4.
    let x = turns - turns.round();
    let x = if x.abs() > 0.25 { x.signum() * 0.5 - x } else { x };
    let square = x * x;
    x * SINE.iter().rev().fold(0.0, |sum, term| term + sum * square)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-15 * expected.abs(), "{found:e}, expected {expected:e}");
    }

    #[test]
    fn functions_are_those_of_the_platform() {
        for n in 1..4000 {
            let x = f64::from(n) / 1000.0;
            for x in [x, x * 1e-16, x * 1e200, 1.0 + x * 1e-9, 1.0 - x * 1e-9] {
                assert_close(ln(x), x.ln());
                assert_close(sqrt(x), x.sqrt());
            }
            for x in [x, -x, 170.0 * x, -170.0 * x] {
                assert_close(exp(x), x.exp());
            }
        }
        for n in -4000..4000 {
            let turns = f64::from(n) / 1000.0;
            let angle = std::f64::consts::TAU * (turns - turns.round());
            assert!((sin_turns(turns) - angle.sin()).abs() < 2e-15, "{turns}");
        }
        assert_eq!((sin_turns(0.25), sin_turns(-17.25), sin_turns(3.0)), (1.0, -1.0, 0.0));
        assert_eq!((ln(1.0), exp(0.0), exp(-800.0), exp(1e9)), (0.0, 1.0, 0.0, f64::INFINITY));
    }
}
