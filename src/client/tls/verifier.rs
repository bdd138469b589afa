//! Whether a server is who it should be: its authority, its name, its signature. Knows no setting.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::super::options::{ServerWords, TrustOptions};
use super::{roots, wrong};
use crate::error::Error;

/// Checks the certificates of servers.
#[derive(Debug)]
pub(in crate::client) struct Verifier {
    provider: Arc<CryptoProvider>,
    anchors: Anchors,
    /// The name to expect in place of the address's host.
    name: Option<ServerName<'static>>,
    words: ServerWords,
}

/// Who may sign a server's certificate.
#[derive(Debug)]
enum Anchors {
    /// Nobody: every certificate is accepted.
    Anybody,
    /// The authorities of a PEM text.
    Pem(Authorities),
    /// The system's authorities, read for the first certificate: without TLS a run does not read a hundred files.
    System { file: Option<PathBuf>, folders: Vec<PathBuf>, read: OnceLock<Authorities> },
}

/// Authorities, ready to check a certificate, and how messages call them.
#[derive(Debug)]
struct Authorities {
    verifier: Result<Arc<WebPkiServerVerifier>, rustls::Error>,
    named: String,
}

impl Verifier {
    /// A verifier that trusts those whom `trust` names. Where everybody is trusted, no name is expected.
    pub(super) fn new(
        trust: TrustOptions,
        server_name: Option<String>,
        words: &ServerWords,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let anchors = match trust {
            TrustOptions::Anybody => Anchors::Anybody,
            TrustOptions::Pem(pem, name) => {
                let roots = roots::from_pem(&pem, &name)?;
                Anchors::Pem(Authorities::new(roots, name, provider))
            }
            TrustOptions::System { file, folders } => Anchors::System { file, folders, read: OnceLock::new() },
        };
        let name = server_name.filter(|_| !matches!(anchors, Anchors::Anybody)).map(|name| {
            ServerName::try_from(name.clone())
                .map_err(|error| wrong(format!("{} is not a host name: `{name}`", words.server_name), &error))
        });
        Ok(Self { provider: provider.clone(), anchors, name: name.transpose()?, words: *words })
    }

    /// Who is trusted, for errors.
    pub(in crate::client) fn trusted(&self) -> String {
        match self.authorities() {
            Some(authorities) => authorities.named.clone(),
            None => format!("anybody, as {} says", self.words.skip_verify),
        }
    }

    fn authorities(&self) -> Option<&Authorities> {
        match &self.anchors {
            Anchors::Anybody => None,
            Anchors::Pem(authorities) => Some(authorities),
            Anchors::System { file, folders, read } => Some(read.get_or_init(|| {
                let (roots, named) = roots::system(file.as_deref(), folders);
                Authorities::new(roots, named.to_owned(), &self.provider)
            })),
        }
    }
}

impl Authorities {
    fn new(roots: RootCertStore, named: String, provider: &Arc<CryptoProvider>) -> Self {
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
        Self { verifier: verifier.map_err(|error| rustls::Error::General(error.to_string())), named }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        asked: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(authorities) = self.authorities() else { return Ok(ServerCertVerified::assertion()) };
        let name = self.name.as_ref().unwrap_or(asked);
        authorities.verifier.as_ref().map_err(Clone::clone)?.verify_server_cert(
            certificate,
            intermediates,
            name,
            ocsp,
            now,
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rustls::crypto::ring;

    use super::*;

    #[test]
    fn the_systems_authorities_are_read_for_the_first_certificate() {
        let provider = Arc::new(ring::default_provider());
        let verifier = Verifier::new(TrustOptions::default(), None, &ServerWords::default(), &provider).unwrap();
        let Anchors::System { read, .. } = &verifier.anchors else { panic!("{verifier:?}") };
        assert!(read.get().is_none());
        let name = ServerName::try_from("vault.test").unwrap();
        let refused = verifier.verify_server_cert(
            &CertificateDer::from(&b"no certificate"[..]),
            &[],
            &name,
            &[],
            UnixTime::now(),
        );
        assert!(refused.is_err() && read.get().is_some());
        assert!(verifier.trusted().ends_with("certificate authorities"));
    }
}
