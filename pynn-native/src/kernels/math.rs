//! Elementary functions written so that loops over them vectorise.
//!
//! They multiply and add with one rounding (`mul_add`) wherever that helps: said explicitly, it gives the same bits on
//! every processor, and only one from before 2013 has to compute it in software.

/// `exp(x)`, relative error below 2e-15.
///
/// `x` is held within -708 to 709, where the result is a normal number. `x = k ln 2 + r`; a polynomial of degree 10 that
/// interpolates `exp(r)` for `|r| <= ln 2 / 2` at Chebyshev nodes is 3e-16 off. Not a library call, so its bits do not
/// depend on the platform.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    // 1.5 * 2^52: adding it rounds to an integer and leaves that integer in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let x = if x < -708.0 { -708.0 } else { x };
    let x = if x > 709.0 { 709.0 } else { x };
    let shifted = x.mul_add(std::f64::consts::LOG2_E, ROUND);
    let k = shifted - ROUND;
    let r = k.mul_add(-LN2_LOW, k.mul_add(-LN2_HIGH, x));
    // 2^k by its exponent bits; what ROUND leaves above bit 11 is shifted out.
    let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1.0f64.to_bits()));
    let polynomial = horner(
        r,
        [
            2.762_636_777_572_321_7e-7,
            2.764_019_344_220_717_3e-6,
            2.480_150_432_169_015_8e-5,
            1.984_117_024_005_944_6e-4,
            1.388_888_893_250_854_8e-3,
            8.333_333_385_691_73e-3,
            4.166_666_666_657_308_6e-2,
            1.666_666_666_655_433_6e-1,
            5.000_000_000_000_006e-1,
            1.000_000_000_000_006_7,
            1.0,
        ],
    );
    polynomial * power
}

/// `exp(x)` for `|x| <= 0.5` by a polynomial of degree 9 alone, relative error below 1e-12.
#[inline(always)]
pub fn exp_small(x: f64) -> f64 {
    horner(
        x,
        [
            2.771_430_330_472_888_7e-6,
            2.497_435_160_205_230_8e-5,
            1.984_092_615_367_317e-4,
            1.388_851_059_645_102e-3,
            8.333_333_640_311_342e-3,
            4.166_667_004_576_144e-2,
            1.666_666_666_570_72e-1,
            4.999_999_998_943_823e-1,
            1.000_000_000_000_048,
            1.000_000_000_000_528,
        ],
    )
}

/// `ln(x)` of a positive normal number, relative error below 1e-15 (next to 1: of `x - 1`).
///
/// `x = 2^k m` with `m` from sqrt(1/2) to sqrt(2), and `ln m = 2 atanh((m - 1) / (m + 1))` by its series.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    // What is added to the bits of sqrt(1/2) to carry into the exponent.
    const CARRY: u64 = 0x0009_5f61_9980_c433;
    // The bits of 2^52: with a small integer below them, its value on top of 2^52.
    const INTEGER: u64 = 0x4330_0000_0000_0000;
    let bits = x.to_bits();
    let exponent = bits.wrapping_add(CARRY) >> 52;
    let k = f64::from_bits(INTEGER | exponent) - (4_503_599_627_370_496.0 + 1_023.0);
    let m = f64::from_bits(bits.wrapping_sub(exponent << 52).wrapping_add(1.0f64.to_bits()));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let series = horner(
        z,
        [
            2. / 23.,
            2. / 21.,
            2. / 19.,
            2. / 17.,
            2. / 15.,
            2. / 13.,
            2. / 11.,
            2. / 9.,
            2. / 7.,
            2. / 5.,
            2. / 3.,
        ],
    );
    k.mul_add(LN2_HIGH, (s * z).mul_add(series, k.mul_add(LN2_LOW, 2.0 * s)))
}

/// The polynomial with the given coefficients, highest degree first.
#[inline(always)]
fn horner<const N: usize>(x: f64, coefficients: [f64; N]) -> f64 {
    let mut sum = coefficients[0];
    for coefficient in &coefficients[1..] {
        sum = sum.mul_add(x, *coefficient);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_the_library_to_2e_15() {
        for k in -70_000..70_000 {
            let x = f64::from(k) * 0.010_007;
            assert!((exp(x) / x.exp() - 1.0).abs() < 2e-15, "exp({x})");
        }
    }

    #[test]
    fn exp_small_agrees_with_the_library_to_1e_12() {
        for k in -5_000..=5_000 {
            let x = f64::from(k) * 1e-4;
            assert!((exp_small(x) / x.exp() - 1.0).abs() < 1e-12, "exp_small({x})");
        }
    }

    #[test]
    fn ln_agrees_with_the_library_to_1e_15() {
        for k in 1..40_000 {
            let x = f64::from(k) * 1e-4;
            for x in [x, x * 1e-17, x * 1e-300, x * 1e200] {
                assert!((ln(x) - x.ln()).abs() <= 1e-15 * x.ln().abs(), "ln({x})");
            }
        }
        assert_eq!(ln(1.0), 0.0);
    }

    #[test]
    fn exp_is_held_at_both_ends() {
        assert_eq!(exp(1e9), exp(709.0));
        assert_eq!(exp(-1e9), exp(-708.0));
        assert!(exp(709.0).is_finite() && exp(-708.0) > 0.0);
    }
}
