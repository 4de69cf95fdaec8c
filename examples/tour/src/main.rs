//! A guided tour: starts the agent on a private socket, asks it about this machine with the generated client, and
//! shows the answers.
//!
//! It changes nothing outside a temporary directory, needs no rights, and ends with a status other than 0 if
//! anything on the way is not as it should be.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "showing is what it is for"
)]

mod agent;

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use qapi_runtime::{Base64, ClientError};
use qga_types::{
    GuestExecArgs, GuestExecStatus, GuestExecStatusArgs, GuestFileCloseArgs, GuestFileOpenArgs,
    GuestFileReadArgs, GuestFileSeekArgs, GuestFileWriteArgs, QGASeek,
};

use crate::agent::{Agent, Client};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let mut args = env::args_os();
    let program = args.next().unwrap_or_default();
    let mut args = args.peekable();
    if args.next_if(|arg| arg == agent::AGENT).is_some() {
        return qga_server::main([program].into_iter().chain(args));
    }
    match tour() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe tour ends here: {error}");
            ExitCode::FAILURE
        }
    }
}

fn tour() -> Outcome {
    let mut agent = Agent::start()?;
    let mut client = agent.connect()?;
    println!("A guest agent is running as process {}.", agent.pid());
    println!("It listens on {}\n", agent.socket().display());

    client.client().resynchronize()?;
    ping(&mut client)?;
    info(&mut client)?;
    system(&mut client)?;
    clock(&mut client)?;
    interfaces(&mut client)?;
    file(&mut client)?;
    program(&mut client)?;
    mistake(&mut client)?;

    drop(client);
    agent.stop()?;
    println!("\nAll as it should be. The agent has ended, its files are gone.");
    Ok(())
}

/// Shows what one stop of the tour found.
fn show(name: &str, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        let name = if index == 0 { name } else { "" };
        println!("  {name:<12}{line}");
    }
}

/// An error where something is not as it should be.
fn ensure(holds: bool, otherwise: &str) -> Outcome {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

fn ping(client: &mut Client) -> Outcome {
    let start = Instant::now();
    client.guest_ping()?;
    show("ping", &[format!("answered after {:.0?}", start.elapsed())]);
    Ok(())
}

fn info(client: &mut Client) -> Outcome {
    let info = client.guest_info()?;
    let all = info.supported_commands.len();
    let enabled = info
        .supported_commands
        .iter()
        .filter(|command| command.enabled)
        .count();
    ensure(enabled > 0, "no command is enabled")?;
    show(
        "info",
        &[format!(
            "version {}, {enabled} of {all} commands enabled",
            info.version
        )],
    );
    Ok(())
}

fn system(client: &mut Client) -> Outcome {
    let system = client.guest_get_osinfo()?;
    let name = system
        .pretty_name
        .or(system.name)
        .unwrap_or_else(|| "a Linux without a name".into());
    let kernel = system.kernel_release.ok_or("the kernel has no release")?;
    let machine = system.machine.ok_or("the machine has no type")?;
    show("osinfo", &[format!("{name}, kernel {kernel} on {machine}")]);
    show("host name", &[client.guest_get_host_name()?.host_name]);
    Ok(())
}

fn clock(client: &mut Client) -> Outcome {
    let theirs = Duration::from_nanos(client.guest_get_time()?.try_into()?);
    let ours = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let apart = ours.abs_diff(theirs);
    ensure(apart < Duration::from_secs(5), "the agent has another time")?;
    show("time", &[format!("the same as ours, {apart:.0?} apart")]);
    let timezone = client.guest_get_timezone()?;
    let (sign, minutes) = (
        if timezone.offset < 0 { '-' } else { '+' },
        timezone.offset.abs() / 60,
    );
    let zone = timezone.zone.unwrap_or_default();
    show(
        "timezone",
        &[format!(
            "{zone} ({sign}{:02}:{:02})",
            minutes / 60,
            minutes % 60
        )],
    );
    Ok(())
}

fn interfaces(client: &mut Client) -> Outcome {
    let interfaces = client.guest_network_get_interfaces()?;
    let width = interfaces
        .iter()
        .map(|interface| interface.name.len())
        .max()
        .unwrap_or(0);
    let lines: Vec<String> = interfaces
        .iter()
        .map(|interface| {
            let addresses = interface.ip_addresses.iter().flatten();
            let addresses: Vec<_> = addresses
                .map(|address| format!("{}/{}", address.ip_address, address.prefix))
                .collect();
            let addresses = if addresses.is_empty() {
                "no address".to_owned()
            } else {
                addresses.join("  ")
            };
            format!("{:<width$}  {addresses}", interface.name)
        })
        .collect();
    show("interfaces", &lines);
    Ok(())
}

fn file(client: &mut Client) -> Outcome {
    let text = "Written by the host, kept by the guest.\n";
    let handle = client.guest_file_open(&GuestFileOpenArgs::new("note.txt").mode("w+"))?;
    let written = client.guest_file_write(&GuestFileWriteArgs::new(handle, text.as_bytes()))?;
    client.guest_file_seek(&GuestFileSeekArgs::new(handle, 0, QGASeek::Set))?;
    let read = client.guest_file_read(&GuestFileReadArgs::new(handle))?;
    client.guest_file_close(&GuestFileCloseArgs::new(handle))?;
    let read_back = read.buf_b64.into_bytes()?;
    ensure(
        read_back == text.as_bytes(),
        "the file holds something else than was written",
    )?;
    let lines = [
        format!(
            "wrote {} bytes to note.txt, read {} back:",
            written.count, read.count
        ),
        format!("  {}", String::from_utf8(read_back)?.trim_end()),
    ];
    show("file", &lines);
    Ok(())
}

fn program(client: &mut Client) -> Outcome {
    let script = "tr a-z A-Z; echo and this is an error >&2; exit 3";
    let args = GuestExecArgs::new("/bin/sh")
        .arg(vec!["-c".into(), script.into()])
        .input_data(b"this is output\n")
        .capture_output(true);
    let pid = client.guest_exec(&args)?.pid;
    let status = wait_for(client, pid)?;
    let text = |data: Option<Base64>| -> Outcome<String> {
        let text = String::from_utf8(data.unwrap_or_default().0)?;
        Ok(text.trim_end().to_owned())
    };
    let (output, error) = (text(status.out_data)?, text(status.err_data)?);
    ensure(output == "THIS IS OUTPUT", "the program's output is lost")?;
    ensure(
        error == "and this is an error",
        "the program's error output is lost",
    )?;
    ensure(
        status.exitcode == Some(3),
        "the program's exit status is lost",
    )?;
    let lines = [
        format!("sh -c '{script}'"),
        format!("  stdout       {output}"),
        format!("  stderr       {error}"),
        "  exit status  3".to_owned(),
    ];
    show("exec", &lines);
    Ok(())
}

/// Asks about a program until it has ended.
fn wait_for(client: &mut Client, pid: i64) -> Outcome<GuestExecStatus> {
    loop {
        let status = client.guest_exec_status(&GuestExecStatusArgs::new(pid))?;
        if status.exited {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn mistake(client: &mut Client) -> Outcome {
    match client.guest_file_open(&GuestFileOpenArgs::new("/no/such/file")) {
        Err(ClientError::Command(error)) => {
            show(
                "an error",
                &[
                    "guest-file-open of a file that is not there:".into(),
                    format!("  {error}"),
                ],
            );
            Ok(())
        }
        Err(other) => Err(other.into()),
        Ok(_) => Err("a file opened that is not there".into()),
    }
}
