//! Why a request got no response, in a user's words. Pure: an error in, its meaning out.

use std::error::Error as StdError;

use super::options::ServerWords;
use super::reach::OutOfReach;
use super::retry::Attempt;
use super::tls::Verifier;
use crate::error::{Error, Kind};

/// Why a request got no response.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The error to show.
    pub error: Error,
    /// Whether every other request to this server would fail the same way.
    pub is_of_server: bool,
}

/// Why one attempt got no response.
pub(super) struct AttemptError {
    pub(super) attempt: Attempt,
    pub(super) error: Error,
}

impl From<AttemptError> for Failure {
    fn from(failed: AttemptError) -> Self {
        Self { error: failed.error, is_of_server: matches!(failed.attempt, Attempt::Unsent | Attempt::Refused) }
    }
}

/// An error before a request is made would stop every other request, too.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, is_of_server: true }
    }
}

/// The meaning of a connection's error.
pub(super) fn failure(error: &reqwest::Error, address: &str, verifier: &Verifier, words: &ServerWords) -> AttemptError {
    if let Some(tls) = tls_error(error) {
        return AttemptError { attempt: Attempt::Refused, error: of_tls(tls, address, verifier, words) };
    }
    if let Some(refused) = chain(error).find_map(|cause| cause.downcast_ref()) {
        return AttemptError { attempt: Attempt::Refused, error: out_of_reach(refused, address, words) };
    }
    if error.is_builder() {
        let error = Error::new(Kind::Setting, format!("cannot make a request to `{address}` from the settings"))
            .cause(innermost(error))
            .hint("does a token or a namespace hold a line break, or another character that HTTP headers forbid?");
        return AttemptError { attempt: Attempt::Hopeless, error };
    }
    let (attempt, what) = match error.is_connect() {
        true => (Attempt::Unsent, format!("cannot connect to `{address}`")),
        false => (Attempt::Broken, format!("the connection to `{address}` broke")),
    };
    let hint = format!("is {} right, and does the server run there?", words.address);
    AttemptError { attempt, error: Error::new(Kind::Unavailable, what).cause(innermost(error)).hint(hint) }
}

/// The error of an address that a tenant chose and that is of this machine or its link.
pub(super) fn out_of_reach(refused: &OutOfReach, address: &str, words: &ServerWords) -> Error {
    let detail = format!("a tenant's {} must not lead to this machine or its link: `{address}`", words.address);
    let hint = format!(
        "whoever answers there may lend the operator's identity; the operator can allow it with {}",
        words.tenant_settings
    );
    Error::new(Kind::Store, detail).cause(refused.to_string()).hint(hint)
}

/// The meaning of an error of TLS.
pub(super) fn of_tls(tls: &rustls::Error, address: &str, verifier: &Verifier, words: &ServerWords) -> Error {
    let detail = format!("cannot make a TLS connection to `{address}`, trusting {}", verifier.trusted());
    let error = Error::new(Kind::Store, detail).cause(tls.to_string());
    match tls_hint(tls, words) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn tls_hint(error: &rustls::Error, words: &ServerWords) -> Option<String> {
    use rustls::CertificateError as Certificate;
    let ServerWords { address, authorities, server_name, certificate, key, .. } = words;
    Some(match error {
        rustls::Error::InvalidCertificate(Certificate::UnknownIssuer) => {
            format!("name the authority that signed the server's certificate with {authorities}")
        }
        rustls::Error::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => format!("the certificate bears another name: use it in {address}, or give it as {server_name}"),
        rustls::Error::InvalidCertificate(Certificate::Expired | Certificate::ExpiredContext { .. }) => {
            "the server needs a new certificate, unless this machine's clock is ahead".to_owned()
        }
        rustls::Error::InvalidCertificate(Certificate::NotValidYet | Certificate::NotValidYetContext { .. }) => {
            "this machine's clock is behind, or the server's certificate is for later".to_owned()
        }
        rustls::Error::InvalidMessage(_) => {
            format!("the server does not speak TLS on this port: is {address} meant to begin with `http://`?")
        }
        rustls::Error::AlertReceived(_) => {
            format!("the server refused: does it ask for a client certificate ({certificate}, {key})?")
        }
        _ => return None,
    })
}

/// The TLS error in a chain.
pub(super) fn tls_error<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    within(error).or_else(|| chain(error).find_map(within))
}

/// The TLS error that an I/O error wraps, which another I/O error may wrap.
fn within<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    match error.downcast_ref::<std::io::Error>() {
        Some(io) => within(io.get_ref()?),
        None => error.downcast_ref(),
    }
}

/// The innermost cause of an error: what the operating system says, without what each layer adds.
pub(super) fn innermost(error: &dyn StdError) -> String {
    chain(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}

fn chain(error: &dyn StdError) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |error| (*error).source())
}
