//! `qmp-client PATH` tells what the QEMU does whose monitor is at PATH: its status, its block devices, and then every
//! event, until QEMU ends.

use std::env;
use std::error::Error;

use qapi_runtime::ClientError;
use qapi_runtime::client::{Notice, Qmp};
use qmp_client::{BlockInfo, MachineClient, MachineEvent};

#[expect(clippy::print_stdout, reason = "it is what a user of it reads")]
fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args_os().nth(1).ok_or("usage: qmp-client PATH")?;
    let qmp = Qmp::connect(path)?;
    // From here on no event is missed, not even one that comes while the others are printed.
    let mut events = qmp.listen(|_| true).typed::<MachineEvent>();
    println!("QEMU {}", qmp.greeting()?.version);

    let mut machine = MachineClient::new(qmp);
    println!("{}", machine.query_status()?.status);
    for block in machine.query_block()? {
        println!("{}", describe(&block));
    }

    loop {
        match events.wait() {
            Ok(Notice::Event(event, _)) => println!("{}", tell(&event)),
            Ok(other) => println!("{other:?}"),
            Err(ClientError::Closed) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// One line about a device.
fn describe(block: &BlockInfo) -> String {
    let name = block.qdev.as_ref().unwrap_or(&block.device);
    match &block.inserted {
        None => format!("{name}: empty"),
        Some(medium) => {
            let access = if medium.ro { "read-only" } else { "writable" };
            let size = medium.image.virtual_size;
            format!("{name}: {}, {size} bytes, {access}", medium.drv)
        }
    }
}

/// One line about an event, be it in the schema or not.
fn tell(event: &MachineEvent) -> String {
    match event {
        MachineEvent::Resume => "it runs".to_owned(),
        MachineEvent::Stop => "it was stopped".to_owned(),
        MachineEvent::Shutdown(shutdown) => format!("it ends: {}", shutdown.reason),
        other => other.name().to_owned(),
    }
}
