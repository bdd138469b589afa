//! A thread that restricts itself: Landlock for files and ports, seccomp for system calls. What it starts inherits both,
//! the rest of the process stays free.

use std::io;
use std::thread;

use super::{Bounds, Network, Support, calls, limits, rules};
use crate::error::{Error, Kind};

pub(super) use limits::limit;

/// Restricts the thread that calls it, for good.
pub(super) fn enter(bounds: &Bounds) -> Result<(), Error> {
    let restricted = rules::restrict(bounds).and_then(|()| calls::restrict(bounds.network));
    restricted.map_err(|cause| Error::new(Kind::Input, "cannot contain a process").cause(cause))
}

/// Runs `start` on a restricted thread, which ends with it.
pub(super) fn restricted<T: Send>(bounds: &Bounds, start: impl FnOnce() -> io::Result<T> + Send) -> Result<T, Error> {
    on_thread(|| {
        enter(bounds)?;
        start().map_err(|error| Error::new(Kind::Input, "cannot start a process").cause(error.to_string()))
    })
}

/// How far a thread can restrict itself on this machine.
pub(super) fn support() -> Support {
    let tried = |network| on_thread(|| enter(&Bounds { network, ..Bounds::default() }));
    match tried(Network::Port(1)) {
        Ok(()) => Support::Ports,
        Err(_) => match tried(Network::None) {
            Ok(()) => Support::Files,
            Err(error) => Support::Nothing(error.cause.unwrap_or_default()),
        },
    }
}

fn on_thread<T: Send>(run: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    let failed = |cause: String| Error::new(Kind::Bug, "cannot run a thread").cause(cause);
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("contain".to_owned()).spawn_scoped(scope, run);
        let joined = thread.map_err(|error| failed(error.to_string()))?.join();
        joined.unwrap_or_else(|_| Err(failed("it has panicked".to_owned())))
    })
}
