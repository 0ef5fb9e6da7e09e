//! Ranks as processes: rank 0 passes the driver's commands on and collects answers; the others serve.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use pynn_core::error::{Error, ErrorKind, Result};

use super::{GRACE, Member, Message, Team, Vigil, silent, spawn};
use crate::command::{Answer, Command};
use crate::crew::Crew;
use crate::exit;
use crate::launch::Launch;
use crate::progress::Progress;
use crate::transport::{MpiTransport, Parcel, Patience, Topic, World};
use crate::wire;
use crate::worker::{Common, Worker};

/// What ranks know, or why there is no plan; then MPI starts all the same: a launcher ends the others with a process that
/// leaves it, but may not know of one that never came.
fn planned(common: Result<Common>) -> Result<Common> {
    common.inspect_err(|_| drop(World::open()))
}

/// Starts MPI on a thread of its own, as rank 0, which obeys the driver and commands the other processes.
pub(crate) fn launch_leader(common: Result<Common>, launch: Option<Launch>) -> Result<(Team, Common)> {
    let common = planned(common)?;
    let team = start_leader(&common, launch)?;
    Ok((team, common))
}

fn start_leader(common: &Common, launch: Option<Launch>) -> Result<Team> {
    let progress = Arc::new(Progress::new([0]));
    let (command, commands) = channel();
    let (answer, answers) = channel();
    let (opened, is_open) = channel();
    let name = common.plan.layout().name(common.network(), 0);
    let work = {
        let (common, progress) = (common.clone(), progress.clone());
        move || match open(&common, launch.as_ref()) {
            Ok(world) => {
                let _ = opened.send(Ok(()));
                Leader::new(common, world, progress, answer).lead(&commands);
            }
            Err(error) => drop(opened.send(Err(error))),
        }
    };
    // The driver sees that it is gone by the channels that end.
    let thread = spawn(name, work, || {})?;
    let gone = |_| Error::new(ErrorKind::Transport, "MPI did not start");
    is_open.recv().map_err(gone)??;
    Ok(Team {
        members: vec![Member { ranks: vec![0], commands: command, thread }],
        answers,
        lost: vec![false; common.plan.ranks()],
        progress,
        common: common.clone(),
        hub: None,
        extra: Duration::from_secs(4),
        failed: false,
    })
}

/// Starts MPI, and checks that it has as many processes as the plan has ranks.
fn open(common: &Common, launch: Option<&Launch>) -> Result<Rc<World>> {
    let world = World::open()?;
    if let Some(launch) = launch
        && launch.size != world.size()
    {
        let text = format!(
            "started by {} with {} processes, but this program's MPI ({}) knows of {}: it is linked to another MPI than \
             the launcher's; use the launcher of the MPI it was built with",
            launch.launcher,
            launch.size,
            World::library(),
            world.size()
        );
        exit::exit_together(launch.rank, &text, exit::OTHER_MPI);
    }
    let ranks = common.plan.ranks();
    if world.size() == ranks {
        return Ok(world);
    }
    let simulators = common.network().simulators().iter().enumerate();
    let declared = simulators.map(|(index, simulator)| {
        let ranks = common.plan.layout().ranks_of(pynn_core::population::SimulatorId(index));
        format!("{}={}", simulator.name, ranks.len())
    });
    Err(Error::new(
        ErrorKind::Placement,
        format!(
            "started with {} processes, but the simulators have {ranks} ({}): use `mpirun -n {ranks}`, or set other \
             numbers by PYNN_PROCESSES",
            world.size(),
            declared.collect::<Vec<_>>().join(",")
        ),
    ))
}

/// The one rank of this process.
fn crew(common: &Common, world: &Rc<World>, progress: Arc<Progress>) -> Crew {
    let transport = MpiTransport::new(world.clone(), common.plan.schedule(), common.deadline / 4);
    Crew::new(vec![Worker::new(common.clone(), world.rank(), Box::new(transport), progress)])
}

/// Rank 0.
struct Leader {
    common: Common,
    world: Rc<World>,
    crew: Crew,
    progress: Arc<Progress>,
    answers: Sender<Message>,
    lost: Vec<bool>,
}

impl Leader {
    fn new(common: Common, world: Rc<World>, progress: Arc<Progress>, answers: Sender<Message>) -> Self {
        let crew = crew(&common, &world, progress.clone());
        let lost = vec![false; world.size()];
        Self { common, world, crew, progress, answers, lost }
    }

    fn lead(mut self, commands: &Receiver<Command>) {
        while let Ok(command) = commands.recv() {
            let words = command.words();
            let others = (1..self.world.size()).filter(|&rank| !self.lost[rank]);
            let parcels = others.map(|rank| self.world.post(rank, Topic::Command, words.clone())).collect();
            if let Command::End { failed } = command {
                return self.end(parcels, failed);
            }
            // The driver is waiting: a send that fails means that the process is about to end.
            self.crew.execute(&command, &mut |_, answer| drop(self.answers.send((0, Some(answer)))));
            self.collect(command.is_watched());
            drop::<Vec<Parcel>>(parcels);
        }
    }

