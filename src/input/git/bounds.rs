//! The bounds of `git`: it reads itself, its libraries and the files that it needs. It has no network, starts no other program and writes
//! nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::contain::{Bounds, Limits, Network};

/// Where the libraries are that every program may read.
const LIBRARIES: [&str; 7] =
    ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/nix/store"];

/// Where what loads a program and its libraries is: the kernel starts it, so it must be executable.
const LOADERS: [&str; 4] = ["/lib", "/lib64", "/usr/lib", "/usr/lib64"];

/// Where Nix keeps programs and libraries side by side.
const NIX: &str = "/nix/store";

/// The bounds of `program` that reads `read`.
pub(super) fn bounds(program: &Path, read: &[PathBuf], time: Duration) -> Bounds {
    let program = program.canonicalize().unwrap_or_else(|_| program.to_owned());
    let own = program.ancestors().nth(2).map(|folder| folder.join("lib"));
    let libraries = LIBRARIES.iter().map(PathBuf::from).chain(own);
    let execute = loaders().chain([program, PathBuf::from(NIX)]).collect();
    let limits = Limits { processor_time: Some(time), ..Limits::default() };
    let read = read.iter().cloned().chain(libraries).collect();
    Bounds { read, write: Vec::new(), execute, network: Network::None, limits }
}

/// The loaders of this machine, `/lib64/ld-linux-x86-64.so.2` for example.
fn loaders() -> impl Iterator<Item = PathBuf> {
    let entries = LOADERS.iter().flat_map(std::fs::read_dir).flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        name.starts_with(b"ld-linux") || name.starts_with(b"ld-musl") || name.starts_with(b"ld64")
    })
}
