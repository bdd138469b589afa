//! What is wrong with an archive, in words. Looks at nothing.

use std::io;

use crate::error::{Error, Kind};

/// How large repositories become smaller for a plugin.
const SMALLER: &str = "the operator's `AVP_SERVER_ARCHIVE_BYTES` allows more; Argo CD sends less with `--plugin-tar-exclude`, or with the annotation `manifest-generate-paths`";

/// It cannot be unpacked.
pub(super) fn unreadable(error: &io::Error) -> Error {
    wrong(&error.to_string())
}

/// It is not as Argo CD writes it.
pub(super) fn wrong(cause: &str) -> Error {
    Error::new(Kind::Input, "cannot unpack the repository that Argo CD has sent").cause(cause)
}

/// A name in it is not as Argo CD writes it.
pub(super) fn named(name: &[u8], trouble: &str) -> Error {
    wrong(&format!("`{}` {trouble}", String::from_utf8_lossy(name)))
}

/// What is needed of it is too much.
pub(super) fn too_large(most: u64) -> Error {
    Error::new(Kind::Limit, format!("the repository's files that the application needs are longer than {most} bytes"))
        .hint(SMALLER)
}

/// The whole of it is too much.
pub(super) fn too_long(most: u64) -> Error {
    Error::new(Kind::Limit, format!("the repository that Argo CD has sent is longer than {most} bytes")).hint(SMALLER)
}

/// It has too many entries.
pub(super) fn too_many(most: usize) -> Error {
    let detail = format!("the repository that Argo CD has sent holds more than {most} files, folders and links");
    Error::new(Kind::Limit, detail)
        .hint("Argo CD sends fewer with `--plugin-tar-exclude`, or with the annotation `manifest-generate-paths`")
}

/// The call's time is over.
pub(super) fn out_of_time() -> Error {
    Error::new(Kind::Limit, "the time was over before the repository was unpacked").hint(SMALLER)
}
