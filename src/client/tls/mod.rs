//! TLS: whom to trust, what to show, whose name to expect. Knows no request and no setting.

mod roots;
mod validity;
mod verifier;

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::options::{ClientIdentity, ServerWords, TlsOptions};
use crate::error::{Error, Kind};
pub(crate) use validity::validity;
pub(super) use verifier::Verifier;

/// The TLS configuration of a client, and its verifier.
pub(super) struct Tls {
    pub(super) config: ClientConfig,
    pub(super) verifier: Arc<Verifier>,
}

/// The configuration that the options make.
pub(super) fn tls(options: TlsOptions, words: &ServerWords) -> Result<Tls, Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Verifier::new(options.trust, options.server_name, words, &provider)?);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong("the TLS versions are not supported", &error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone());
    let mut config = match options.identity {
        None => builder.with_no_client_auth(),
        Some(ClientIdentity { certificates, key }) => {
            let (chain, key) = identity(&certificates, &key, words)?;
            builder.with_client_auth_cert(chain, key).map_err(|error| {
                wrong(
                    format!(
                        "the certificate of {} and the key of {} do not belong together",
                        words.certificate, words.key
                    ),
                    &error,
                )
            })?
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Tls { config, verifier })
}

/// Whether the options make a configuration; the error says what is wrong with them.
pub(crate) fn check_tls(options: TlsOptions, words: &ServerWords) -> Result<(), Error> {
    tls(options, words).map(|_| ())
}

type CertifiedKey = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The certificate and key to show.
fn identity(chain: &[u8], key: &[u8], words: &ServerWords) -> Result<CertifiedKey, Error> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
    let chain = chain.map_err(|error| wrong(format!("the certificate of {} is broken", words.certificate), &error))?;
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|error| wrong(format!("the key of {} is broken", words.key), &error))?;
    Ok((chain, key))
}

fn wrong(detail: impl Into<String>, cause: &dyn std::error::Error) -> Error {
    Error::new(Kind::Setting, detail).cause(cause.to_string())
}
