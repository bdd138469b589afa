//! The forms of masks: one for each kind of text or number that a field may take. A mask is made from a fingerprint alone.

use core::net::{Ipv4Addr, Ipv6Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::choice::{BOOLS, Members, Seed};
use super::fingerprint::Fingerprint;
use super::pem::Pem;
use super::public_format::PublicFormat;

/// The largest number that a mask uses unless its field allows less: the largest that fits the 32-bit fields of Kubernetes.
const LARGEST: u64 = i32::MAX as u64;

/// How a mask looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Form<'f> {
    /// The mark for people, where any text fits.
    Mark,
    /// A name, which is a DNS label and a label's value as well.
    Name,
    /// The name of a port: at most 15 letters.
    PortName,
    /// Three names with dots between: the name of a webhook, a host.
    Domain,
    /// A whole number within bounds.
    Integer(u64, u64),
    /// `true` or `false`.
    Bool,
    /// The only text that is valid beside whatever else the object says.
    Only(&'f str),
    /// A member of an enum.
    OneOf(Members<'f>),
    Percent,
    Host,
    WildcardHost,
    Url,
    Email,
    Ipv4,
    Ipv6,
    /// An address for a Service, in the range that a cluster has unless it is set.
    ServiceIp,
    Cidr4,
    Cidr6,
    Duration,
    /// A number within bounds, and the unit behind it.
    Quantity(u64, u64, &'f str),
    Cron,
    TimeZone,
    Path,
    /// A path below a domain: the name of a controller or a finalizer.
    QualifiedPath,
    /// An expression in CEL that is a bool, and one that is a text.
    Condition,
    Expression,
    /// A word of letters and digits.
    Identifier,
    Date,
    DateTime,
    Uuid,
    Pem(Pem),
    /// Base64 of PEM.
    EncodedPem(Pem),
    /// Base64 of the mark.
    Base64,
    JsonObject,
    JsonList,
    /// JSON in a format that everybody knows.
    Json(PublicFormat),
}

impl Form<'_> {
    /// Any whole number that every field for one has room for.
    pub(super) const INTEGER: Self = Self::Integer(1, LARGEST);

    /// The mask of this form, as a text.
    pub(super) fn text(self, seed: &Seed<'_>) -> String {
        let fingerprint = seed.fingerprint;
        let digits = fingerprint.digits();
        let pick = |low, high| fingerprint.number_in(low, high);
        match self {
            Self::Mark => fingerprint.mark(),
            Self::Name => format!("redacted-{digits}"),
            Self::PortName => format!("r-{digits}"),
            Self::Domain => format!("redacted-{digits}.redacted.invalid"),
            Self::Integer(low, high) => pick(low, high).to_string(),
            Self::Bool => seed.member(BOOLS).to_owned(),
            Self::Only(text) => text.to_owned(),
            Self::OneOf(members) => seed.member(members).to_owned(),
            Self::Percent => format!("{}%", pick(1, 100)),
            Self::Host => format!("redacted-{digits}.invalid"),
            Self::WildcardHost => format!("*.redacted-{digits}.invalid"),
            Self::Url => format!("https://redacted-{digits}.invalid/"),
            Self::Email => format!("redacted-{digits}@redacted.invalid"),
            Self::Ipv4 => ipv4(fingerprint).to_string(),
            Self::Ipv6 => ipv6(fingerprint).to_string(),
            Self::ServiceIp => format!("10.0.0.{}", pick(2, 254)),
            Self::Cidr4 => format!("{}/32", ipv4(fingerprint)),
            Self::Cidr6 => format!("{}/128", ipv6(fingerprint)),
            // A quantity as well: `5m` may be either, and Gateway API takes five digits.
            Self::Duration => format!("{}m", pick(1, 99_999)),
            Self::Quantity(low, high, unit) => format!("{}{unit}", pick(low, high)),
            Self::Cron => cron(fingerprint),
            Self::TimeZone => format!("Etc/GMT-{}", pick(0, 14)),
            Self::Path => format!("/redacted-{digits}"),
            Self::QualifiedPath => format!("redacted-{digits}.invalid/redacted"),
            Self::Condition => format!("\"redacted-{digits}\" != \"\""),
            Self::Expression => format!("\"redacted-{digits}\""),
            Self::Identifier => format!("redacted{digits}"),
            Self::Date => date(fingerprint),
            Self::DateTime => format!("{}T00:00:00Z", date(fingerprint)),
            Self::Uuid => format!("00000000-0000-4000-8000-00{digits}"),
            Self::Pem(pem) => pem.mask(fingerprint),
            Self::EncodedPem(pem) => STANDARD.encode(pem.mask(fingerprint)),
            Self::Base64 => STANDARD.encode(fingerprint.mark()),
            Self::JsonObject => format!(r#"{{"redacted":"{}"}}"#, fingerprint.mark()),
            Self::JsonList => format!(r#"["{}"]"#, fingerprint.mark()),
            Self::Json(format) => format.mask(fingerprint),
        }
    }
}

/// An address for benchmarks, which leads nowhere (RFC 2544).
fn ipv4(fingerprint: &Fingerprint) -> Ipv4Addr {
    let [.., high, low] = fingerprint.number_in(0, 0x1_ffff).to_be_bytes();
    Ipv4Addr::new(198, if fingerprint.number_in(0, 0x1_ffff) > 0xffff { 19 } else { 18 }, high, low)
}

/// An address for documentation, with all the digits of the fingerprint in it (RFC 3849).
fn ipv6(fingerprint: &Fingerprint) -> Ipv6Addr {
    Ipv6Addr::from_bits(0x2001_0db8 << 96 | u128::from(fingerprint.number()))
}

/// A moment that comes once a year, in every month's first 28 days.
fn cron(fingerprint: &Fingerprint) -> String {
    let mut rest = fingerprint.number();
    let mut next = |count: u64| {
        let digit = rest % count;
        rest /= count;
        digit
    };
    format!("{} {} {} {} *", next(60), next(24), next(28) + 1, next(12) + 1)
}

/// A day of this century or the next nine, in every month's first 28 days.
fn date(fingerprint: &Fingerprint) -> String {
    let day = fingerprint.number_in(0, 1_000 * 12 * 28 - 1);
    format!("{}-{:02}-{:02}", 2000 + day / (12 * 28), day / 28 % 12 + 1, day % 28 + 1)
}
