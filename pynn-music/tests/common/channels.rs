//! What channels between MPI processes do, without simulations: scenarios for processes that take themselves to be on one
//! machine or on several.

#![allow(unreachable_pub, reason = "a module of a test program")]

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use pynn_core::error::ErrorKind;
use pynn_core::time::{Spike, Tick};
use pynn_music::clock::Span;
use pynn_music::exchange::{Exchange, Turn};
use pynn_music::schedule::Schedule;
use pynn_music::transport::{Failure, Header, MpiTransport, Patience, Topic, Transport, World};

use crate::mpirun;
use crate::net::{Cell, Net, Player, mix};

fn open(machines: &str) -> Rc<World> {
    let rank = mpirun::rank() as u16;
    let place = BTreeMap::from([("together", 0), ("apart", rank), ("pairs", rank / 2)])[machines];
    World::open_at(place).unwrap()
}

fn transport(world: &Rc<World>, schedule: &Schedule) -> MpiTransport {
    MpiTransport::new(world.clone(), schedule, Duration::from_secs(60))
}

/// All ranks send to all others, in windows of one step.
fn all_to_all(ranks: usize) -> Schedule {
    let pairs = (0..ranks).flat_map(|from| (0..ranks).map(move |to| (from, to, 1)));
    let links = pairs.filter(|(from, to, _)| from != to).collect();
    Net { steps: vec![1; ranks], links }.schedule(None)
}

/// The net that all ranks make of `seed`.
fn random_net(seed: u64, ranks: usize) -> (Net, Vec<i64>) {
    let mut state = seed;
    let mut draw = |n: u64| {
        state = mix(state, 3);
        (state % n) as i64
    };
    let steps: Vec<i64> = (0..ranks).map(|_| 1 + draw(5)).collect();
    let mut links = Vec::new();
    for _ in 0..1 + draw(9) {
        let (from, to) = (draw(ranks as u64) as usize, draw(ranks as u64) as usize);
        if from != to {
            links.push((from, to, steps[from].max(steps[to]) + draw(24)));
        }
    }
    let runs = (0..1 + draw(3)).map(|_| 1 + draw(3)).collect();
    (Net { steps, links }, runs)
}

/// 300 random nets, one after the other, each for several runs.
pub fn random_nets(machines: &str) {
    let world = open(machines);
    let (rank, mut nets) = (world.rank(), 0);
    for seed in 0..300 {
        let (net, runs) = random_net(seed, world.size());
        let schedule = net.schedule((seed % 3 == 0).then_some(4));
        let mut transport = transport(&world, &schedule);
        let mut exchange = Exchange::new(&schedule, rank);
        let outgoing = schedule.outgoing(rank).len();
        let mut player = Player { cell: Cell::new(&net, rank), outgoing, spikes: Vec::new(), prepared: 0 };
        let mut start = 0;
        for run in runs {
            let end = start + run * net.grid();
            exchange.begin(Span::new(Tick(start), Tick(end)), &mut transport).unwrap();
            let mut patience = Patience::default();
            loop {
                match exchange.turn(&mut player, &mut transport).unwrap() {
                    Turn::Stepped => patience.reset(),
                    Turn::Waits(_) => transport.pause(&mut patience).unwrap(),
                    Turn::Done => break,
                }
            }
            start = end;
        }
        let own = net.reference(start).into_iter().filter(|spike| spike.1 == rank);
        assert!(own.eq(player.spikes.iter().copied()), "net {seed}");
        nets += 1;
    }
    World::close(world);
    println!("nets{rank} {nets}");
}

/// Around what a slot, its room in shared memory and a first message hold.
const SIZES: [u32; 15] = [0, 1, 10, 11, 12, 0, 494, 495, 496, 1023, 1024, 1025, 60_000, 3, 5_000];

fn packet(from: usize, number: u32) -> Vec<Spike> {
    let size = SIZES[(number as usize + from) % SIZES.len()];
    (0..size).map(|gid| Spike { gid: gid ^ number << 20, step: number + from as u32 }).collect()
}

