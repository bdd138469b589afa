//! From when until when a certificate is valid. Reads no more of X.509 than the way to that.

use crate::moment;

/// A part of DER.
const SEQUENCE: u8 = 0x30;
/// The version of a certificate, which the first version lacks.
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The first and the last moment of a certificate; `None` if it is not one.
pub(crate) fn validity(der: &[u8]) -> Option<(i64, i64)> {
    let (certificate, _) = expect(SEQUENCE, der)?;
    let (mut fields, _) = expect(SEQUENCE, certificate)?;
    if let Some((_, rest)) = expect(VERSION, fields) {
        fields = rest;
    }
    // The serial number, the algorithm and the issuer.
    for _ in 0..3 {
        fields = element(fields)?.2;
    }
    let (times, _) = expect(SEQUENCE, fields)?;
    let (first, times) = time(times)?;
    Some((first, time(times)?.0))
}

fn time(der: &[u8]) -> Option<(i64, &[u8])> {
    let (tag, content, rest) = element(der)?;
    let text = str::from_utf8(content).ok().filter(|_| matches!(tag, UTC_TIME | GENERALIZED_TIME))?;
    Some((moment::of_asn1(text)?, rest))
}

fn expect(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    element(der).filter(|(found, ..)| *found == tag).map(|(_, content, rest)| (content, rest))
}

/// The first element: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, first, rest) = (*der.first()?, *der.get(1)?, der.get(2..)?);
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn a_certificate_says_when_it_is_valid() {
        let mut params = CertificateParams::new(vec!["vault.test".to_owned()]).unwrap();
        for (first, last) in [((2020, 2, 29), (2030, 12, 31)), ((1999, 1, 1), (2061, 1, 1))] {
            params.not_before = date_time_ymd(first.0, first.1, first.2);
            params.not_after = date_time_ymd(last.0, last.1, last.2);
            let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
            let expected = (params.not_before.unix_timestamp(), params.not_after.unix_timestamp());
            assert_eq!(validity(certificate.der()), Some(expected));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
            let _ = validity(&bytes);
        }
    }
}
