//! The certificate authorities to trust: those of a PEM text, else the system's, else the built-in ones.

use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::{Error, Kind};

/// The system's authorities, else Mozilla's, which are built in; and how messages call them.
pub(super) fn system(file: Option<&Path>, folders: &[PathBuf]) -> (RootCertStore, &'static str) {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates(file, folders));
    if !roots.is_empty() {
        return (roots, "the system's certificate authorities");
    }
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    (roots, "the built-in certificate authorities")
}

/// The certificates of a file and of folders, or where neither is named, those of the places where systems have them.
fn certificates(file: Option<&Path>, folders: &[PathBuf]) -> Vec<CertificateDer<'static>> {
    if file.is_none() && folders.is_empty() {
        return rustls_native_certs::load_native_certs().certs;
    }
    let of_folders = folders.iter().map(|folder| (None, Some(folder.as_path())));
    let places = file.map(|file| (Some(file), None)).into_iter().chain(of_folders);
    places.flat_map(|(file, folder)| rustls_native_certs::load_certs_from_paths(file, folder).certs).collect()
}

/// The authorities of a PEM text, which messages call `name`.
pub(super) fn from_pem(pem: &[u8], name: &str) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        certificate
            .map_err(|error| error.to_string())
            .and_then(|certificate| roots.add(certificate).map_err(|error| error.to_string()))
            .map_err(|cause| Error::new(Kind::Setting, format!("a certificate of {name} is broken")).cause(cause))?;
    }
    if roots.is_empty() {
        return Err(Error::new(Kind::Setting, format!("{name} holds no certificate"))
            .hint("it takes PEM: `-----BEGIN CERTIFICATE-----`"));
    }
    Ok(roots)
}
