//! The protocol of windows, packets and slots, played by random nets under adversarial orders of events.

#[path = "common/net.rs"]
mod net;

use std::sync::Arc;

use net::{Cell, Net, Player, mix};
use proptest::prelude::*;
use pynn_core::error::Result;
use pynn_core::time::{Spike, Tick};
use pynn_music::clock::{Rhythm, Span};
use pynn_music::exchange::{Exchange, Node, Outbox, Turn};
use pynn_music::schedule::{Channel, Joint, Link, Schedule};
use pynn_music::transport::dry_run::rehearse;
use pynn_music::transport::thread::{Hub, ThreadTransport};
use pynn_music::transport::{Failure, Header, Patience, Transport};

/// A mailbox transport on which messages dawdle, as a random source says.
struct Dawdling {
    inner: ThreadTransport,
    random: u64,
    honest: bool,
    moves: u64,
}

impl Dawdling {
    fn refuses(&mut self) -> bool {
        self.random = mix(self.random, 1);
        !self.honest && self.random.is_multiple_of(2)
    }
}

impl Transport for Dawdling {
    fn begin(&mut self, span: Span) -> Result<()> {
        self.inner.begin(span)
    }

    fn try_send(&mut self, channel: usize, header: Header, spikes: &mut Vec<Spike>) -> Result<bool> {
        let sent = !self.refuses() && self.inner.try_send(channel, header, spikes)?;
        self.moves += u64::from(sent);
        Ok(sent)
    }

    fn try_take(&mut self, channel: usize, spikes: &mut Vec<Spike>) -> Result<Option<Header>> {
        let taken = if self.refuses() { None } else { self.inner.try_take(channel, spikes)? };
        self.moves += u64::from(taken.is_some());
        Ok(taken)
    }

    fn all_sent(&mut self) -> Result<bool> {
        Ok(true)
    }

    fn pause(&mut self, patience: &mut Patience) -> Result<()> {
        self.inner.pause(patience)
    }

    fn failure(&mut self) -> Option<Failure> {
        None
    }

    fn abort(&mut self, _failure: &Failure) {}
}

/// All ranks in one thread, polled in an order that `seed` chooses.
struct Play {
    ranks: Vec<(Exchange, Player, Dawdling)>,
    random: u64,
}

impl Play {
    fn new(net: &Net, schedule: &Schedule, seed: u64) -> Self {
        let hub = Hub::new(schedule);
        let rank = |rank: usize| {
            let player = Player {
                cell: Cell::new(net, rank),
                outgoing: schedule.outgoing(rank).len(),
                spikes: Vec::new(),
                prepared: 0,
            };
            let inner = ThreadTransport::new(Arc::clone(&hub), rank);
            let transport = Dawdling { inner, random: mix(seed, rank as u64), honest: false, moves: 0 };
            (Exchange::new(schedule, rank), player, transport)
        };
        Self { ranks: (0..net.steps.len()).map(rank).collect(), random: seed }
    }

    /// Whether the run ends; it does not when no rank can move any more.
    fn run(&mut self, span: Span) -> bool {
        for (exchange, _, transport) in &mut self.ranks {
            transport.honest = false;
            exchange.begin(span, transport).unwrap();
        }
        let mut done = vec![false; self.ranks.len()];
        let mut idle = 0;
        while !done.iter().all(|&done| done) {
            self.random = mix(self.random, 2);
            let honest = idle > 100;
            let favourite = (self.random % self.ranks.len() as u64) as usize;
            let order = if honest { 0..self.ranks.len() } else { favourite..favourite + 1 };
            let before = self.moves();
            let mut stepped = false;
            for rank in order.filter(|&rank| !done[rank]).collect::<Vec<_>>() {
                let (exchange, player, transport) = &mut self.ranks[rank];
                transport.honest = honest;
                let turn = exchange.turn(player, transport).unwrap();
                self.random = mix(self.random, 3);
                if matches!(turn, Turn::Waits(_)) && self.random.is_multiple_of(2) && exchange.can_prepare() {
                    exchange.prepare(player).unwrap();
                }
                done[rank] = turn == Turn::Done;
                assert!(!(done[rank] && player.prepared > 0), "a step is prepared that does not follow");
                stepped |= !matches!(turn, Turn::Waits(_));
            }
            if stepped || self.moves() > before {
                idle = 0;
            } else if honest {
                return false;
            } else {
                idle += 1;
            }
        }
        true
    }

    fn moves(&self) -> u64 {
        self.ranks.iter().map(|rank| rank.2.moves).sum()
    }

