//! Systems without Landlock: nothing can be contained there.

use std::io;

use super::{Bounds, Limits, Support};
use crate::error::{Error, Kind};

const REASON: &str = "this system has no Landlock";

pub(super) fn support() -> Support {
    Support::Nothing(REASON.to_owned())
}

pub(super) fn enter(_: &Bounds) -> Result<(), Error> {
    Err(unsupported())
}

pub(super) fn restricted<T>(_: &Bounds, _: impl FnOnce() -> io::Result<T>) -> Result<T, Error> {
    Err(unsupported())
}

pub(super) fn limit(_: u32, _: Limits) -> Result<(), Error> {
    Ok(())
}

fn unsupported() -> Error {
    Error::new(Kind::Input, "cannot contain a process").cause(REASON)
}
