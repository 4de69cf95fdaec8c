//! How long a client waits while the agent is busy.

use std::error::Error;
use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use qapi_tests::{PATIENCE, Setup};

use super::file::{self, LARGEST};
use super::line::Line;
use super::noise;
use super::ping::PING;
use super::turns::Side;
use crate::context::Context;
use crate::sample::{Sample, milliseconds};
use crate::table::{Goal, Row};

/// Milliseconds that a client may wait.
const GOAL: Goal = Goal::AtMost(50.0);

/// How long a slow command takes.
const SLOW: Duration = Duration::from_millis(300);

/// How many programs are run at once.
const EXECS: usize = 50;

/// A client that has sent a slow command synchronizes.
pub(super) fn slow_command_of_same_client(context: &Context) -> Result<Row, Box<dyn Error>> {
    let programs = context.programs();
    let longest = |program: &Path| {
        let setup = slow_setup(program);
        let mut longest = 0.0_f64;
        for round in 0..context.rounds {
            let mut side = Side::start(&setup)?;
            let gate = begin_slow_command(&mut side)?;
            let elapsed = thread::scope(|scope| {
                scope.spawn(move || release(gate));
                let start = Instant::now();
                let id = 70_000 + round;
                let sync =
                    format!("{{\"execute\":\"guest-sync\",\"arguments\":{{\"id\":{id}}}}}\n");
                side.line.send(sync.as_bytes())?;
                side.line.wait_for(&format!("\"return\": {id}"))?;
                Ok::<_, io::Error>(start.elapsed())
            })?;
            longest = longest.max(milliseconds(elapsed));
        }
        Ok::<_, Box<dyn Error>>(longest)
    };
    let ours = longest(&programs.ours)?;
    let peer = programs.peer.as_deref().map(longest).transpose()?;
    Ok(Row {
        measure: "longest sync behind a slow command",
        unit: "ms",
        ours: Sample::of([ours]),
        peer: Sample::of(peer),
        goal: GOAL,
        limits: vec![],
    })
}

/// A client sends pings while a command of another one takes long.
pub(super) fn slow_command_of_other_client(context: &Context) -> Result<Row, Box<dyn Error>> {
    let setup = slow_setup(&context.programs().ours);
    beside(
        context,
        "longest ping beside a slow command",
        &setup,
        |side| {
            let gate = begin_slow_command(side)?;
            release(gate);
            side.line.reply()?;
            Ok(())
        },
    )
}

/// A client sends pings while another one reads as much as it may at once.
pub(super) fn large_read(context: &Context) -> Result<Row, Box<dyn Error>> {
    let setup = Setup::new(&context.programs().ours);
    beside(
        context,
        "longest ping beside a read of 48 MiB",
        &setup,
        |side| {
            noise::write(&side.agent.home().join("large"), LARGEST)?;
            let handle = file::open(side, "large", "r")?;
            side.line.ask(&file::read_request(handle, LARGEST))?;
            file::close(side, handle)
        },
    )
}

/// A client sends pings while another one starts many programs.
pub(super) fn execs(context: &Context) -> Result<Row, Box<dyn Error>> {
    let setup = Setup::new(&context.programs().ours);
    beside(
        context,
        "longest ping beside 50 programs started",
        &setup,
        |side| {
            let exec = b"{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"/bin/true\"}}\n";
            side.line.send(&exec.repeat(EXECS))?;
            Ok(side.line.replies(EXECS)?)
        },
    )
}

/// The longest time to the reply to a ping while another client has its work done.
fn beside(
    context: &Context,
    measure: &'static str,
    setup: &Setup,
    work: fn(&mut Side) -> Result<(), Box<dyn Error>>,
) -> Result<Row, Box<dyn Error>> {
    let mut side = Side::start(setup)?;
    let mut line = Line::connect(&side.agent.socket())?;
    let is_over = AtomicBool::new(false);
    let longest = thread::scope(|scope| {
        let pinger = scope.spawn(|| {
            let mut longest = Duration::ZERO;
            while !is_over.load(Ordering::Relaxed) {
                let start = Instant::now();
                line.ask(PING)?;
                longest = longest.max(start.elapsed());
            }
            Ok::<_, io::Error>(longest)
        });
        let worked = (0..context.rounds).try_for_each(|_| work(&mut side));
        is_over.store(true, Ordering::Relaxed);
        let longest = pinger.join().expect("it does not panic")?;
        worked?;
        Ok::<_, Box<dyn Error>>(longest)
    })?;
    Ok(Row {
        measure,
        unit: "ms",
        ours: Sample::of([milliseconds(longest)]),
        peer: None,
        goal: GOAL,
        limits: vec![],
    })
}

/// An agent that reads the description of its system from a pipe.
fn slow_setup(program: &Path) -> Setup {
    let mut setup = Setup::new(program);
    setup.env("QGA_OS_RELEASE", "%/gate");
    setup
}

/// Sends a command that takes until the pipe is closed, and gives the pipe when the agent reads from it.
fn begin_slow_command(side: &mut Side) -> Result<File, Box<dyn Error>> {
    let gate = side.agent.home().join("gate");
    if !gate.exists() {
        mkfifo(&gate, Mode::S_IRUSR | Mode::S_IWUSR)?;
    }
    side.line.send(b"{\"execute\":\"guest-get-osinfo\"}\n")?;
    let mut options = File::options();
    options.write(true).custom_flags(OFlag::O_NONBLOCK.bits());
    let start = Instant::now();
    loop {
        match options.open(&gate) {
            Ok(gate) => return Ok(gate),
            // There is no reader yet.
            Err(_) if start.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(1)),
            Err(error) => return Err(error.into()),
        }
    }
}

fn release(gate: File) {
    thread::sleep(SLOW);
    drop(gate);
}