    fn spikes(&self) -> Vec<(i64, usize)> {
        let mut spikes: Vec<_> = self.ranks.iter().flat_map(|rank| rank.1.spikes.clone()).collect();
        spikes.sort_unstable();
        spikes
    }
}

fn nets() -> impl Strategy<Value = Net> {
    (2..=5usize)
        .prop_flat_map(|ranks| {
            let steps = prop::collection::vec(1..=5i64, ranks);
            let links = prop::collection::vec((0..ranks, 0..ranks, 0..24i64), 1..10);
            (steps, links)
        })
        .prop_map(|(steps, links)| {
            let links = links.into_iter().filter(|link| link.0 != link.1).map(|(from, to, extra)| {
                let least = steps[from].max(steps[to]);
                (from, to, least + extra)
            });
            Net { links: links.collect(), steps }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn plain_windows_never_deadlock_nor_delay_a_spike(
        net in nets(), cap in prop::option::of(1..12i64), runs in prop::collection::vec(1..4i64, 1..4), seed: u64,
    ) {
        let schedule = net.schedule(cap);
        let mut play = Play::new(&net, &schedule, seed);
        let mut start = 0;
        for run in runs {
            let end = start + run * net.grid();
            let span = Span::new(Tick(start), Tick(end));
            prop_assert!(rehearse(&schedule, span).is_ok());
            prop_assert!(play.run(span), "deadlock in {span:?}");
            start = end;
        }
        prop_assert_eq!(play.spikes(), net.reference(start));
    }

    #[test]
    fn the_dry_run_tells_which_windows_and_slots_get_stuck(
        net in nets(), windows in prop::collection::vec((1..8i64, 1..4usize), 20), length in 1..3i64, seed: u64,
    ) {
        let mut channels: Vec<Channel> = net.schedule(None).channels().to_vec();
        for (channel, &(factor, slots)) in channels.iter_mut().zip(&windows) {
            let window = Tick(net.steps[channel.from] * factor);
            channel.rhythm = Rhythm { window, ..channel.rhythm };
            channel.slots = slots;
        }
        let schedule = Schedule::from_channels(net.ticks(), channels);
        let end = length * net.grid();
        let span = Span::new(Tick(0), Tick(end));
        let mut play = Play::new(&net, &schedule, seed);
        let ends = play.run(span);
        prop_assert_eq!(rehearse(&schedule, span).is_ok(), ends);
        if ends {
            prop_assert_eq!(play.spikes(), net.reference(end));
        }
    }

    #[test]
    fn several_runs_equal_one_long_run(net in nets(), cuts in prop::collection::vec(1..5i64, 2..5), seed: u64) {
        let schedule = net.schedule(None);
        let grid = net.grid();
        let (mut once, mut often) = (Play::new(&net, &schedule, seed), Play::new(&net, &schedule, !seed));
        let total: i64 = cuts.iter().sum();
        prop_assert!(once.run(Span::new(Tick(0), Tick(total * grid))));
        let mut start = 0;
        for cut in cuts {
            prop_assert!(often.run(Span::new(Tick(start * grid), Tick((start + cut) * grid))));
            start += cut;
        }
        prop_assert_eq!(once.spikes(), often.spikes());
    }
}

/// Fires in given steps and notes when input is due.
struct Scripted {
    step: i64,
    sender_step: i64,
    fires: Vec<i64>,
    due: Vec<i64>,
    turns: Vec<(i64, i64)>,
}

impl Node for Scripted {
    fn deliver(&mut self, _rank: usize, spikes: &[Spike]) -> Result<()> {
        let due = |spike: &Spike| i64::from(spike.step) * self.sender_step + 200_000;
        self.due.extend(spikes.iter().map(|spike| Tick(due(spike)).steps_up(Tick(self.step)) * self.step));
        Ok(())
    }

    fn advance(&mut self, from: Tick, to: Tick, outbox: &mut Outbox) -> Result<()> {
        self.turns.push((from.0, to.0));
        for &step in self.fires.iter().filter(|&&step| from.0 < step * self.step && step * self.step <= to.0)
        {
            outbox.push(0, Spike { gid: 0, step: step as u32 });
        }
        Ok(())
    }
}

/// Time steps of 0.1 and 0.05 ms and a delay of 0.2 ms both ways.
#[test]
fn a_fine_and_a_coarse_simulator_exchange_every_delay_and_round_up() {
    let links =
        [(0, 1), (1, 0)].map(|(from, to)| Link { from, to, delay: Tick(200_000), projection: "loop".into() });
    let schedule = Schedule::new(vec![Tick(100_000), Tick(50_000)], links, None).unwrap();
    assert!(schedule.channels().iter().all(|channel| channel.rhythm.window == Tick(200_000)));
    let hub = Hub::new(&schedule);
    let node = |step, sender_step, fires: &[i64]| Scripted {
        step,
        sender_step,
        fires: fires.to_vec(),
        due: Vec::new(),
        turns: Vec::new(),
    };
    let mut nodes = [node(100_000, 50_000, &[1]), node(50_000, 100_000, &[1])];
    let mut ranks =
        [0, 1].map(|rank| (Exchange::new(&schedule, rank), ThreadTransport::new(Arc::clone(&hub), rank)));
    let span = Span::new(Tick(0), Tick(600_000));
    ranks.iter_mut().for_each(|(exchange, transport)| exchange.begin(span, transport).unwrap());
    let mut done = [false; 2];
    while done != [true; 2] {
        for rank in 0..2 {
            let (exchange, transport) = &mut ranks[rank];
            done[rank] |= !done[rank] && exchange.turn(&mut nodes[rank], transport).unwrap() == Turn::Done;
        }
    }
    // A's spike at 0.1 is due at 0.3 = step 6 of B; B's at 0.05 is due at 0.25, which A rounds up to 0.3.
    assert_eq!((&nodes[0].due[..], &nodes[1].due[..]), (&[300_000][..], &[300_000][..]));
    let thirds = [(0, 200_000), (200_000, 400_000), (400_000, 600_000)];
    assert_eq!((&nodes[0].turns[..], &nodes[1].turns[..]), (&thirds[..], &thirds[..]));
}

/// Tells its number of the step as the potential of its one cell, and notes what it is told and when.
struct Joined {
    tells: bool,
    now: i64,
    told: Vec<(i64, u32)>,
}

impl Node for Joined {
    fn deliver(&mut self, _rank: usize, spikes: &[Spike]) -> Result<()> {
        assert!(spikes.is_empty(), "potentials are no spikes");
        Ok(())
    }

    fn take_potentials(&mut self, _channel: usize, potentials: &[Spike]) -> Result<()> {
        self.told.extend(potentials.iter().map(|word| (self.now, word.gid)));
        Ok(())
    }

    fn advance(&mut self, _from: Tick, to: Tick, outbox: &mut Outbox) -> Result<()> {
        self.now = to.0;
        if self.tells {
            // As a spike it would be one of step 0, too late.
            outbox.push(0, Spike { step: 0, gid: to.0 as u32 });
        }
        Ok(())
    }
}

/// The two ends of a gap junction run to time 4, or to the error that `tells` leads to.
fn joined(tells: [bool; 2]) -> Result<[Vec<(i64, u32)>; 2]> {
    let joint = |from, to| Joint { from, to, cells: vec![from as u32], projections: vec!["gap".into()] };
    let schedule = Schedule::joined(vec![Tick(1); 2], Vec::new(), vec![joint(0, 1), joint(1, 0)])?;
    rehearse(&schedule, Span::new(Tick(0), Tick(4)))?;
    let hub = Hub::new(&schedule);
    let mut nodes = tells.map(|tells| Joined { tells, now: 0, told: Vec::new() });
    let mut ranks =
        [0, 1].map(|rank| (Exchange::new(&schedule, rank), ThreadTransport::new(Arc::clone(&hub), rank)));
    ranks
        .iter_mut()
        .try_for_each(|(exchange, transport)| exchange.begin(Span::new(Tick(0), Tick(4)), transport))?;
    let mut done = [false; 2];
    while done != [true; 2] {
        for rank in 0..2 {
            let (exchange, transport) = &mut ranks[rank];
            done[rank] |= !done[rank] && exchange.turn(&mut nodes[rank], transport)? == Turn::Done;
        }
    }
    Ok(nodes.map(|node| node.told))
}

#[test]
fn potentials_are_told_after_each_step_and_taken_before_the_next() {
    let each = vec![(1, 1), (2, 2), (3, 3), (4, 4)];
    assert_eq!(joined([true; 2]).unwrap(), [each.clone(), each]);
}

#[test]
fn a_packet_without_its_potentials_is_an_error_that_names_the_rank() {
    let error = joined([true, false]).unwrap_err();
    assert!(error.message().contains("packet 1 from rank 1 has not all potentials"), "{error}");
}
