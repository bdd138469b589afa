//! A thread that restricts itself: Landlock for files and ports, seccomp for system calls. What it starts inherits both,
//! the rest of the process stays free.

use std::io;
use std::thread;

use super::{Bounds, Network, Support, calls, limits, rules};
use crate::error::{Error, Kind};

pub(super) use limits::limit;

/// Runs `start` on a restricted thread, which ends with it.
pub(super) fn restricted<T: Send>(bounds: &Bounds, start: impl FnOnce() -> io::Result<T> + Send) -> Result<T, Error> {
    on_thread(|| {
        restrict(bounds).map_err(|cause| Error::new(Kind::Input, "cannot contain a process").cause(cause))?;
        start().map_err(|error| Error::new(Kind::Input, "cannot start a process").cause(error.to_string()))
    })
}

/// How far a thread can restrict itself on this machine.
pub(super) fn support() -> Support {
    let tried = |network| on_thread(|| restrict(&Bounds { network, ..Bounds::default() }).map_err(unsupported));
    match tried(Network::Port(1)) {
        Ok(()) => Support::Ports,
        Err(_) => match tried(Network::None) {
            Ok(()) => Support::Files,
            Err(error) => Support::Nothing(error.cause.unwrap_or_default()),
        },
    }
}

fn unsupported(cause: String) -> Error {
    Error::new(Kind::Input, "cannot contain a process").cause(cause)
}

/// Restricts the thread that calls it, for good.
fn restrict(bounds: &Bounds) -> Result<(), String> {
    rules::restrict(bounds)?;
    calls::restrict(bounds.network)
}

fn on_thread<T: Send>(run: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    let failed = |cause: String| Error::new(Kind::Bug, "cannot run a thread").cause(cause);
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("contain".to_owned()).spawn_scoped(scope, run);
        let joined = thread.map_err(|error| failed(error.to_string()))?.join();
        joined.unwrap_or_else(|_| Err(failed("it has panicked".to_owned())))
    })
}
