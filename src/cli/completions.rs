//! `completions`: the script with which a shell completes commands and flags.

use std::process::ExitCode;

use super::output;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vault-render completions bash > /etc/bash_completion.d/vault-render")]
pub(super) struct Args {
    /// The shell that will read them
    shell: clap_complete::Shell,
}

/// Prints the shell's script.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "vault-render", &mut script);
    output::finish(&String::from_utf8_lossy(&script))
}
