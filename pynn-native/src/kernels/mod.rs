//! One time step of every cell family, as free functions over columns.
//!
//! A kernel takes its cells as structure of arrays: one slice a state variable, one slice an input, one byte a
//! cell for "fired in this step". It allocates nothing, returns nothing and calls nothing virtual. Quantities are
//! bare `f64` in PyNN's units: ms, mV, nA, nF, uS.
//!
//! # Order within a step
//! As in NEST: step `n` takes the cells from `(n - 1) h` to `n h`; the input of step `n` is what arrives at `n h`.
//! It is added after the membrane potential has been integrated, so it shows in the potential one step later. The
//! threshold is tested at the end of the step (`v >= v_thresh`); at the sample of the spike `v` is `v_reset`. A
//! cell is then held at `v_reset` for `round(tau_refrac / h)` steps while its synapses go on. Families that differ say so.
//!
//! # Families and parts
//! [`if_curr_exp`], [`if_cond_exp`] and their like are whole cells. Other cells are put together, block by block: each
//! receptor adds to the [`response`] of all, then a membrane ([`lif`], [`adex`], [`gif`]) takes it.
//!
//! # One value or one a cell
//! Coefficients are either the same for all cells of a call (`[f64; K]`) or a column each ([`PerCell`]); both are
//! [`Coefficients`], so the shared case keeps its constants in registers. Where electrodes inject, the coefficient that
//! has the constant current in it (`CURRENT` of each family) is a column also where the others are shared ([`SameBut`]).
//!
//! # Same bits everywhere
//! Each kernel is compiled for AVX-512, AVX2 and the baseline and chosen at run time. All three do the same
//! operations in the same order, a multiplication is fused with an addition where the code says so (`mul_add`) and
//! nowhere else, and a lane never looks at its neighbour: the result depends neither on the processor nor on how cells
//! are divided over ranks.
//!
//! # Loops that become vectors
//! What a cell that spikes gets is chosen by `select_unpredictable`: of an `if` LLVM makes a masked store for each of its
//! ends (a step takes 5 % longer), or loads a column's value only where it is wanted, and then vectorises nothing. Nor does
//! it where a loop over an array or a `map` remains in the body: those are written out. `cargo xtask vectorised` checks.

pub mod adex;
pub mod deliver;
pub mod gif;
pub mod hh_cond_exp;
pub mod if_cond_alpha;
pub mod if_cond_exp;
pub mod if_curr_alpha;
pub mod if_curr_delta;
pub mod if_curr_exp;
pub mod izhikevich;
pub mod lif;
pub mod math;
pub mod pages;
pub mod poisson;
pub mod response;
pub mod ring;

use std::sync::LazyLock;

/// `K` coefficients of each cell.
pub trait Coefficients<const K: usize>: Copy {
    /// The same coefficients for the first `n` cells only.
    fn first(self, n: usize) -> Self;
    /// Coefficient `k` of cell `i`.
    fn get(&self, k: usize, i: usize) -> f64;
}

impl<const K: usize> Coefficients<K> for [f64; K] {
    #[inline(always)]
    fn first(self, _: usize) -> Self {
        self
    }
    #[inline(always)]
    fn get(&self, k: usize, _: usize) -> f64 {
        self[k]
    }
}

/// A column of values for each of `K` coefficients.
#[derive(Clone, Copy, Debug)]
pub struct PerCell<'a, const K: usize>(pub [&'a [f64]; K]);

impl<const K: usize> Coefficients<K> for PerCell<'_, K> {
    #[inline(always)]
    fn first(self, n: usize) -> Self {
        // Not `map`: it is not inlined for many columns, and then nothing after it vectorises.
        let mut columns = self.0;
        for column in &mut columns {
            *column = &column[..n];
        }
        PerCell(columns)
    }
    #[inline(always)]
    fn get(&self, k: usize, i: usize) -> f64 {
        self.0[k][i]
    }
}

