//! The ends of projections: which cells, of which populations.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::population::PopulationId;

/// Cells of a population, by their indices in it.
#[derive(Clone, PartialEq, Eq)]
pub enum Selection {
    /// Consecutive ones.
    Range(Range<usize>),
    /// Those listed, ascending, none twice.
    List(Arc<[u32]>),
}

impl Selection {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Range(range) => range.len(),
            Self::List(list) => list.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The index in the population of cell number `number` of these.
    ///
    /// # Panics
    /// When a list has no such number.
    #[inline]
    #[must_use]
    pub fn get(&self, number: usize) -> usize {
        match self {
            Self::Range(range) => range.start + number,
            Self::List(list) => list[number] as usize,
        }
    }

    /// The indices in the population, ascending.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = usize> {
        (0..self.len()).map(|number| self.get(number))
    }

    /// The number of the cell with index `cell` in the population, if it is one of these.
    #[inline]
    #[must_use]
    pub fn number_of(&self, cell: usize) -> Option<usize> {
        match self {
            Self::Range(range) => range.contains(&cell).then(|| cell - range.start),
            Self::List(list) => list.binary_search_by(|other| (*other as usize).cmp(&cell)).ok(),
        }
    }

    /// From the first of these to the last: a range with perhaps others between.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::Range(range) => range.clone(),
            Self::List(list) => list
                .first()
                .map_or(0..0, |first| *first as usize..list.last().map_or(0, |last| *last as usize + 1)),
        }
    }

    /// Those of these whose index is in `cells`, as indices that count from its start.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn shared(&self, cells: &Range<usize>) -> Self {
        let numbers = self.within(cells);
        match self {
            Self::Range(range) => {
                let first = (range.start + numbers.start).saturating_sub(cells.start);
                Self::Range(first..first + numbers.len())
            }
            Self::List(list) => {
                Self::List(list[numbers].iter().map(|cell| cell - cells.start as u32).collect())
            }
        }
    }

    /// The cells that are among these and among `others`.
    #[must_use]
    pub fn intersection(&self, others: &Self) -> Self {
        if let (Self::Range(one), Self::Range(other)) = (self, others) {
            let start = one.start.max(other.start);
            return Self::Range(start..one.end.min(other.end).max(start));
        }
        Self::ascending(self.iter().filter(|cell| others.number_of(*cell).is_some()))
    }

    /// These and `others`, each once.
    #[must_use]
    pub fn union(&self, others: &Self) -> Self {
        let mut cells: Vec<usize> = self.iter().chain(others.iter()).collect();
        cells.sort_unstable();
        cells.dedup();
        Self::ascending(cells)
    }

    /// A range where there are no others between.
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    fn ascending(cells: impl IntoIterator<Item = usize>) -> Self {
        let list: Vec<u32> = cells.into_iter().map(|cell| cell as u32).collect();
        let cells = Self::List(list.into());
        let span = cells.span();
        if span.len() == cells.len() { Self::Range(span) } else { cells }
    }

    /// Which of these, by number, have their index in the population in `cells`: consecutive ones, since they ascend.
    #[must_use]
    pub fn within(&self, cells: &Range<usize>) -> Range<usize> {
        let (first, last) = match self {
            Self::Range(range) => {
                let number = |cell: usize| cell.clamp(range.start, range.end.max(range.start)) - range.start;
                (number(cells.start), number(cells.end))
            }
            Self::List(list) => {
                let number = |cell: usize| list.partition_point(|other| (*other as usize) < cell);
                (number(cells.start), number(cells.end))
            }
        };
        first..last.max(first)
    }
}

/// A range as it is; a longer list as a digest of it.
impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range(range) => write!(f, "{range:?}"),
            Self::List(list) if list.len() <= 16 => write!(f, "{list:?}"),
            Self::List(list) => {
                let mut digest = crate::digest::Digest::new();
                list.iter().for_each(|index| digest.write_u64(u64::from(*index)));
                write!(f, "{} cells, digest {:016x}", list.len(), digest.finish())
            }
        }
    }
}

