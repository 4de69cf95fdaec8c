//! The agent: its state, and the one answer to every command of the schema.

use std::ops::Deref;
use std::sync::{Arc, Mutex, Weak};

use qapi_runtime::{Error, Upload};
use qga_types::*;
use thiserror::Error as ErrorType;

use crate::audit::{Audit, AuditError, Facts};
use crate::client::Client;
use crate::config::Settings;
use crate::handler::exec::Children;
use crate::handler::file::Handles;
use crate::handler::fsfreeze::Freezer;
use crate::handler::{
    disk, disk_stats, exec, file, fsfreeze, fstrim, info, memory, network, os, power, route, ssh,
    stats, sync, time, user, vcpu,
};
use crate::lock::lock;
use crate::policy::{Policy, PolicyError};
use crate::quiet;
use crate::state::{HandleCounter, Marker, Missing, StateError};
use crate::sys::kept_mounts::KeptMounts;
use crate::sys::suspend::Sleep;

/// What the agent knows from one command to the next, whoever sends them.
///
/// Commands of several clients run at the same time, so whatever changes is behind a small lock of
/// its own. None that thawing needs is ever held by somebody who waits for a file system.
#[derive(Debug)]
pub struct Agent {
    pub(crate) settings: Settings,
    pub(crate) policy: Policy,
    pub(crate) audit: Audit,
    pub(crate) handles: Handles,
    pub(crate) children: Children,
    pub(crate) freezer: Freezer,
    /// Held from reading a file of keys to writing it.
    pub(crate) key_files: Mutex<()>,
    pub(crate) mounts: KeptMounts,
}

