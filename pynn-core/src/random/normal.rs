//! The standard normal distribution by the ziggurat method (Marsaglia & Tsang 2000, doi 10.18637/jss.v005.i08), with
//! layer and position from different bits (Doornik 2005).

use super::Stream;
use super::portable::{exp, ln, sqrt};

/// Layers of equal area.
const LAYERS: usize = 256;
/// Where the tail begins, for 256 layers.
const TAIL: f64 = 3.654_152_885_361_009;

/// The right edges of the layers, from the bottom, whose edge is that of a box of the same area; and the densities
/// there (of `exp(-x^2 / 2)`).
struct Ziggurat {
    edges: [f64; LAYERS + 1],
    densities: [f64; LAYERS + 1],
}

static ZIGGURAT: Ziggurat = ziggurat();

/// The area of a layer: a box as wide as the tail's beginning, and the tail.
const AREA: f64 = 0.004_928_673_233_974_658;

const fn ziggurat() -> Ziggurat {
    let mut table = Ziggurat { edges: [0.0; LAYERS + 1], densities: [1.0; LAYERS + 1] };
    let mut density = exp(-0.5 * TAIL * TAIL);
    table.edges[0] = AREA / density;
    table.densities[0] = 0.0;
    let mut edge = TAIL;
    let mut layer = 1;
    while layer < LAYERS {
        table.edges[layer] = edge;
        table.densities[layer] = density;
        density += AREA / edge;
        edge = if density < 1.0 { sqrt(-2.0 * ln(density)) } else { 0.0 };
        layer += 1;
    }
    table
}

impl Stream {
    /// A standard normal number.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "the lowest eight bits")]
    pub fn normal(&mut self) -> f64 {
        let bits = self.next_u64();
        let layer = bits as u8 as usize;
        // 52 bits make a number in [2, 4): away from the eight that choose the layer.
        let position = f64::from_bits(bits >> 12 | 0x4000_0000_0000_0000) - 3.0;
        let x = position * ZIGGURAT.edges[layer];
        if x.abs() < ZIGGURAT.edges[layer + 1] { x } else { self.normal_beyond(layer, x) }
    }

    /// What is not inside the next layer: one draw of a hundred.
    #[cold]
    fn normal_beyond(&mut self, layer: usize, x: f64) -> f64 {
        if layer == 0 {
            return self.normal_tail().copysign(x);
        }
        let (low, high) = (ZIGGURAT.densities[layer], ZIGGURAT.densities[layer + 1]);
        let height = low + (high - low) * (1.0 - self.uniform());
        if 2.0 * ln(height) < -x * x { x } else { self.normal() }
    }

    /// A normal number beyond the tail's beginning (Marsaglia 1964).
    fn normal_tail(&mut self) -> f64 {
        loop {
            let (x, y) = (-ln(1.0 - self.uniform()) / TAIL, -ln(1.0 - self.uniform()));
            if 2.0 * y > x * x {
                return TAIL + x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};

    #[test]
    fn the_layers_close_at_the_top() {
        let (edge, density) = (ZIGGURAT.edges[LAYERS - 1], ZIGGURAT.densities[LAYERS - 1]);
        assert!((edge * (1.0 - density) - AREA).abs() < 1e-12, "{edge} {density}");
    }

    #[test]
    fn normal_numbers_fall_into_intervals_as_often_as_they_should() {
        // P(x < z) for z = 0.5, 1, 2, 3, 3.7: the last lies in the tail.
        let expected = [
            (0.0, 0.5),
            (0.5, 0.691_462_461_274_013),
            (1.0, 0.841_344_746_068_543),
            (2.0, 0.977_249_868_051_821),
            (3.0, 0.998_650_101_968_370),
            (3.7, 0.999_892_200_266_523),
        ];
        let count = 2_000_000;
        let mut stream = Stream::new(Key::new(1, Purpose::Model, 0), 0);
        let numbers: Vec<f64> = (0..count).map(|_| stream.normal()).collect();
        for (bound, p) in expected {
            for sign in [1.0, -1.0] {
                let found = numbers.iter().filter(|x| sign * **x < bound).count() as f64;
                let (mean, sd) = (f64::from(count) * p, (f64::from(count) * p * (1.0 - p)).sqrt());
                assert!((found - mean).abs() < 5.0 * sd, "{found} below {bound}, expected {mean} +- {sd}");
            }
        }
    }
}