/// The same for all cells, but for a column of values of coefficient number `OWN`.
#[derive(Clone, Copy, Debug)]
pub struct SameBut<'a, const K: usize, const OWN: usize> {
    /// The coefficients; that of number `OWN` is not used.
    pub same: [f64; K],
    /// Coefficient number `OWN`, one a cell.
    pub own: &'a [f64],
}

impl<const K: usize, const OWN: usize> Coefficients<K> for SameBut<'_, K, OWN> {
    #[inline(always)]
    fn first(self, n: usize) -> Self {
        Self { own: &self.own[..n], ..self }
    }
    #[inline(always)]
    fn get(&self, k: usize, i: usize) -> f64 {
        if k == OWN { self.own[i] } else { self.same[k] }
    }
}

/// What arrives at each cell at the end of a step: numbers, or [`Sums`](deliver::Sums) that become numbers as they are
/// taken, which saves a column that is written and read again.
pub trait Input {
    /// The same of the first `n` cells only.
    #[must_use]
    fn first(self, n: usize) -> Self;
    /// What arrives at cell `i`. Taken once a step.
    fn take(&mut self, i: usize) -> f64;
}

impl Input for &[f64] {
    #[inline(always)]
    fn first(self, n: usize) -> Self {
        &self[..n]
    }
    #[inline(always)]
    fn take(&mut self, i: usize) -> f64 {
        self[i]
    }
}

/// Which instructions a kernel may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// What every processor of the target has.
    Baseline,
    /// AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 (F, BW, DQ, VL).
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// All levels this processor has, the best last.
    pub fn available() -> impl Iterator<Item = Level> {
        #[cfg(target_arch = "x86_64")]
        let better =
            [has_avx2().then_some(Level::Avx2), (has_avx2() && has_avx512()).then_some(Level::Avx512)];
        #[cfg(not(target_arch = "x86_64"))]
        let better = [];
        std::iter::once(Level::Baseline).chain(better.into_iter().flatten())
    }

    /// The best level of this processor.
    #[inline]
    pub fn best() -> Level {
        // Asked for with every call of a kernel.
        static BEST: LazyLock<Level> = LazyLock::new(|| Level::available().last().unwrap_or(Level::Baseline));
        *BEST
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

/// Writes `name` and `name_at`: the inlined `body`, compiled once for each [`Level`] and chosen at run time.
/// The arguments stay separate parameters because only these tell LLVM that the columns do not overlap.
macro_rules! vectorised {
    ($(#[$doc:meta])* $vis:vis fn $name:ident / $name_at:ident [$($generics:tt)*] = $body:ident($($arg:ident: $ty:ty),+ $(,)?)) => {
        $(#[$doc])*
        #[allow(clippy::too_many_arguments, reason = "one a column: see the macro")]
        #[inline]
        $vis fn $name<$($generics)*>($($arg: $ty),+) {
            $name_at($crate::kernels::Level::best(), $($arg),+)
        }

        #[doc = concat!("[`", stringify!($name), "`] with the instructions of `level`, which this processor must have.")]
        #[allow(clippy::too_many_arguments, reason = "one a column: see the macro")]
        $vis fn $name_at<$($generics)*>(level: $crate::kernels::Level, $($arg: $ty),+) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            #[allow(clippy::too_many_arguments, reason = "one a column: see the macro")]
            fn avx2<$($generics)*>($($arg: $ty),+) {
                $body($($arg),+)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "fma,avx512f,avx512bw,avx512dq,avx512vl")]
            #[allow(clippy::too_many_arguments, reason = "one a column: see the macro")]
            fn avx512<$($generics)*>($($arg: $ty),+) {
                $body($($arg),+)
            }
            assert!(level == $crate::kernels::Level::best() || $crate::kernels::Level::available().any(|available| available == level));
            match level {
                $crate::kernels::Level::Baseline => $body($($arg),+),
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the assertion above: this processor has AVX2 and FMA.
                $crate::kernels::Level::Avx2 => unsafe { avx2($($arg),+) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the assertion above: this processor has these parts of AVX-512.
                $crate::kernels::Level::Avx512 => unsafe { avx512($($arg),+) },
            }
        }
    };
}
pub(crate) use vectorised;
