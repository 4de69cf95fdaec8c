//! guest-get-vcpus, guest-set-vcpus: the processors.

use qapi_runtime::Error;
use qga_types::{GuestLogicalProcessor, GuestSetVcpusArgs};

use crate::Agent;
use crate::sys::Root;
use crate::sys::cpus::{self, Processor};

/// Every processor, and whether it can be switched off.
pub(crate) fn get_vcpus(agent: &Agent) -> Result<Vec<GuestLogicalProcessor>, Error> {
    let processors = cpus::list(&agent.settings.root)?;
    Ok(processors.into_iter().map(answer).collect())
}

fn answer(processor: Processor) -> GuestLogicalProcessor {
    GuestLogicalProcessor::new(processor.number, processor.online)
        .can_offline(processor.can_offline)
}

/// Switches processors until one cannot be switched, and tells how many are as they should be.
/// The reason is told only for the first.
pub(crate) fn set_vcpus(agent: &Agent, args: GuestSetVcpusArgs) -> Result<i64, Error> {
    set_all(&agent.settings.root, &args.vcpus)
}

fn set_all(root: &Root, wanted: &[GuestLogicalProcessor]) -> Result<i64, Error> {
    let mut done = 0;
    for wanted in wanted {
        match set(root, wanted) {
            Ok(()) => done += 1,
            Err(error) if done == 0 => return Err(error),
            Err(error) => {
                log::warn!("{error}");
                break;
            }
        }
    }
    Ok(done)
}

fn set(root: &Root, wanted: &GuestLogicalProcessor) -> Result<(), Error> {
    let number = wanted.logical_id;
    let processor = cpus::read(root, number)?;
    if processor.online == wanted.online {
        return Ok(());
    }
    if !processor.can_offline {
        return Err(Error::generic(format!(
            "logical processor #{number} can't be offlined"
        )));
    }
    Ok(cpus::switch(root, number, wanted.online)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What a machine of two processors answers, of which the second has a switch, and how it
    /// stands then.
    fn set(wanted: &[(i64, bool)]) -> (Result<i64, String>, String) {
        let dir = tempfile::tempdir().expect("a directory");
        let root = Root::new(dir.path());
        let switch = root.path("/sys/devices/system/cpu/cpu1/online");
        for processor in ["cpu0", "cpu1"] {
            let path = root.path("/sys/devices/system/cpu").join(processor);
            fs::create_dir_all(path).expect("a fresh directory");
        }
        fs::write(&switch, "1\n").expect("a fresh file");
        let wanted: Vec<GuestLogicalProcessor> = wanted
            .iter()
            .map(|(number, online)| GuestLogicalProcessor::new(*number, *online))
            .collect();
        let told = set_all(&root, &wanted).map_err(|error| error.to_string());
        (told, fs::read_to_string(switch).expect("a file of ours"))
    }

    #[test]
    fn processors_are_switched_until_one_cannot_be() {
        let (on, off) = ("1\n".to_owned(), "0\n".to_owned());
        assert_eq!(set(&[]), (Ok(0), on.clone()));
        assert_eq!(set(&[(0, true), (1, true)]), (Ok(2), on.clone()));
        assert_eq!(set(&[(1, false)]), (Ok(1), off.clone()));
        assert_eq!(set(&[(1, false), (0, false), (1, true)]), (Ok(1), off));
        assert_eq!(
            set(&[(0, false), (1, false)]),
            (
                Err("logical processor #0 can't be offlined".into()),
                on.clone()
            )
        );
        let absent = "open(\"/sys/devices/system/cpu/cpu9/\"): No such file or directory";
        assert_eq!(set(&[(9, true)]), (Err(absent.into()), on));
    }
}