/// One end of a projection: cells of one or several populations. The index of a cell in the end goes through the parts
/// one after the other.
#[derive(Clone, Debug)]
pub struct End {
    parts: Arc<[EndPart]>,
    cells: Cells,
}

/// The cells of an end that are of one population.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndPart {
    /// The population.
    pub population: PopulationId,
    /// Which of its cells.
    pub cells: Selection,
    /// The index in the end of the first of them.
    pub first: u32,
}

impl EndPart {
    /// The indices in the end of those cells whose index in the population is in `cells`: consecutive ones.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn within(&self, cells: &Range<usize>) -> Range<u32> {
        let numbers = self.cells.within(cells);
        self.first + numbers.start as u32..self.first + numbers.end as u32
    }

    /// The indices in the end of all cells.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn indices(&self) -> Range<u32> {
        self.first..self.first + self.cells.len() as u32
    }

    /// The index in the population of the cell with index `index` in the end.
    ///
    /// # Panics
    /// When the cell is of another part.
    #[inline]
    #[must_use]
    pub fn cell(&self, index: u32) -> usize {
        self.cells.get((index - self.first) as usize)
    }
}

impl Default for End {
    fn default() -> Self {
        Self { parts: Arc::new([]), cells: Cells::default() }
    }
}

impl End {
    /// The given cells of populations whose first cell has the given global id.
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub(crate) fn new(chosen: impl IntoIterator<Item = (PopulationId, u32, Selection)>) -> Self {
        let (mut parts, mut blocks, mut first) = (Vec::new(), Vec::new(), 0);
        for (population, first_gid, cells) in chosen {
            let size = cells.len() as u32;
            blocks.push(Block { first, first_gid, cells: cells.clone() });
            parts.push(EndPart { population, cells, first });
            first += size;
        }
        Self { parts: parts.into(), cells: Cells { blocks: blocks.into(), size: first } }
    }

    /// The parts, in order of the indices of their cells.
    #[must_use]
    pub fn parts(&self) -> &[EndPart] {
        &self.parts
    }

    /// The population, where it is one.
    #[must_use]
    pub fn population(&self) -> Option<PopulationId> {
        let mut populations = self.populations();
        let first = populations.next()?;
        populations.all(|other| other == first).then_some(first)
    }

    /// The populations, one a part.
    pub fn populations(&self) -> impl Iterator<Item = PopulationId> {
        self.parts.iter().map(|part| part.population)
    }

    /// The cells by global id.
    #[must_use]
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// How many cells.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.cells.size
    }
}

/// Cells by global id: those of one end of a projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    blocks: Arc<[Block]>,
    size: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    /// The index of its first cell among all.
    first: u32,
    /// The global id of cell 0 of its population.
    first_gid: u32,
    cells: Selection,
}

impl Block {
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    fn gid(&self, index: u32) -> u32 {
        self.first_gid + self.cells.get((index - self.first) as usize) as u32
    }

    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    fn index_of(&self, gid: u32) -> Option<u32> {
        let cell = gid.checked_sub(self.first_gid)?;
        self.cells.number_of(cell as usize).map(|number| self.first + number as u32)
    }
}

impl Default for Cells {
    fn default() -> Self {
        Self { blocks: Arc::new([]), size: 0 }
    }
}

impl Cells {
    /// `size` cells with consecutive global ids.
    #[must_use]
    pub fn range(first_gid: u32, size: u32) -> Self {
        Self::selected([(first_gid, Selection::Range(0..size as usize))])
    }

    /// Cells of populations, each given by the global id of its first cell.
    #[must_use]
    pub fn selected(chosen: impl IntoIterator<Item = (u32, Selection)>) -> Self {
        End::new(chosen.into_iter().map(|(gid, cells)| (PopulationId(0), gid, cells))).cells
    }

