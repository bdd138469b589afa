//! Masks in PEM. Each parses as what its label says, and holds a fingerprint and no secret: the signatures do not fit, and the keys are no
//! pairs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fingerprint::Fingerprint;

/// The digits in the templates, which a fingerprint replaces.
const DIGITS: &[u8] = b"0123456789";

/// A self-signed certificate of `CN=redacted-0123456789`, an authority: the API server parses those of a `caBundle`.
const CERTIFICATE: &[u8] = include_bytes!("pem/certificate.der");

/// A request for a certificate of the same name.
const CERTIFICATE_REQUEST: &[u8] = include_bytes!("pem/certificate_request.der");

/// What stands before the 32 bytes of an Ed25519 key: a private one in PKCS #8 (RFC 8410), and a public one.
const PRIVATE_KEY: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
const PUBLIC_KEY: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// How long an Ed25519 key is.
const KEY: usize = 32;

/// How long a line is.
const WIDTH: usize = 64;

/// The content of a block of PEM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Pem {
    Certificate,
    CertificateRequest,
    PrivateKey,
    PublicKey,
    /// Anything else.
    Data,
}

impl Pem {
    /// The content that a label stands for.
    pub(super) fn of_label(label: &str) -> Self {
        match label {
            "CERTIFICATE" | "TRUSTED CERTIFICATE" | "X509 CERTIFICATE" => Self::Certificate,
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Self::CertificateRequest,
            "PUBLIC KEY" => Self::PublicKey,
            label if label.ends_with("PRIVATE KEY") => Self::PrivateKey,
            _ => Self::Data,
        }
    }

    /// A block with this content that holds the fingerprint.
    pub(super) fn mask(self, fingerprint: &Fingerprint) -> String {
        let key = |prefix: &[u8]| {
            let digits = fingerprint.digits().as_bytes().iter().cycle().take(KEY);
            prefix.iter().chain(digits).copied().collect::<Vec<_>>()
        };
        match self {
            Self::Certificate => block("CERTIFICATE", &filled(CERTIFICATE, fingerprint)),
            // Its signature is looked at, and has to fit: the fingerprint stands before it.
            Self::CertificateRequest => {
                let (begin, rest) =
                    ("-----BEGIN CERTIFICATE REQUEST-----\n", block("CERTIFICATE REQUEST", CERTIFICATE_REQUEST));
                rest.replacen(begin, &format!("{begin}Redacted: {}\n\n", fingerprint.digits()), 1)
            }
            Self::PrivateKey => block("PRIVATE KEY", &key(PRIVATE_KEY)),
            Self::PublicKey => block("PUBLIC KEY", &key(PUBLIC_KEY)),
            Self::Data => block("REDACTED", fingerprint.mark().as_bytes()),
        }
    }
}

/// The template with the fingerprint, which is as long as the digits, in their place.
fn filled(template: &[u8], fingerprint: &Fingerprint) -> Vec<u8> {
    let mut out = template.to_vec();
    let places: Vec<usize> = memchr::memmem::find_iter(template, DIGITS).collect();
    for at in places {
        out[at..at + DIGITS.len()].copy_from_slice(fingerprint.digits().as_bytes());
    }
    out
}

fn block(label: &str, content: &[u8]) -> String {
    let encoded = STANDARD.encode(content);
    let lines: String = encoded.as_bytes().chunks(WIDTH).map(|line| String::from_utf8_lossy(line) + "\n").collect();
    format!("-----BEGIN {label}-----\n{lines}-----END {label}-----\n")
}

#[cfg(test)]
mod tests {
    use rustls::RootCertStore;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};

    use super::*;

    fn mask(pem: Pem) -> String {
        pem.mask(&Fingerprint::parse("a1b2c3d4e5").unwrap())
    }

    #[test]
    fn each_block_parses_as_its_label_says() {
        let certificate = CertificateDer::from_pem_slice(mask(Pem::Certificate).as_bytes()).unwrap();
        assert!(memchr::memmem::find(&certificate, b"redacted-a1b2c3d4e5").is_some());
        RootCertStore::empty().add(certificate).unwrap();
        assert!(mask(Pem::CertificateRequest).contains("\nRedacted: a1b2c3d4e5\n\n"));
        let key = PrivatePkcs8KeyDer::from_pem_slice(mask(Pem::PrivateKey).as_bytes()).unwrap();
        rustls::crypto::ring::sign::any_eddsa_type(&key).unwrap();
        SubjectPublicKeyInfoDer::from_pem_slice(mask(Pem::PublicKey).as_bytes()).unwrap();
        assert!(mask(Pem::Data).starts_with("-----BEGIN REDACTED-----\nPHJl"));
    }
}
