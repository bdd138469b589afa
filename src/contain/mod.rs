//! Child processes within bounds: which files they may touch, which network they may reach, how much they may use.
//! Knows no tool and no setting.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(target_os = "linux")]
mod linux;
mod loading;
#[cfg(not(target_os = "linux"))]
mod other;
pub(crate) mod proxy;
#[cfg(target_os = "linux")]
mod rules;
#[cfg(all(test, target_os = "linux"))]
mod tests;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use other as system;

pub(crate) use loading::{libraries, loaders};

use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

use crate::error::Error;

/// The files, networks and resources that a child may use. Everything else is refused, except `/dev/null`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Files and folders to read, everything below them too.
    pub read: Vec<PathBuf>,
    /// Folders to read and write, everything below them too.
    pub write: Vec<PathBuf>,
    /// Programs and their libraries: to read and execute.
    pub execute: Vec<PathBuf>,
    /// The network that it may reach.
    pub network: Network,
    /// How much it may use.
    pub limits: Limits,
}

/// The network that a child may reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// No socket at all.
    #[default]
    None,
    /// TCP to this port, which is the proxy's on this machine. Landlock does not tell addresses apart.
    Port(u16),
    /// Everything that IP reaches.
    Open,
}

/// How much a process may use. The kernel enforces it, also on what the process starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory that it may write to. (Not of address space: a Go program reserves a lot of it and uses little.)
    pub memory: Option<u64>,
    /// Processor time, in all its threads together.
    pub processor_time: Option<Duration>,
    /// Bytes of the largest file that it may write.
    pub file_size: Option<u64>,
}

/// How far this machine can contain a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Support {
    /// Files, system calls and TCP ports.
    Ports,
    /// Files and system calls: the network is all or nothing.
    Files,
    /// Nothing, for this reason.
    Nothing(String),
}

/// Tries how far this machine can contain a child, on a thread that ends afterwards.
pub fn support() -> Support {
    system::support()
}

/// Contains this process itself, for good. It must not have another thread yet: that one would stay free.
pub(crate) fn enter(bounds: &Bounds) -> Result<(), Error> {
    system::enter(bounds)?;
    system::limit(std::process::id(), bounds.limits)
}

/// Starts a child within bounds: on a thread that restricts itself, starts the child, and ends.
pub fn spawn(mut command: Command, bounds: &Bounds) -> Result<Child, Error> {
    let child = system::restricted(bounds, || command.spawn())?;
    limited(child, |child| Some(child.id()), bounds.limits)
}

/// Starts a child of the current tokio runtime within bounds, as [`spawn`] does.
pub(crate) fn spawn_async(
    mut command: tokio::process::Command,
    bounds: &Bounds,
) -> Result<tokio::process::Child, Error> {
    let runtime = tokio::runtime::Handle::current();
    let child = system::restricted(bounds, || {
        let _runtime = runtime.enter();
        command.kill_on_drop(true).spawn()
    })?;
    limited(child, tokio::process::Child::id, bounds.limits)
}

/// Limits a child that may touch everything.
pub(crate) fn limit(child: &tokio::process::Child, limits: Limits) -> Result<(), Error> {
    child.id().map_or(Ok(()), |id| system::limit(id, limits))
}

/// A child that cannot be limited does not go on.
fn limited<C: Kill>(mut child: C, id: impl Fn(&C) -> Option<u32>, limits: Limits) -> Result<C, Error> {
    if let Some(Err(error)) = id(&child).map(|id| system::limit(id, limits)) {
        child.end();
        return Err(error);
    }
    Ok(child)
}

/// A child that can be ended.
trait Kill {
    fn end(&mut self);
}

impl Kill for Child {
    fn end(&mut self) {
        // A child that has ended already is fine.
        let _ = self.kill().and_then(|()| self.wait().map(drop));
    }
}

impl Kill for tokio::process::Child {
    fn end(&mut self) {
        let _ = self.start_kill();
    }
}
