//! What a call sends to the plugin: the files of a repository, packed as Argo CD packs them, with the metadata before them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::messages::{AppStreamRequest, EnvEntry, File, Metadata};

/// Argo CD's own size of a chunk.
const CHUNK: usize = 1024;

/// A call's upload.
#[derive(Clone)]
pub(crate) struct Upload {
    /// The packed files.
    pub(crate) archive: Vec<u8>,
    metadata: Metadata,
    chunk: usize,
}

impl Upload {
    /// The application in `folder` of a repository with these files, by name and content.
    pub(crate) fn new<N: AsRef<str>, C: AsRef<[u8]>>(folder: &str, files: impl IntoIterator<Item = (N, C)>) -> Self {
        Self::of(folder, packed(files))
    }

    /// The application in `folder` of an archive.
    pub(crate) fn of(folder: &str, archive: Vec<u8>) -> Self {
        let checksum = Sha256::digest(&archive).iter().map(|byte| format!("{byte:02x}")).collect();
        let app_name = folder.rsplit('/').next().unwrap_or_default().to_owned();
        let (app_rel_path, size) = (folder.to_owned(), archive.len() as i64);
        let metadata = Metadata { app_name, app_rel_path, checksum, size, env: Vec::new() };
        Self { archive, metadata, chunk: CHUNK }
            .env("ARGOCD_APP_NAME", "shop")
            .env("ARGOCD_APP_PROJECT_NAME", "default")
    }

    /// With a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.metadata.env.push(EnvEntry { name: name.to_owned(), value: value.to_owned() });
        self
    }

    /// With another checksum.
    pub(crate) fn checksum(mut self, checksum: &str) -> Self {
        self.metadata.checksum = checksum.to_owned();
        self
    }

    /// In chunks of so many bytes.
    pub(crate) fn chunks_of(mut self, bytes: usize) -> Self {
        self.chunk = bytes;
        self
    }

    /// The messages of the stream.
    pub(crate) fn messages(&self) -> Vec<AppStreamRequest> {
        let metadata = AppStreamRequest { metadata: Some(self.metadata.clone()), file: None };
        let chunks = self.archive.chunks(self.chunk);
        let files = chunks.map(|chunk| AppStreamRequest { metadata: None, file: Some(File { chunk: chunk.to_vec() }) });
        std::iter::once(metadata).chain(files).collect()
    }
}

/// The files as a compressed archive, their folders before them.
pub(crate) fn packed<N: AsRef<str>, C: AsRef<[u8]>>(files: impl IntoIterator<Item = (N, C)>) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (name, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.as_ref().len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name.as_ref(), content.as_ref()).expect("packed");
    }
    let mut compressed = archive.into_inner().expect("packed");
    compressed.flush().expect("compressed");
    compressed.finish().expect("compressed")
}
