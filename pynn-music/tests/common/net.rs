//! Random nets of one cell a rank, in integers, with a reference that knows no ranks.

#![allow(dead_code, unreachable_pub, reason = "shared by several test programs")]

use std::collections::BTreeMap;

use pynn_core::error::Result;
use pynn_core::time::{Spike, Tick};
use pynn_music::exchange::{Node, Outbox};
use pynn_music::schedule::{Link, Schedule};

/// One cell per rank; `links` are (from, to, delay).
#[derive(Clone, Debug)]
pub struct Net {
    pub steps: Vec<i64>,
    pub links: Vec<(usize, usize, i64)>,
}

impl Net {
    pub fn schedule(&self, cap: Option<i64>) -> Schedule {
        let links = self.links.iter().map(|&(from, to, delay)| Link {
            from,
            to,
            delay: Tick(delay),
            projection: format!("{from} to {to}"),
        });
        Schedule::new(self.ticks(), links, cap.map(Tick)).unwrap()
    }

    pub fn ticks(&self) -> Vec<Tick> {
        self.steps.iter().map(|&step| Tick(step)).collect()
    }

    /// The smallest time that all ranks step to.
    pub fn grid(&self) -> i64 {
        (1..).find(|t| self.steps.iter().all(|step| t % step == 0)).unwrap()
    }

    /// All spikes (stamp, rank) up to `end`, computed step by step without ranks, windows or packets.
    pub fn reference(&self, end: i64) -> Vec<(i64, usize)> {
        let mut cells: Vec<Cell> = (0..self.steps.len()).map(|rank| Cell::new(self, rank)).collect();
        let mut spikes = Vec::new();
        for time in 1..=end {
            for rank in 0..cells.len() {
                if time % self.steps[rank] == 0 && cells[rank].step() {
                    spikes.push((time, rank));
                    let step = (time / self.steps[rank]) as u32;
                    cells.iter_mut().for_each(|cell| cell.receive(rank, step));
                }
            }
        }
        spikes.sort_unstable();
        spikes
    }
}

/// Integer dynamics that any lost, doubled or shifted spike sends elsewhere.
pub struct Cell {
    rank: usize,
    steps: Vec<i64>,
    inputs: Vec<(usize, i64)>,
    now: i64,
    state: u64,
    due: BTreeMap<i64, u64>,
}

impl Cell {
    pub fn new(net: &Net, rank: usize) -> Self {
        let inputs = net.links.iter().filter(|link| link.1 == rank).map(|link| (link.0, link.2)).collect();
        Self { rank, steps: net.steps.clone(), inputs, now: 0, state: rank as u64, due: BTreeMap::new() }
    }

    pub fn receive(&mut self, from: usize, step: u32) {
        let own = self.steps[self.rank];
        for &(_, delay) in self.inputs.iter().filter(|input| input.0 == from) {
            let due = (i64::from(step) * self.steps[from] + delay + own - 1) / own;
            assert!(due > self.now, "a spike from {from} is late at rank {}", self.rank);
            let sum = self.due.entry(due).or_default();
            *sum = sum.wrapping_add(mix(from as u64 + 1, u64::from(step)));
        }
    }

    pub fn step(&mut self) -> bool {
        self.now += 1;
        let input = self.due.remove(&self.now).unwrap_or(0);
        self.state = mix(self.state, input);
        self.state.is_multiple_of(3)
    }
}

pub fn mix(a: u64, b: u64) -> u64 {
    let mut z = (a ^ b.rotate_left(32)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) ^ (z >> 31)
}

pub struct Player {
    pub cell: Cell,
    pub outgoing: usize,
    pub spikes: Vec<(i64, usize)>,
    /// How many pieces are prepared of what the next step has.
    pub prepared: usize,
}

impl Node for Player {
    fn deliver(&mut self, rank: usize, spikes: &[Spike]) -> Result<()> {
        spikes.iter().for_each(|spike| self.cell.receive(rank, spike.step));
        Ok(())
    }

    fn prepare(&mut self) -> Result<bool> {
        const PIECES: usize = 3;
        assert!(self.prepared < PIECES, "asked again when nothing was left");
        self.prepared += 1;
        Ok(self.prepared < PIECES)
    }

    fn advance(&mut self, from: Tick, to: Tick, outbox: &mut Outbox) -> Result<()> {
        self.prepared = 0;
        let step = self.cell.steps[self.cell.rank];
        assert_eq!(from.0, self.cell.now * step);
        while self.cell.now * step < to.0 {
            if self.cell.step() {
                self.spikes.push((self.cell.now * step, self.cell.rank));
                let spike = Spike { gid: self.cell.rank as u32, step: self.cell.now as u32 };
                (0..self.outgoing).for_each(|index| outbox.push(index, spike));
            }
        }
        Ok(())
    }
}
