//! Who sends to whom, and in which windows: the plan that all ranks compute alike before the first step.

use std::collections::BTreeMap;
use std::fmt;

use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::time::Tick;

use crate::clock::Rhythm;

/// Connections from cells of one rank to cells of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The sending rank.
    pub from: usize,
    /// The receiving rank.
    pub to: usize,
    /// The smallest delay.
    pub delay: Tick,
    /// The projection that the connections belong to, as errors name it.
    pub projection: String,
}

/// Gap junctions between cells of two ranks of a simulator: what one tells the other after each step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joint {
    /// The sending rank.
    pub from: usize,
    /// The receiving rank.
    pub to: usize,
    /// The cells of the sender, by their global ids, ascending, whose potentials the receiver needs.
    pub cells: Vec<u32>,
    /// The projections that the gap junctions belong to, as errors name them.
    pub projections: Vec<String>,
}

/// A directed pair of ranks that share connections: one first-in first-out stream of numbered packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The sending rank.
    pub from: usize,
    /// The receiving rank.
    pub to: usize,
    /// When packets leave and are needed.
    pub rhythm: Rhythm,
    /// How many packets may be under way.
    pub slots: usize,
    /// The projections that use it, as errors name them; the one with the smallest delay first.
    pub projections: Vec<String>,
}

/// `1->3 (exc -> inh)`.
impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}->{} ({}", self.from, self.to, self.projections.first().map_or("?", String::as_str))?;
        match self.projections.len() {
            0 | 1 => write!(f, ")"),
            n => write!(f, " and {} more)", n - 1),
        }
    }
}

/// All channels of a run.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Schedule {
    steps: Vec<Tick>,
    channels: Vec<Channel>,
    incoming: Vec<Vec<usize>>,
    outgoing: Vec<Vec<usize>>,
    /// For each channel the cells whose potentials it carries.
    potentials: Vec<Vec<u32>>,
}

impl Schedule {
    /// The plan for ranks with the time steps `steps` that share `links`: one channel per directed pair,
    /// whose window is its smallest delay, rounded down to the sender's step and at most `cap`.
    ///
    /// # Errors
    /// When a delay is below one step of the sender or the receiver; the text names the projection.
    pub fn new(steps: Vec<Tick>, links: impl IntoIterator<Item = Link>, cap: Option<Tick>) -> Result<Self> {
        let mut pairs: BTreeMap<(usize, usize), Vec<(Tick, String)>> = BTreeMap::new();
        for link in links {
            check_delay(&steps, &link)?;
            pairs.entry((link.from, link.to)).or_default().push((link.delay, link.projection));
        }
        let channels = pairs.into_iter().map(|((from, to), mut uses)| {
            uses.sort();
            let delay = uses[0].0;
            let window = window(delay, steps[from], cap);
            let mut projections: Vec<String> = Vec::new();
            for (_, name) in uses {
                if !projections.contains(&name) {
                    projections.push(name);
                }
            }
            let rhythm = Rhythm { delay, window };
            Channel { from, to, rhythm, slots: rhythm.slots(), projections }
        });
        let channels = channels.collect();
        Ok(Self::from_channels(steps, channels))
    }

    /// The plan for ranks that share `links` and, within a simulator, gap junctions: their channels have a window of one
    /// step, and carry potentials.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn joined(steps: Vec<Tick>, mut links: Vec<Link>, joints: Vec<Joint>) -> Result<Self> {
        for Joint { from, to, projections, .. } in &joints {
            let link =
                |name: &String| Link { from: *from, to: *to, delay: steps[*from], projection: name.clone() };
            links.extend(projections.iter().map(link));
        }
        let mut schedule = Self::new(steps, links, None)?;
        for Joint { from, to, cells, .. } in joints {
            let mut channels = schedule.channels.iter();
            if let Some(id) = channels.position(|channel| (channel.from, channel.to) == (from, to)) {
                schedule.potentials[id] = cells;
            }
        }
        Ok(schedule)
    }

    /// A plan with these very channels, whatever they are: for experiments and tests. A plan that gets stuck is
    /// found by [`rehearse`](crate::transport::dry_run::rehearse).
    #[must_use]
    pub fn from_channels(steps: Vec<Tick>, channels: Vec<Channel>) -> Self {
        let mut incoming = vec![Vec::new(); steps.len()];
        let mut outgoing = vec![Vec::new(); steps.len()];
        for (id, channel) in channels.iter().enumerate() {
            outgoing[channel.from].push(id);
            incoming[channel.to].push(id);
        }
        let potentials = vec![Vec::new(); channels.len()];
        Self { steps, channels, incoming, outgoing, potentials }
    }

    /// The number of ranks.
    #[must_use]
    pub fn ranks(&self) -> usize {
        self.steps.len()
    }

    /// The time step of `rank`.
    #[must_use]
    pub fn step(&self, rank: usize) -> Tick {
        self.steps[rank]
    }

    /// All channels, ordered by sender, then receiver; their index is their id.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// The cells, by their global ids, whose potentials each packet of channel `id` carries behind its spikes: those at the
    /// end of its window.
    #[must_use]
    pub fn potentials(&self, id: usize) -> &[u32] {
        &self.potentials[id]
    }

    /// Whether ranks tell each other potentials.
    #[must_use]
    pub fn is_joined(&self) -> bool {
        self.potentials.iter().any(|cells| !cells.is_empty())
    }

    /// The ids of the channels into `rank`.
    #[must_use]
    pub fn incoming(&self, rank: usize) -> &[usize] {
        &self.incoming[rank]
    }

    /// The ids of the channels out of `rank`.
    #[must_use]
    pub fn outgoing(&self, rank: usize) -> &[usize] {
        &self.outgoing[rank]
    }
}

