//! TLS as the Vault CLI's variables ask: whom to trust, what to show, whose name to expect. Knows no request.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::file;
use crate::config::Config;
use crate::error::{Error, Kind};

/// TLS as the settings want it, and the name of who is trusted, for errors.
pub(super) struct Tls {
    pub(super) config: ClientConfig,
    pub(super) trusted: String,
}

/// Reads certificates and keys; nothing is read before the first connection.
pub(super) fn tls(config: &Config) -> Result<Tls, Error> {
    let provider = Arc::new(ring::default_provider());
    let (verifier, trusted) = verifier(config, &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong("the TLS versions do not fit", &error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match identity(config)? {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|error| {
            wrong("the certificate of `VAULT_CLIENT_CERT` and the key of `VAULT_CLIENT_KEY` do not fit", &error)
        })?,
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Tls { config, trusted })
}

fn verifier(config: &Config, provider: &Arc<CryptoProvider>) -> Result<(Arc<dyn ServerCertVerifier>, String), Error> {
    if config.bool("VAULT_SKIP_VERIFY") {
        return Ok((Arc::new(Anybody(provider.clone())), "nobody asked, by `VAULT_SKIP_VERIFY`".to_owned()));
    }
    let (roots, trusted) = roots(config)?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| wrong(format!("no certificate authority is usable: {trusted}"), &error))?;
    match config.get("VAULT_TLS_SERVER_NAME") {
        None => Ok((verifier, trusted)),
        Some(name) => {
            let name = ServerName::try_from(name.to_owned())
                .map_err(|error| wrong(format!("`VAULT_TLS_SERVER_NAME` is no host name: `{name}`"), &error))?;
            Ok((Arc::new(Named { name, verifier }), trusted))
        }
    }
}

/// The authorities to trust and their name: as for the Vault CLI a file, else the text, else a folder, else the system's.
fn roots(config: &Config) -> Result<(RootCertStore, String), Error> {
    if let Some(pem) = file::read(config, "VAULT_CACERT")? {
        let named = format!("`VAULT_CACERT` (`{}`)", config.get("VAULT_CACERT").unwrap_or_default());
        return Ok((from_pem(&pem, &named)?, named));
    }
    if let Some(pem) = config.get("VAULT_CACERT_BYTES") {
        let named = "`VAULT_CACERT_BYTES`".to_owned();
        return Ok((from_pem(pem.as_bytes(), &named)?, named));
    }
    if let Some(pem) = file::read_folder(config, "VAULT_CAPATH")? {
        let named = format!("`VAULT_CAPATH` (`{}`)", config.get("VAULT_CAPATH").unwrap_or_default());
        return Ok((from_pem(&pem, &named)?, named));
    }
    Ok(system_roots())
}

fn from_pem(pem: &[u8], named: &str) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        certificate
            .map_err(|error| error.to_string())
            .and_then(|certificate| roots.add(certificate).map_err(|error| error.to_string()))
            .map_err(|cause| Error::new(Kind::Setting, format!("a certificate of {named} is broken")).cause(cause))?;
    }
    if roots.is_empty() {
        return Err(Error::new(Kind::Setting, format!("{named} holds no certificate"))
            .hint("it takes PEM: `-----BEGIN CERTIFICATE-----`"));
    }
    Ok(roots)
}

/// The system's authorities where there are any, else Mozilla's, which are built in.
fn system_roots() -> (RootCertStore, String) {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if !roots.is_empty() {
        return (roots, "the system's certificate authorities".to_owned());
    }
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    (roots, "the built-in certificate authorities".to_owned())
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

/// Expects one name, whatever the address is.
#[derive(Debug)]
struct Named {
    name: ServerName<'static>,
    verifier: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verifier.verify_server_cert(certificate, intermediates, &self.name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// Accepts any certificate whose owner signs: `VAULT_SKIP_VERIFY`.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
