//! Drawing cells: with and without putting back, without the cell itself.

use std::ops::Range;

use super::NOT_GIVEN;
use crate::connector::Ends;
use crate::random::Stream;

/// The cells of one end that may be drawn for a cell of the other: all, or all but itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidates {
    /// How many.
    pub(super) count: u32,
    /// The index that is left out; beyond all others for none.
    left_out: u32,
}

impl Candidates {
    /// The cells with indices `0..size`, without `left_out`.
    pub(super) fn new(size: u32, left_out: Option<u32>) -> Self {
        Self { count: size - u32::from(left_out.is_some()), left_out: left_out.unwrap_or(u32::MAX) }
    }

    /// The index of candidate number `number`.
    #[inline]
    pub(super) fn index(self, number: u32) -> u32 {
        number + u32::from(number >= self.left_out)
    }
}

/// Draws candidates; keeps its memory from row to row.
#[derive(Debug, Default)]
pub(super) struct Drawer {
    drawn: Vec<u32>,
    /// All but the drawn ones.
    others: Vec<u32>,
    /// One bit a candidate; all clear between rows.
    marks: Vec<u64>,
}

impl Drawer {
    /// Draws `n` candidates, each time from all of them.
    pub(super) fn with_replacement(
        &mut self,
        stream: &mut Stream,
        candidates: Candidates,
        n: usize,
    ) -> &[u32] {
        self.drawn.clear();
        self.drawn.extend((0..n).map(|_| candidates.index(stream.below(candidates.count))));
        &self.drawn
    }

    /// Draws `n` different candidates; there must be so many. In the order drawn up to half of them, beyond that, in
    /// ascending order.
    pub(super) fn distinct(&mut self, stream: &mut Stream, candidates: Candidates, n: usize) -> &[u32] {
        let all = candidates.count as usize;
        self.marks.resize(self.marks.len().max(all.div_ceil(64)), 0);
        if n <= all / 2 {
            self.draw_marked(stream, candidates, n);
            self.clear_marks();
            self.drawn.iter_mut().for_each(|number| *number = candidates.index(*number));
            return &self.drawn;
        }
        // Few are left: draw those that stay behind.
        self.draw_marked(stream, candidates, all - n);
        let marked = |number: u32| self.marks[number as usize / 64] >> (number % 64) & 1 == 1;
        self.others.clear();
        let others = (0..candidates.count).filter(|number| !marked(*number));
        self.others.extend(others.map(|number| candidates.index(number)));
        self.clear_marks();
        &self.others
    }

    /// Draws and marks `n` different numbers, again where a number has been drawn before.
    fn draw_marked(&mut self, stream: &mut Stream, candidates: Candidates, n: usize) {
        self.drawn.clear();
        self.drawn.reserve(n);
        while self.drawn.len() < n {
            let number = stream.below(candidates.count);
            let (word, bit) = (&mut self.marks[number as usize / 64], 1 << (number % 64));
            if *word & bit == 0 {
                *word |= bit;
                self.drawn.push(number);
            }
        }
    }

    fn clear_marks(&mut self) {
        for number in &self.drawn {
            self.marks[*number as usize / 64] = 0;
        }
    }
}

impl Ends<'_> {
    /// Which sources may connect to target `target` where two cells connect in one direction only, the one of the larger
    /// global id to the other, and none to itself. Cells that are in one end only have one direction anyway.
    pub(super) fn one_direction(&self, target: u32) -> impl Fn(u32) -> bool {
        let own = self.own_index(target).is_some();
        let gid = self.targets.gid(target);
        move |source| !own || self.own_target(source).is_none() || self.sources.gid(source) > gid
    }

    /// How many pairs of a source and a target there are in [one direction](Self::one_direction).
    pub(super) fn pairs_in_one_direction(&self) -> u64 {
        let own = self.own_before(self.targets.size());
        self.pairs(0..self.targets.size(), true) - own * (own + 1) / 2
    }

    /// How many pairs of a source and a target in `targets` there are.
    pub(super) fn pairs(&self, targets: Range<u32>, allow_self_connections: bool) -> u64 {
        let all = u64::from(targets.end - targets.start) * u64::from(self.sources.size());
        if allow_self_connections {
            return all;
        }
        all - (self.own_before(targets.end) - self.own_before(targets.start))
    }
}

/// What is drawn for a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Available {
    /// What the cell is: `"target"`.
    pub(super) of: &'static str,
    /// What is drawn: `"sources"`.
    pub(super) what: &'static str,
    /// How many there are.
    pub(super) size: u32,
    /// Whether the cell itself is among them, but may not be drawn.
    pub(super) among: bool,
    /// Whether one may be drawn several times.
    pub(super) with_replacement: bool,
}

/// Says what is wrong with drawing `n` cells for a cell.
pub(super) fn check_number(connector: &str, n: usize, available: Available) -> Result<(), String> {
    check_given(connector, n)?;
    let Available { what, size, among, with_replacement, .. } = available;
    let available = size as usize - usize::from(among);
    let without = if among { ", not counting the cell itself" } else { "" };
    if n > available && !with_replacement {
        return Err(format!(
            "{connector} draws n = {n} different {what}, but there are {available}{without}; lower n, or set with_replacement: true"
        ));
    }
    if n > 0 && available == 0 {
        return Err(format!(
            "{connector} draws n = {n} {what}, but there are none{without}; allow_self_connections: true would allow it"
        ));
    }
    Ok(())
}

/// Says that the number of connections is missing, if it is, or beyond all measure.
pub(super) fn check_given(connector: &str, n: usize) -> Result<(), String> {
    if n == NOT_GIVEN {
        return Err(format!("{connector} needs n; write {connector} {{ n: 100, .. }}"));
    }
    if n as u64 >= 1 << 48 {
        return Err(format!("{connector}: n is {n}, more connections than any machine holds; lower n"));
    }
    Ok(())
}