fn check_delay(steps: &[Tick], link: &Link) -> Result<()> {
    let (sender, receiver) = (steps[link.from], steps[link.to]);
    let (step, whose) = if sender >= receiver { (sender, "sender") } else { (receiver, "receiver") };
    if link.delay >= step {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Description,
        format!(
            "projection {}: its smallest delay of {} is below one time step of the {whose} ({step}); \
             lengthen the delay or shorten the time step",
            link.projection, link.delay
        ),
    ))
}

fn window(delay: Tick, step: Tick, cap: Option<Tick>) -> Tick {
    let longest = cap.map_or(delay, |cap| delay.min(cap)).max(step);
    step * longest.steps_down(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(from: usize, to: usize, delay: i64, projection: &str) -> Link {
        Link { from, to, delay: Tick(delay), projection: projection.into() }
    }

    #[test]
    fn the_window_of_a_pair_is_its_smallest_delay_on_the_senders_grid() {
        let links = [link(0, 1, 25, "a"), link(0, 1, 17, "b"), link(1, 0, 40, "c")];
        let schedule = Schedule::new(vec![Tick(10), Tick(5)], links, None).unwrap();
        let [forth, back] = schedule.channels() else { panic!("two channels") };
        assert_eq!(forth.rhythm, Rhythm { delay: Tick(17), window: Tick(10) });
        assert_eq!(back.rhythm, Rhythm { delay: Tick(40), window: Tick(40) });
        assert_eq!(forth.to_string(), "0->1 (b and 1 more)");
    }

    #[test]
    fn ranks_without_connections_share_no_channel() {
        let schedule = Schedule::new(vec![Tick(1); 3], [link(0, 2, 3, "a")], None).unwrap();
        assert!(schedule.incoming(1).is_empty() && schedule.outgoing(1).is_empty());
        assert_eq!((schedule.outgoing(0), schedule.incoming(2)), (&[0][..], &[0][..]));
    }

    #[test]
    fn a_delay_below_a_step_is_refused_by_the_name_of_its_projection() {
        for (steps, whose) in [([10, 5], "sender"), ([5, 10], "receiver")] {
            let steps = steps.map(Tick).to_vec();
            let error = Schedule::new(steps, [link(0, 1, 9, "exc -> inh")], None).unwrap_err();
            assert!(error.message().contains("exc -> inh") && error.message().contains(whose), "{error}");
        }
    }

    #[test]
    fn gap_junctions_make_windows_of_one_step() {
        let joint = |from, to, cells: &[u32]| {
            let projections = vec!["gap".to_owned(), "more".to_owned()];
            Joint { from, to, cells: cells.to_vec(), projections }
        };
        let joints = vec![joint(0, 1, &[3]), joint(1, 0, &[7, 9])];
        let schedule =
            Schedule::joined(vec![Tick(10); 3], vec![link(0, 1, 40, "a"), link(2, 1, 40, "b")], joints);
        let schedule = schedule.unwrap();
        let told = |id: usize| (schedule.channels()[id].to_string(), schedule.potentials(id));
        assert_eq!(told(0), ("0->1 (gap and 2 more)".to_owned(), &[3][..]));
        assert_eq!(told(1), ("1->0 (gap and 1 more)".to_owned(), &[7, 9][..]));
        assert_eq!(told(2), ("2->1 (b)".to_owned(), &[][..]));
        let windows: Vec<i64> = schedule.channels().iter().map(|channel| channel.rhythm.window.0).collect();
        assert_eq!(windows, [10, 10, 40]);
    }

    #[test]
    fn a_capped_window_gets_the_slots_it_needs() {
        let schedule =
            Schedule::new(vec![Tick(10), Tick(10)], [link(0, 1, 100, "a")], Some(Tick(25))).unwrap();
        let channel = &schedule.channels()[0];
        assert_eq!((channel.rhythm.window, channel.slots), (Tick(20), 5));
    }
}
