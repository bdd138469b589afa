//! Which addresses belong to the public internet. The others are of this machine or this network, or unused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4's special networks: first address, length of the prefix, kind.
const V4: &[([u8; 4], u32, &str)] = &[
    ([0, 0, 0, 0], 8, "unspecified"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "private"), // a provider's own, clouds' metadata and clusters' services too
    ([127, 0, 0, 0], 8, "loopback"),
    ([169, 254, 0, 0], 16, "link-local"), // clouds' metadata
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "reserved"),
    ([192, 0, 2, 0], 24, "reserved"),
    ([192, 88, 99, 0], 24, "reserved"),
    ([192, 168, 0, 0], 16, "private"),
    ([198, 18, 0, 0], 15, "private"),
    ([198, 51, 100, 0], 24, "reserved"),
    ([203, 0, 113, 0], 24, "reserved"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([240, 0, 0, 0], 4, "reserved"),
];

/// IPv6's special networks.
const V6: &[([u16; 8], u32, &str)] = &[
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified"),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "private"), // clouds' metadata too: fd00:ec2::254
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link-local"),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "reserved"), // Teredo among others
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "reserved"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "reserved"),
];

/// IPv6's networks that carry an IPv4 address: first address, length of the prefix, by how many bits the address stands from the right.
const CARRIERS: &[([u16; 8], u32, u32)] = &[
    ([0, 0, 0, 0, 0, 0xffff, 0, 0], 96, 0),
    ([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, 0), // NAT64
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, 80),   // 6to4
];

/// Where IPv6's public addresses are, today.
const GLOBAL: ([u16; 8], u32) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// The kind of an address, e.g. `loopback`; `None` if it belongs to the public internet.
pub(super) fn internal(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => internal_v4(address),
        IpAddr::V6(address) => internal_v6(address),
    }
}

fn internal_v4(address: Ipv4Addr) -> Option<&'static str> {
    let is_in = |first: &[u8; 4], length: &u32| {
        let shift = 32 - length;
        address.to_bits() >> shift == Ipv4Addr::from(*first).to_bits() >> shift
    };
    V4.iter().find(|(first, length, _)| is_in(first, length)).map(|(_, _, kind)| *kind)
}

fn internal_v6(address: Ipv6Addr) -> Option<&'static str> {
    let is_in = |first: &[u16; 8], length: &u32| {
        let shift = 128 - length;
        address.to_bits() >> shift == Ipv6Addr::from(*first).to_bits() >> shift
    };
    if let Some((_, _, shift)) = CARRIERS.iter().find(|(first, length, _)| is_in(first, length)) {
        let carried = (address.to_bits() >> shift) as u32;
        return internal_v4(Ipv4Addr::from_bits(carried));
    }
    let special = V6.iter().find(|(first, length, _)| is_in(first, length)).map(|(_, _, kind)| *kind);
    special.or_else(|| (!is_in(&GLOBAL.0, &GLOBAL.1)).then_some("reserved"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_internet_is_everybodys() {
        for text in ["1.1.1.1", "140.82.121.3", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.167.1.1"]
        {
            assert_eq!(internal(text.parse().unwrap()), None, "{text}");
        }
        for text in ["2606:4700::1111", "2a00:1450::1", "64:ff9b::101:101", "2002:101:101::1", "::ffff:1.1.1.1"] {
            assert_eq!(internal(text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn other_addresses_are_internal() {
        for (text, kind) in [
            ("0.0.0.0", "unspecified"),
            ("0.1.2.3", "unspecified"),
            ("10.255.0.1", "private"),
            ("100.100.100.200", "private"),
            ("127.0.0.1", "loopback"),
            ("127.255.255.255", "loopback"),
            ("169.254.169.254", "link-local"),
            ("172.16.0.1", "private"),
            ("172.31.255.255", "private"),
            ("192.168.1.1", "private"),
            ("198.19.0.1", "private"),
            ("224.0.0.1", "multicast"),
            ("255.255.255.255", "reserved"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::ffff:127.0.0.1", "loopback"),
            ("::ffff:169.254.169.254", "link-local"),
            ("::127.0.0.1", "reserved"),
            ("64:ff9b::a9fe:a9fe", "link-local"),
            ("64:ff9b::7f00:1", "loopback"),
            ("64:ff9b:1::7f00:1", "reserved"),
            ("2002:7f00:1::", "loopback"),
            ("2002:a00:1::1", "private"),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "reserved"),
            ("2001:db8::1", "reserved"),
            ("fd00:ec2::254", "private"),
            ("fe80::1", "link-local"),
            ("febf::1", "link-local"),
            ("fec0::1", "reserved"),
            ("ff02::1", "multicast"),
            ("100::1", "reserved"),
            ("5f00::1", "reserved"),
        ] {
            assert_eq!(internal(text.parse().unwrap()), Some(kind), "{text}");
        }
    }
}
