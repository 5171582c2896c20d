//! Which addresses the gateway connects to: public ones, and those that the connection grants.
//!
//! A name is judged by what it resolves to, at the moment of connecting: whoever can answer for a name of an
//! upstream, or writes one into a file, must not lead credentials into the network of this machine or to the
//! metadata service of its cloud. Deliberately absent: addresses that a proxy resolves; they are the proxy's.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::vec;

use futures::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use ipnet::IpNet;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

/// What is not the public internet (IANA IPv4 and IPv6 Special-Purpose Address Registries).
const SPECIAL_PURPOSE: [&str; 26] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    // IPv6: unspecified, loopback and what embedded IPv4 addresses looked like once.
    "::/96",
    "64:ff9b:1::/48",
    "100::/64",
    // Teredo, benchmarks, ORCHID: all of IETF's protocol assignments.
    "2001::/23",
    "2001:db8::/32",
    // 6to4 carries IPv4 addresses of any kind, and nobody routes it any more.
    "2002::/16",
    "3fff::/20",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

static NOT_PUBLIC: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    SPECIAL_PURPOSE.iter().map(|network| network.parse().expect("the registry holds networks")).collect()
});

/// A host that only has addresses which the connection does not grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the address is in a network that the connection does not grant")]
pub(super) struct AddressRefused;

/// The networks beside the public internet that a connection grants. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct GrantedNetworks(Arc<[IpNet]>);

impl GrantedNetworks {
    pub fn new(networks: &[IpNet]) -> Self {
        GrantedNetworks(networks.into())
    }

    /// Refuses a host that is itself an address which is not granted: no name service is asked for it.
    pub fn check_literal(&self, host: &str) -> Result<(), AddressRefused> {
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            // An endpoint is written in the connection file; written so, it is meant to be on this machine.
            Ok(address) if address.to_canonical().is_loopback() => Ok(()),
            Ok(address) if !self.allow(address) => Err(AddressRefused),
            _ => Ok(()),
        }
    }

    fn allow(&self, address: IpAddr) -> bool {
        let address = reached(address);
        self.0.iter().any(|network| network.contains(&address))
            || !NOT_PUBLIC.iter().any(|network| network.contains(&address))
    }
}

/// The address that is reached in the end: IPv4 addresses travel inside of IPv6 ones (RFC 4291, section 2.5.5.2;
/// RFC 6052, section 2.1).
fn reached(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if v6.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0] => {
            let [.., a, b, c, d] = v6.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        canonical => canonical,
    }
}

/// What resolves names: the machine's name service, or what a test puts in its place.
pub(super) type Names = BoxCloneSyncService<Name, vec::IntoIter<SocketAddr>, io::Error>;

/// The machine's name service.
pub(super) fn machine_names() -> Names {
    BoxCloneSyncService::new(
        GaiResolver::new().map_response(|addresses| addresses.collect::<Vec<_>>().into_iter()),
    )
}

/// Resolves names to the addresses that are allowed.
#[derive(Clone)]
pub(super) struct CheckedNames {
    pub names: Names,
    pub granted: GrantedNetworks,
}

impl Service<Name> for CheckedNames {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.names.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        // As with a loopback address: whoever writes `localhost` means this machine.
        let is_localhost = name.as_str() == "localhost";
        let granted = self.granted.clone();
        let resolving = self.names.call(name);
        Box::pin(async move {
            let mut addresses: Vec<SocketAddr> = resolving.await?.collect();
            addresses.retain(|address| {
                granted.allow(address.ip()) || (is_localhost && address.ip().to_canonical().is_loopback())
            });
            if addresses.is_empty() {
                return Err(AddressRefused.into());
            }
            Ok(addresses.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: [&str; 26] = [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.1.2.3",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2001:db8::1",
        "2002:a01:203::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "ff02::1",
    ];

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_public_addresses_are_allowed_without_a_grant() {
        let nothing = GrantedNetworks::default();
        for text in REFUSED {
            assert!(!nothing.allow(address(text)), "{text}");
        }
        for text in ["52.95.116.1", "172.32.0.1", "100.128.0.1", "2a05:d018::1", "::ffff:52.95.116.1"] {
            assert!(nothing.allow(address(text)), "{text}");
        }
        assert!(nothing.allow(address("64:ff9b::345f:7401")), "a public address behind NAT64");
    }

    #[test]
    fn a_granted_network_is_allowed_in_every_spelling_and_its_neighbour_is_not() {
        let granted = GrantedNetworks::new(&["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        for text in ["10.1.2.3", "::ffff:10.1.2.3", "fd12::1"] {
            assert!(granted.allow(address(text)), "{text}");
        }
        for text in ["10.2.0.1", "fc00::1", "127.0.0.1"] {
            assert!(!granted.allow(address(text)), "{text}");
        }
    }

    #[test]
    fn a_literal_is_judged_and_one_of_this_machine_is_granted_by_being_written() {
        let nothing = GrantedNetworks::default();
        for host in ["127.0.0.1", "[::1]", "localhost", "example.org", "52.95.116.1"] {
            assert_eq!(nothing.check_literal(host), Ok(()), "{host}");
        }
        for host in ["10.1.2.3", "169.254.169.254", "[fd12::1]", "[::ffff:10.1.2.3]", "0.0.0.0", "[::]"] {
            assert_eq!(nothing.check_literal(host), Err(AddressRefused), "{host}");
        }
    }

    /// A name service that knows these addresses for every name.
    fn names(addresses: &'static [&'static str], granted: &[&str]) -> CheckedNames {
        let answer = move |_name| async move {
            let addresses: Vec<_> = addresses.iter().map(|text| SocketAddr::new(address(text), 0)).collect();
            Ok(addresses.into_iter())
        };
        let granted: Vec<IpNet> = granted.iter().map(|network| network.parse().unwrap()).collect();
        CheckedNames {
            names: BoxCloneSyncService::new(tower::service_fn(answer)),
            granted: GrantedNetworks::new(&granted),
        }
    }

    async fn resolved(names: CheckedNames, name: &str) -> Vec<String> {
        let result = names.oneshot(name.parse().unwrap()).await;
        result.map_or_else(
            |error| vec![error.to_string()],
            |addresses| addresses.map(|address| address.ip().to_string()).collect(),
        )
    }

    #[tokio::test]
    async fn a_name_keeps_the_addresses_that_are_allowed() {
        let refused = [AddressRefused.to_string()];
        assert_eq!(resolved(names(&["10.1.2.3", "52.95.116.1"], &[]), "example.org").await, ["52.95.116.1"]);
        assert_eq!(resolved(names(&["10.1.2.3", "::1"], &[]), "example.org").await, refused);
        assert_eq!(resolved(names(&["10.1.2.3"], &["10.0.0.0/8"]), "example.org").await, ["10.1.2.3"]);
        assert_eq!(resolved(names(&["127.0.0.1"], &[]), "localhost").await, ["127.0.0.1"]);
        assert_eq!(resolved(names(&["10.1.2.3"], &[]), "localhost").await, refused);
        assert_eq!(resolved(names(&["127.0.0.1"], &[]), "localhost.example.org").await, refused);
    }
}
