//! The bounds of `git`: it reads itself, its libraries and the files that it needs. It has no network, starts no other program and writes
//! nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::contain::{Bounds, Limits, Network, libraries, loaders};

/// Where Nix keeps programs and libraries side by side.
const NIX: &str = "/nix/store";

/// The bounds of `program` that reads `read`.
pub(super) fn bounds(program: &Path, read: &[PathBuf], time: Duration) -> Bounds {
    let program = program.canonicalize().unwrap_or_else(|_| program.to_owned());
    let own = program.ancestors().nth(2).map(|folder| folder.join("lib"));
    let libraries = libraries().chain(own);
    let execute = loaders().chain([program, PathBuf::from(NIX)]).collect();
    let limits = Limits { processor_time: Some(time), ..Limits::default() };
    let read = read.iter().cloned().chain(libraries).collect();
    Bounds { read, write: Vec::new(), execute, network: Network::None, limits }
}
