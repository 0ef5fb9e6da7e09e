//! Elementary functions written so that loops over them vectorise.

/// `exp(x)`, relative error below 1e-14.
///
/// `x` is held within -708 to 709, where the result is a normal number. `x = k ln 2 + r`; the Taylor
/// polynomial of degree 11 of `exp(r)`, `|r| <= ln 2 / 2`, has a remainder of 6e-15; the two parts of `ln 2` make
/// `k ln 2` exact. Not a library call, so its bits do not depend on the platform.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    // 1.5 * 2^52: adding it rounds to an integer and leaves that integer in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let x = if x < -708.0 { -708.0 } else { x };
    let x = if x > 709.0 { 709.0 } else { x };
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    // 2^k by its exponent bits; what ROUND leaves above bit 11 is shifted out.
    let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1.0f64.to_bits()));
    exp_taylor(r) * power
}

/// Taylor polynomial of degree 11 of `exp(r)`, for small `r`.
#[inline(always)]
fn exp_taylor(r: f64) -> f64 {
    let mut sum = 1.0 / 39_916_800.0;
    for c in [
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        sum = sum * r + c;
    }
    sum
}

/// `exp(x)` for `|x| <= 0.5` without range reduction, relative error below 2e-15.
#[inline(always)]
pub fn exp_small(x: f64) -> f64 {
    // The terms of degree 12 and 13, which the shorter polynomial leaves out, in front of it.
    let mut sum = 1.0 / 6_227_020_800.0;
    for c in [
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        sum = sum * x + c;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_the_library_to_1e_14() {
        for k in -70_000..70_000 {
            let x = f64::from(k) * 0.010_007;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-14, "exp({x})");
        }
    }

    #[test]
    fn exp_small_agrees_with_the_library_to_2e_15() {
        for k in -5_000..=5_000 {
            let x = f64::from(k) * 1e-4;
            assert!((exp_small(x) / x.exp() - 1.0).abs() < 2e-15, "exp_small({x})");
        }
    }

    #[test]
    fn exp_is_held_at_both_ends() {
        assert_eq!(exp(1e9), exp(709.0));
        assert_eq!(exp(-1e9), exp(-708.0));
        assert!(exp(709.0).is_finite() && exp(-708.0) > 0.0);
    }
}
