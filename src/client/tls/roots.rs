//! The certificate authorities to trust: those that the settings name, else the system's, else the built-in ones.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::file;
use crate::config::Config;
use crate::error::{Error, Kind};

/// The authorities that the settings name, and what to call them: as for the Vault CLI a file, else the text, else a folder.
pub(super) fn named(config: &Config) -> Result<Option<(RootCertStore, String)>, Error> {
    if let Some(pem) = file::read(config, "VAULT_CACERT")? {
        let named = format!("`VAULT_CACERT` (`{}`)", config.get("VAULT_CACERT").unwrap_or_default());
        return Ok(Some((from_pem(&pem, &named)?, named)));
    }
    if let Some(pem) = config.get("VAULT_CACERT_BYTES") {
        let named = "`VAULT_CACERT_BYTES`".to_owned();
        return Ok(Some((from_pem(pem.as_bytes(), &named)?, named)));
    }
    if let Some(pem) = file::read_folder(config, "VAULT_CAPATH")? {
        let named = format!("`VAULT_CAPATH` (`{}`)", config.get("VAULT_CAPATH").unwrap_or_default());
        return Ok(Some((from_pem(&pem, &named)?, named)));
    }
    Ok(None)
}

/// The system's authorities where there are any, else Mozilla's, which are built in; and what to call them.
pub(super) fn system() -> (RootCertStore, &'static str) {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if !roots.is_empty() {
        return (roots, "the system's certificate authorities");
    }
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    (roots, "the built-in certificate authorities")
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