    /// Collects the answers of the other ranks.
    fn collect(&mut self, is_watched: bool) {
        let mut vigil = Vigil::new(self.common.deadline, Duration::from_secs(1), is_watched);
        let mut missing: Vec<bool> = self.lost.iter().map(|lost| !lost).collect();
        missing[0] = false;
        let mut failed = false;
        let mut patience = Patience::default();
        for rank in (1..self.lost.len()).filter(|&rank| self.lost[rank]) {
            let _ = self.answers.send((rank, None));
        }
        while missing.contains(&true) {
            self.progress.sign();
            if let Some((rank, words)) = self.world.fetch(Topic::Answer) {
                let answer = wire::answer_of(words).unwrap_or_else(|| Err(garbled(rank)));
                if answer.is_err() {
                    failed = true;
                    vigil.failure();
                }
                vigil.sign();
                patience.reset();
                missing[rank] = false;
                let _ = self.answers.send((rank, Some(answer)));
            } else if self.world.fetch(Topic::Alive).is_some() {
                vigil.sign();
            } else if vigil.is_over(0) {
                return self.give_up(&missing, failed);
            } else {
                self.world.idle(&mut patience);
            }
        }
    }

    /// Stops to wait for all that are missing; if no rank knows why, the first of them is the reason.
    fn give_up(&mut self, missing: &[bool], mut told: bool) {
        for rank in (0..missing.len()).filter(|&rank| missing[rank]) {
            self.lost[rank] = true;
            let error = silent(&self.common, rank, None);
            if !told {
                self.crew.stop_others(rank, &error);
            }
            let _ = self.answers.send((rank, (!told).then_some(Err(error))));
            told = true;
        }
    }

    fn end(self, mut parcels: Vec<Parcel>, failed: bool) {
        let Self { world, crew, .. } = self;
        let start = Instant::now();
        let mut patience = Patience::default();
        while !parcels.iter_mut().all(Parcel::left) && (!failed || start.elapsed() < GRACE) {
            world.idle(&mut patience);
        }
        drop((parcels, crew));
        // Signs of life that came after their time: MPI must not end with messages under way.
        while world.fetch(Topic::Alive).is_some() {}
        // After a failure messages may be under way that nobody takes: the launcher ends all when this process ends.
        if !failed {
            World::close(world);
        }
    }
}

fn garbled(rank: usize) -> Error {
    Error::new(ErrorKind::Transport, format!("rank {rank} gave an answer that makes no sense"))
}

/// A rank other than 0: serves commands, and ends the process.
pub(crate) fn serve(common: Result<Common>, launch: Option<Launch>) -> ! {
    let served = catch_unwind(AssertUnwindSafe(|| {
        let common = planned(common)?;
        let world = open(&common, launch.as_ref())?;
        let progress = Arc::new(Progress::new([]));
        Follower { crew: crew(&common, &world, progress), common, world }.follow();
        Ok(())
    }));
    match served {
        Ok(Ok(())) => std::process::exit(0),
        Ok(Err::<(), Error>(error)) => exit::exit_after_rank_0(error.message(), exit::FAILED),
        // The hook has printed where.
        Err(_) => World::abort_all(exit::PANIC),
    }
}

struct Follower {
    common: Common,
    world: Rc<World>,
    crew: Crew,
}

impl Follower {
    fn follow(mut self) {
        loop {
            match self.command() {
                Command::End { failed: false } => {
                    drop(self.crew);
                    return World::close(self.world);
                }
                Command::End { failed: true } => {
                    // Rank 0 says why, and its end is the end of all.
                    std::thread::sleep(self.common.deadline.max(GRACE));
                    std::process::exit(exit::FAILED);
                }
                command => {
                    let Self { common, world, crew } = &mut self;
                    crew.execute(&command, &mut |_, answer| reply(common, world, &answer));
                }
            }
        }
    }

    fn command(&self) -> Command {
        let mut patience = Patience::default();
        loop {
            if let Some((_, words)) = self.world.fetch(Topic::Command) {
                // A command that makes no sense cannot be refused: it may have been the end.
                return Command::of(&words).unwrap_or(Command::End { failed: true });
            }
            self.world.idle(&mut patience);
        }
    }
}

/// Answers. Rank 0 may be long at work, but not when ranks have failed: then it has stalled or died.
fn reply(common: &Common, world: &World, answer: &Answer) {
    let mut parcel = world.post(0, Topic::Answer, wire::answer_words(answer));
    let (start, mut patience) = (Instant::now(), Patience::default());
    while !parcel.left() {
        if let Err(error) = answer
            && start.elapsed() > common.deadline + 2 * GRACE
        {
            exit::say(error.message());
            World::abort_all(exit::FAILED);
        }
        world.idle(&mut patience);
    }
}
