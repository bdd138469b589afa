//! The files that loading any program takes: for bounds that let one program run and no other.

use std::path::PathBuf;

/// Where the libraries are that every program may read.
const LIBRARIES: [&str; 7] =
    ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/nix/store"];

/// Where what loads a program and its libraries is: the kernel starts it, so it must be executable.
const LOADERS: [&str; 4] = ["/lib", "/lib64", "/usr/lib", "/usr/lib64"];

/// The libraries of this machine, to read.
pub(crate) fn libraries() -> impl Iterator<Item = PathBuf> {
    LIBRARIES.iter().map(PathBuf::from)
}

/// The loaders of this machine, `/lib64/ld-linux-x86-64.so.2` for example, to execute.
pub(crate) fn loaders() -> impl Iterator<Item = PathBuf> {
    let entries = LOADERS.iter().flat_map(std::fs::read_dir).flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        name.starts_with(b"ld-linux") || name.starts_with(b"ld-musl") || name.starts_with(b"ld64")
    })
}
