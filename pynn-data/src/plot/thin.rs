//! Curves with more points than the picture can show.

use super::canvas::Point;

/// Takes the points of a curve from left to right and keeps the first, lowest, highest and last of each half pixel.
#[derive(Debug, Default)]
pub(super) struct Thinned {
    line: Vec<Point>,
    column: i64,
    waiting: Vec<Point>,
}

impl Thinned {
    pub(super) fn add(&mut self, point: Point) {
        let column = (point.0 * 2.0).floor() as i64;
        if column != self.column {
            self.flush();
            self.column = column;
        }
        self.waiting.push(point);
    }

    /// The points kept so far; the next one begins another line.
    pub(super) fn take(&mut self) -> Vec<Point> {
        self.flush();
        std::mem::take(&mut self.line)
    }

    fn flush(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let count = waiting.len();
        if count <= 4 {
            return self.line.extend(waiting);
        }
        let by_height = |a: &usize, b: &usize| waiting[*a].1.total_cmp(&waiting[*b].1);
        let (lowest, highest) = ((0..count).min_by(by_height), (0..count).max_by(by_height));
        let mut kept: Vec<usize> =
            [Some(0), lowest, highest, Some(count - 1)].into_iter().flatten().collect();
        kept.sort_unstable();
        kept.dedup();
        self.line.extend(kept.into_iter().map(|number| waiting[number]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_within_a_pixel_is_kept() {
        let mut thinned = Thinned::default();
        (0..100).for_each(|n| thinned.add((f64::from(n) * 0.001, if n == 40 { 9.0 } else { 1.0 })));
        thinned.add((3.0, 2.0));
        let line = thinned.take();
        assert!(line.len() <= 5 && line.contains(&(0.04, 9.0)) && line.ends_with(&[(3.0, 2.0)]), "{line:?}");
        assert!(thinned.take().is_empty());
    }
}