/// Three runs, in each of which every rank sends 100 packets to each other and takes theirs whenever they come.
pub fn packets(machines: &str) {
    const PACKETS: u32 = 100;
    let world = open(machines);
    let rank = world.rank();
    let schedule = all_to_all(world.size());
    let mut transport = transport(&world, &schedule);
    let mut runs = 0;
    for run in 0..3 {
        let start = Tick(run * i64::from(PACKETS));
        transport.begin(Span::new(start, start + Tick(PACKETS.into()))).unwrap();
        let mut done = vec![0; schedule.channels().len()];
        let mut spikes = Vec::new();
        let mut patience = Patience::default();
        let both = [schedule.outgoing(rank), schedule.incoming(rank)].concat();
        while both.iter().any(|&id| done[id] < PACKETS) || !transport.all_sent().unwrap() {
            for &id in &both {
                if done[id] == PACKETS {
                    continue;
                }
                let (from, number) = (schedule.channels()[id].from, done[id] + 1);
                let header = Header { number, last: number == PACKETS };
                let expected = packet(from, number);
                if from == rank {
                    spikes.clone_from(&expected);
                    let sent = transport.try_send(id, header, &mut spikes).unwrap();
                    assert!(if sent { spikes.is_empty() } else { spikes == expected });
                    done[id] += u32::from(sent);
                } else if let Some(got) = transport.try_take(id, &mut spikes).unwrap() {
                    assert_eq!(got, header);
                    assert!(spikes == expected, "packet {number} from {from}");
                    done[id] = number;
                }
            }
            transport.pause(&mut patience).unwrap();
            patience.reset();
        }
        runs += 1;
    }
    drop(transport);
    World::close(world);
    println!("runs{rank} {runs}");
}

/// `machines size`: of 100 packets of that size, rank 0 sends as many as are not refused; only then rank 1 begins to take
/// them, and rank 0 sends the others.
pub fn full(arguments: &str) {
    const PACKETS: u32 = 100;
    let (machines, size) = arguments.split_once(' ').unwrap();
    let world = open(machines);
    let mut transport = transport(&world, &Net { steps: vec![1; 2], links: vec![(0, 1, 1)] }.schedule(None));
    transport.begin(Span::new(Tick(0), Tick(PACKETS.into()))).unwrap();
    let header = |number| Header { number, last: number == PACKETS };
    let packet = |number| vec![Spike { gid: number, step: 1 }; size.parse().unwrap()];
    let (mut patience, mut refused) = (Patience::default(), None);
    if world.rank() == 0 {
        for number in 1..=PACKETS {
            while !transport.try_send(0, header(number), &mut packet(number)).unwrap() {
                refused.get_or_insert_with(|| (number, world.post(1, Topic::Command, Vec::new())));
                transport.pause(&mut patience).unwrap();
            }
        }
        while !transport.all_sent().unwrap() {
            transport.pause(&mut patience).unwrap();
        }
        println!("full {}", refused.take().unwrap().0 - 1);
    } else {
        while world.fetch(Topic::Command).is_none() {
            transport.pause(&mut patience).unwrap();
        }
        for number in 1..=PACKETS {
            let mut spikes = Vec::new();
            while transport.try_take(0, &mut spikes).unwrap() != Some(header(number)) {
                transport.pause(&mut patience).unwrap();
            }
            assert_eq!(spikes, packet(number));
        }
    }
    drop(transport);
    World::close(world);
}

/// Rank 1 gives up; the others wait for its packets until they know why.
pub fn gives_up(machines: &str) {
    let world = open(machines);
    let rank = world.rank();
    let mut transport = transport(&world, &all_to_all(world.size()));
    if rank == 1 {
        let message = "no more memory".into();
        transport.abort(&Failure { rank, kind: ErrorKind::Simulator, message });
        // Its end would end the others.
        std::thread::sleep(Duration::from_secs(5));
    } else {
        let (mut patience, mut result) = (Patience::default(), transport.begin(Span::new(Tick(0), Tick(10))));
        while result.is_ok() {
            result = transport.pause(&mut patience);
        }
        println!("reason{rank} {}", result.unwrap_err().message());
    }
    std::process::exit(0);
}