/// Why there is no agent.
#[derive(Debug, ErrorType)]
pub enum AgentError {
    /// The state of the last run cannot be taken up.
    #[error(transparent)]
    State(#[from] StateError),
    /// It is not known what hosts may do.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// What hosts do cannot be recorded.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

/// The agent as one client has it.
#[derive(Clone, Debug)]
pub(crate) struct SharedAgent {
    agent: Arc<Agent>,
    pub(crate) client: Client,
    noted: Noted,
}

/// What handlers have noted of the command at hand. Another client has notes of its own.
#[derive(Debug, Default)]
struct Noted(Mutex<Facts>);

impl Clone for Noted {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl SharedAgent {
    /// The agent, for a client of the usual channel.
    pub(crate) fn new(agent: Agent) -> Self {
        Self {
            agent: Arc::new(agent),
            client: Client::default(),
            noted: Noted::default(),
        }
    }

    /// Notes something for the record of the command at hand, if there is one.
    pub(crate) fn note(&self, note: impl FnOnce(&mut Facts)) {
        if self.audit.is_on() {
            note(&mut lock(&self.noted.0));
        }
    }

    /// Takes what has been noted.
    pub(crate) fn take_facts(&self) -> Facts {
        std::mem::take(&mut *lock(&self.noted.0))
    }

    /// The agent, as long as others keep it.
    pub(crate) fn downgrade(&self) -> Weak<Agent> {
        Arc::downgrade(&self.agent)
    }
}

impl Deref for SharedAgent {
    type Target = Agent;

    fn deref(&self) -> &Agent {
        &self.agent
    }
}

impl Agent {
    /// Takes up the state of the last run.
    ///
    /// # Errors
    /// The state directory, the policy or the place for records cannot be used.
    pub fn start(settings: &Settings) -> Result<Self, AgentError> {
        Self::take_up(settings, Marker::new(&settings.state_dir).is_set())
    }

    /// Takes up the state of the last run, which has left file systems frozen or not.
    ///
    /// # Errors
    /// The state directory, the policy or the place for records cannot be used.
    pub(crate) fn take_up(settings: &Settings, frozen: bool) -> Result<Self, AgentError> {
        let marker = Marker::new(&settings.state_dir);
        let missing = if frozen {
            quiet::begin();
            Missing::Leave
        } else {
            Missing::Create
        };
        Ok(Self {
            settings: settings.clone(),
            policy: Policy::new(settings, frozen)?,
            audit: Audit::new(settings.audit.as_ref(), frozen)?,
            handles: Handles::new(HandleCounter::load(&settings.state_dir, missing)?, settings),
            children: Children::new(settings),
            freezer: Freezer::new(marker, frozen),
            key_files: Mutex::default(),
            mounts: KeptMounts::default(),
        })
    }
}

/// An agent that ends leaves no file system frozen, for then nobody could write any more.
impl Drop for Agent {
    fn drop(&mut self) {
        fsfreeze::thaw_at_end(self);
    }
}

/// The table of contents, in the order of the schema.
impl GuestAgent for SharedAgent {
    fn guest_sync_delimited(&mut self, args: GuestSyncDelimitedArgs) -> Result<i64, Error> {
        sync::sync_delimited(args)
    }

    fn guest_sync(&mut self, args: GuestSyncArgs) -> Result<i64, Error> {
        sync::sync(args)
    }

    fn guest_ping(&mut self) -> Result<(), Error> {
        sync::ping()
    }

    fn guest_get_time(&mut self) -> Result<i64, Error> {
        time::get_time()
    }

    fn guest_set_time(&mut self, args: GuestSetTimeArgs) -> Result<(), Error> {
        time::set_time(self, args)
    }

    fn guest_info(&mut self) -> Result<GuestAgentInfo, Error> {
        info::info(self)
    }

    fn guest_shutdown(&mut self, args: GuestShutdownArgs) -> Result<(), Error> {
        power::shutdown(self, args)
    }

    fn guest_file_open(&mut self, args: GuestFileOpenArgs) -> Result<i64, Error> {
        file::open(self, args)
    }

    fn guest_file_close(&mut self, args: GuestFileCloseArgs) -> Result<(), Error> {
        file::close(self, args)
    }

    fn guest_file_read(&mut self, args: GuestFileReadArgs) -> Result<GuestFileRead, Error> {
        file::read(self, args)
    }

    fn guest_file_write(&mut self, args: GuestFileWriteArgs<'_>) -> Result<GuestFileWrite, Error> {
        file::write(self, args)
    }

    fn guest_file_write_upload(
        &mut self,
        args: &GuestFileWriteArgs<'_>,
    ) -> Option<Box<dyn Upload>> {
        file::begin_write(self, args)
    }

    fn guest_file_seek(&mut self, args: GuestFileSeekArgs) -> Result<GuestFileSeek, Error> {
        file::seek(self, args)
    }

    fn guest_file_flush(&mut self, args: GuestFileFlushArgs) -> Result<(), Error> {
        file::flush(self, args)
    }

    fn guest_fsfreeze_status(&mut self) -> Result<GuestFsfreezeStatus, Error> {
        fsfreeze::status(self)
    }

    fn guest_fsfreeze_freeze(&mut self) -> Result<i64, Error> {
        fsfreeze::freeze(self)
    }

    fn guest_fsfreeze_freeze_list(
        &mut self,
        args: GuestFsfreezeFreezeListArgs,
    ) -> Result<i64, Error> {
        fsfreeze::freeze_list(self, args)
    }

    fn guest_fsfreeze_thaw(&mut self) -> Result<i64, Error> {
        fsfreeze::thaw(self)
    }

    fn guest_fstrim(
        &mut self,
        args: GuestFstrimArgs,
    ) -> Result<GuestFilesystemTrimResponse, Error> {
        fstrim::fstrim(self, args)
    }

    fn guest_suspend_disk(&mut self) -> Result<(), Error> {
        power::suspend(self, Sleep::Disk)
    }

    fn guest_suspend_ram(&mut self) -> Result<(), Error> {
        power::suspend(self, Sleep::Ram)
    }

    fn guest_suspend_hybrid(&mut self) -> Result<(), Error> {
        power::suspend(self, Sleep::Hybrid)
    }

    fn guest_network_get_interfaces(&mut self) -> Result<Vec<GuestNetworkInterface>, Error> {
        network::get_interfaces()
    }

    fn guest_get_vcpus(&mut self) -> Result<Vec<GuestLogicalProcessor>, Error> {
        vcpu::get_vcpus(self)
    }

    fn guest_set_vcpus(&mut self, args: GuestSetVcpusArgs) -> Result<i64, Error> {
        vcpu::set_vcpus(self, args)
    }

    fn guest_get_disks(&mut self) -> Result<Vec<GuestDiskInfo>, Error> {
        disk::get_disks(self)
    }

    fn guest_get_fsinfo(&mut self) -> Result<Vec<GuestFilesystemInfo>, Error> {
        disk::get_fsinfo(self)
    }

    fn guest_set_user_password(&mut self, args: GuestSetUserPasswordArgs<'_>) -> Result<(), Error> {
        user::set_user_password(self, args)
    }

    fn guest_get_memory_blocks(&mut self) -> Result<Vec<GuestMemoryBlock>, Error> {
        memory::get_memory_blocks(self)
    }

    fn guest_set_memory_blocks(
        &mut self,
        args: GuestSetMemoryBlocksArgs,
    ) -> Result<Vec<GuestMemoryBlockResponse>, Error> {
        memory::set_memory_blocks(self, args)
    }

    fn guest_get_memory_block_info(&mut self) -> Result<GuestMemoryBlockInfo, Error> {
        memory::get_memory_block_info(self)
    }

    fn guest_exec_status(&mut self, args: GuestExecStatusArgs) -> Result<GuestExecStatus, Error> {
        exec::status(self, args)
    }

    fn guest_exec(&mut self, args: GuestExecArgs<'_>) -> Result<GuestExec, Error> {
        exec::exec(self, args)
    }

    fn guest_get_host_name(&mut self) -> Result<GuestHostName, Error> {
        os::get_host_name()
    }

    fn guest_get_users(&mut self) -> Result<Vec<GuestUser>, Error> {
        user::get_users(self)
    }

    fn guest_get_timezone(&mut self) -> Result<GuestTimezone, Error> {
        time::get_timezone(self)
    }

    fn guest_get_osinfo(&mut self) -> Result<GuestOSInfo, Error> {
        os::get_osinfo(self)
    }

    fn guest_ssh_get_authorized_keys(
        &mut self,
        args: GuestSshGetAuthorizedKeysArgs,
    ) -> Result<GuestAuthorizedKeys, Error> {
        ssh::get_authorized_keys(self, args)
    }

    fn guest_ssh_add_authorized_keys(
        &mut self,
        args: GuestSshAddAuthorizedKeysArgs,
    ) -> Result<(), Error> {
        ssh::add_authorized_keys(self, args)
    }

    fn guest_ssh_remove_authorized_keys(
        &mut self,
        args: GuestSshRemoveAuthorizedKeysArgs,
    ) -> Result<(), Error> {
        ssh::remove_authorized_keys(self, args)
    }

    fn guest_get_diskstats(&mut self) -> Result<Vec<GuestDiskStatsInfo>, Error> {
        disk_stats::get_diskstats(self)
    }

    fn guest_get_cpustats(&mut self) -> Result<Vec<GuestCpuStats>, Error> {
        stats::get_cpustats(self)
    }

    fn guest_get_load(&mut self) -> Result<GuestLoadAverage, Error> {
        stats::get_load()
    }

    fn guest_network_get_route(&mut self) -> Result<Vec<GuestNetworkRoute>, Error> {
        route::get_route(self)
    }
}
