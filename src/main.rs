//! The program: hands over to the command line.

use std::process::ExitCode;

/// musl maps and unmaps each larger block: of the static binary's time with fifty secrets that was a third.
#[cfg(target_env = "musl")]
#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    vault_render::main()
}
