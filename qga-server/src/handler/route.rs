//! guest-network-get-route: where packets go.

use std::net::{IpAddr, Ipv6Addr};

use qapi_runtime::Error;
use qga_types::GuestNetworkRoute;

use crate::Agent;
use crate::sys::interfaces::spelling;
use crate::sys::routes::{self, Common, Route4, Route6};

/// The routes of IPv4, then those of IPv6.
///
/// Flags and metric are the kernel's 32 bits. The C agent extends those of IPv6 by their sign.
pub(crate) fn get_route(agent: &Agent) -> Result<Vec<GuestNetworkRoute>, Error> {
    let (v4, v6) = routes::read(&agent.settings.root)?;
    let (v4, v6) = (v4.into_iter().map(answer_v4), v6.into_iter().map(answer_v6));
    Ok(v4.chain(v6).collect())
}

fn answer_v4(route: Route4) -> GuestNetworkRoute {
    let mut answer = common(route.common, route.destination.to_string(), 4);
    answer.gateway = Some(route.gateway.to_string());
    answer.mask = Some(route.mask.to_string());
    answer.mtu = Some(route.mtu.into());
    answer.window = Some(route.window.into());
    answer.irtt = Some(route.round_trip.into());
    answer
}

fn answer_v6(route: Route6) -> GuestNetworkRoute {
    let (destination, prefix) = route.destination;
    let (source, source_prefix) = route.source;
    let text = |address: Ipv6Addr| spelling(IpAddr::V6(address));
    let mut answer = common(route.common, text(destination), 6);
    answer.desprefixlen = Some(prefix.to_string());
    answer.source = Some(text(source));
    answer.srcprefixlen = Some(source_prefix.to_string());
    answer.nexthop = Some(text(route.next_hop));
    answer
}

fn common(common: Common, destination: String, version: i64) -> GuestNetworkRoute {
    let metric = i64::from(common.metric);
    let mut answer = GuestNetworkRoute::new(common.interface, destination, metric, version);
    answer.flags = Some(common.flags.into());
    answer.refcnt = Some(common.references.into());
    answer.use_ = Some(common.uses.into());
    answer
}