    /// How many cells.
    #[inline]
    #[must_use]
    pub fn size(&self) -> u32 {
        self.size
    }

    /// The global id of the cell with index `index`.
    ///
    /// # Panics
    /// When there is no such cell.
    #[inline]
    #[must_use]
    pub fn gid(&self, index: u32) -> u32 {
        match &*self.blocks {
            [block] => block.gid(index),
            blocks => blocks[blocks.partition_point(|block| block.first <= index) - 1].gid(index),
        }
    }

    /// The index of the cell with global id `gid`, if it is one of these.
    #[must_use]
    pub fn index_of(&self, gid: u32) -> Option<u32> {
        self.blocks.iter().find_map(|block| block.index_of(gid))
    }

    /// The first global id, if they are consecutive.
    #[must_use]
    pub fn consecutive(&self) -> Option<u32> {
        match &*self.blocks {
            [block @ Block { cells: Selection::Range(_), .. }] => Some(block.gid(0)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed() -> Cells {
        let list = Selection::List([3, 4, 7].into());
        Cells::selected([(100, list), (50, Selection::Range(2..4)), (100, Selection::Range(0..2))])
    }

    #[test]
    fn indices_go_through_the_parts_one_after_the_other() {
        let cells = mixed();
        let gids: Vec<u32> = (0..cells.size()).map(|index| cells.gid(index)).collect();
        assert_eq!(gids, [103, 104, 107, 52, 53, 100, 101]);
        for (index, gid) in (0..).zip(gids) {
            assert_eq!(cells.index_of(gid), Some(index));
        }
        assert_eq!([49, 51, 54, 102, 105, 108].map(|gid| cells.index_of(gid)), [None; 6]);
        assert_eq!((cells.consecutive(), Cells::range(7, 3).consecutive()), (None, Some(7)));
    }

    #[test]
    fn selections_are_joined_and_intersected_by_cell() {
        let list = Selection::List([1, 4, 5].into());
        let range = Selection::Range(2..5);
        assert_eq!(list.union(&range), Selection::Range(1..6));
        assert_eq!(list.union(&Selection::Range(7..8)), Selection::List([1, 4, 5, 7].into()));
        assert_eq!(list.intersection(&range), Selection::Range(4..5));
        assert!(list.intersection(&Selection::Range(2..4)).is_empty());
        assert_eq!((list.number_of(5), list.number_of(2), range.number_of(4)), (Some(2), None, Some(2)));
        assert_eq!((list.span(), Selection::Range(0..0).span()), (1..6, 0..0));
    }

    #[test]
    fn the_share_of_a_block_counts_from_its_start() {
        let list = Selection::List([1, 4, 5].into());
        assert_eq!(list.shared(&(4..9)), Selection::List([0, 1].into()));
        assert_eq!(Selection::Range(2..5).shared(&(0..3)), Selection::Range(2..3));
        assert_eq!(Selection::Range(2..5).shared(&(3..9)), Selection::Range(0..2));
        assert!(Selection::Range(2..5).shared(&(6..9)).is_empty() && list.shared(&(6..9)).is_empty());
    }

    #[test]
    fn what_lies_in_a_share_of_the_population_is_consecutive_in_the_end() {
        let part = |cells| EndPart { population: PopulationId(0), cells, first: 10 };
        let list = part(Selection::List([3, 4, 7].into()));
        assert_eq!(
            [0..3, 0..4, 4..8, 8..20].map(|share| list.within(&share)),
            [10..10, 10..11, 11..13, 13..13]
        );
        let range = part(Selection::Range(2..6));
        assert_eq!(
            [0..2, 0..3, 3..9, 6..9].map(|share| range.within(&share)),
            [10..10, 10..11, 11..14, 14..14]
        );
        assert_eq!((list.cell(12), range.cell(12), list.indices()), (7, 4, 10..13));
    }
}
