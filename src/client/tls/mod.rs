//! TLS as the Vault CLI's variables ask: whom to trust, what to show, whose name to expect. Knows no request.

mod roots;
mod verifier;

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::file;
use crate::config::Config;
use crate::error::{Error, Kind};
pub(super) use verifier::Verifier;

/// TLS as the settings want it, and who is trusted.
pub(super) struct Tls {
    pub(super) config: ClientConfig,
    pub(super) verifier: Arc<Verifier>,
}

/// Reads the certificates and keys that the settings name; nothing is read before the first connection.
pub(super) fn tls(config: &Config) -> Result<Tls, Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Verifier::new(config, &provider)?);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong("the TLS versions do not fit", &error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone());
    let mut config = match identity(config)? {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|error| {
            wrong("the certificate of `VAULT_CLIENT_CERT` and the key of `VAULT_CLIENT_KEY` do not fit", &error)
        })?,
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Tls { config, verifier })
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The certificate and key to show, where the settings name both.
fn identity(config: &Config) -> Result<Option<Identity>, Error> {
    match (file::read(config, "VAULT_CLIENT_CERT")?, file::read(config, "VAULT_CLIENT_KEY")?) {
        (None, None) => Ok(None),
        (Some(chain), Some(key)) => {
            let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
            let chain = chain.map_err(|error| wrong("the certificate of `VAULT_CLIENT_CERT` is broken", &error))?;
            let key = PrivateKeyDer::from_pem_slice(&key)
                .map_err(|error| wrong("the key of `VAULT_CLIENT_KEY` is broken", &error))?;
            Ok(Some((chain, key)))
        }
        (certificate, _) => {
            let (set, missing) = match certificate {
                Some(_) => ("VAULT_CLIENT_CERT", "VAULT_CLIENT_KEY"),
                None => ("VAULT_CLIENT_KEY", "VAULT_CLIENT_CERT"),
            };
            Err(Error::new(Kind::Setting, format!("`{set}` is set and `{missing}` is not"))
                .hint("a client certificate needs its key, and the key its certificate"))
        }
    }
}

fn wrong(detail: impl Into<String>, cause: &dyn std::error::Error) -> Error {
    Error::new(Kind::Setting, detail).cause(cause.to_string())
}
