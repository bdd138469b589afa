//! What the process gives up at its start: other processes of the same user may not look into it, and it leaves no core behind. Its
//! memory and its environment hold secrets.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Closes the process to others. Where that cannot be done the run goes on: nothing is opened by it.
pub(super) fn harden() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
