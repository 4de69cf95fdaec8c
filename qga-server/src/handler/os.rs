//! guest-get-host-name, guest-get-osinfo: what runs here.

use qapi_runtime::Error;
use qga_types::{GuestHostName, GuestOSInfo};

use crate::Agent;
use crate::sys::{os_release, uname};

/// The host name of this moment.
pub(crate) fn get_host_name() -> Result<GuestHostName, Error> {
    Ok(GuestHostName::new(uname::read().host))
}

/// The kernel, and the distribution as far as it tells. A machine without os-release is fine.
pub(crate) fn get_osinfo(agent: &Agent) -> Result<GuestOSInfo, Error> {
    let settings = &agent.settings;
    let uname = uname::read();
    let release = os_release::read(&settings.root, settings.os_release.as_deref())
        .inspect_err(|error| log::debug!("no os-release: {error}"))
        .unwrap_or_default();
    let field = |key| release.get(key).map(str::to_owned);

    let mut info = GuestOSInfo::new();
    info.kernel_release = Some(uname.release);
    info.kernel_version = Some(uname.version);
    info.machine = Some(uname.machine);
    info.id = field("ID");
    info.name = field("NAME");
    info.pretty_name = field("PRETTY_NAME");
    info.version = field("VERSION");
    info.version_id = field("VERSION_ID");
    info.variant = field("VARIANT");
    info.variant_id = field("VARIANT_ID");
    Ok(info)
}
