//! Closes the process to others at its start: other processes of the same user cannot look into it, it leaves no core dump, and its
//! children inherit no descriptor. Its memory, its environment and what its caller left open hold secrets.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Closes the process to others. Where that is not possible the run goes on.
pub(super) fn harden() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    close_fds::set_fds_cloexec(3, &[]);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
