//! Limits of a process that runs already. They belong to a process as a whole, so no thread can set them for its child alone.

use rustix::io::Errno;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use super::Limits;
use crate::error::{Error, Kind};

/// Limits a process. A tighter limit stays.
pub(super) fn limit(id: u32, limits: Limits) -> Result<(), Error> {
    let Some(process) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return Ok(()) };
    // Go goes on after the signal of a soft limit.
    let seconds = limits.processor_time.map(|time| (time.as_secs_f64().ceil() as u64).max(1));
    for (resource, most) in
        [(Resource::Data, limits.memory), (Resource::Cpu, seconds), (Resource::Fsize, limits.file_size)]
    {
        if let Some(most) = most {
            narrow(process, resource, most)?;
        }
    }
    Ok(())
}

fn narrow(process: Pid, resource: Resource, most: u64) -> Result<(), Error> {
    // The child has inherited the limit of this process.
    let most = getrlimit(resource).maximum.map_or(most, |own| own.min(most));
    match prlimit(Some(process), resource, Rlimit { current: Some(most), maximum: Some(most) }) {
        Ok(_) => Ok(()),
        // The process has ended already.
        Err(Errno::SRCH) => Ok(()),
        Err(error) => Err(Error::new(Kind::Input, "cannot limit a process").cause(error.to_string())),
    }
}
