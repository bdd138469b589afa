//! Which addresses a client may connect to. Pure.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// Which addresses a client may connect to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reach {
    /// All, and sockets.
    #[default]
    Everything,
    /// Those of other machines. On this one, and on its link, agents and metadata services answer, who lend their own identity to whoever
    /// asks.
    OtherMachines,
}

/// The error of an address that is out of reach.
#[derive(Debug)]
pub(super) struct OutOfReach {
    kind: &'static str,
}

impl Reach {
    /// The error if the address is out of reach.
    pub(super) fn check(self, address: IpAddr) -> Result<(), OutOfReach> {
        match kind(address).filter(|_| self == Self::OtherMachines) {
            Some(kind) => Err(OutOfReach { kind }),
            None => Ok(()),
        }
    }

    /// The error if sockets are out of reach.
    pub(super) fn check_socket(self) -> Result<(), OutOfReach> {
        if self == Self::OtherMachines { Err(OutOfReach { kind: "a socket" }) } else { Ok(()) }
    }
}

/// The kind of an address of this machine or its link; `None` for others.
fn kind(address: IpAddr) -> Option<&'static str> {
    let address = address.to_canonical();
    let is_link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    // `::127.0.0.1`, a form that is out of use.
    let compatible = match address {
        IpAddr::V6(address) => address.to_ipv4().filter(|_| address != Ipv6Addr::LOCALHOST).map(IpAddr::V4),
        IpAddr::V4(_) => None,
    };
    match address {
        address if address.is_loopback() => Some("a loopback address"),
        address if address.is_unspecified() => Some("an unspecified address"),
        _ if is_link_local => Some("a link-local address"),
        _ => compatible.and_then(kind),
    }
}

impl fmt::Display for OutOfReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is {}", self.kind)
    }
}

impl std::error::Error for OutOfReach {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_its_link_are_not_other_machines() {
        for (address, is_other) in [
            ("127.0.0.1", false),
            ("127.8.8.8", false),
            ("0.0.0.0", false),
            ("169.254.169.254", false),
            ("::1", false),
            ("::", false),
            ("fe80::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:169.254.169.254", false),
            ("::127.0.0.1", false),
            ("10.0.0.1", true),
            ("192.0.2.1", true),
            ("2001:db8::1", true),
            ("fd00::1", true),
            ("::ffff:10.0.0.1", true),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(Reach::OtherMachines.check(address).is_ok(), is_other, "{address}");
            assert!(Reach::Everything.check(address).is_ok());
        }
    }
}
