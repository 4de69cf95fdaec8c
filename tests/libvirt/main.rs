//! The agent behind libvirt: what `virsh` tells and does by it, in a virtual machine.
//!
//! libvirt is the client that most machines have. It runs here for one test at a time, as an unprivileged user with
//! directories of its own, so that the libvirt of the machine, if there is one, does not notice. The machine is that of
//! [`qapi_tests::vm`].

mod changing;
mod domain;
mod freezing;
mod host;
mod reading;
