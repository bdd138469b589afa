//! `version`: the name of this build, in the form that argocd-vault-plugin prints.

use std::process::ExitCode;

use super::output;

/// Print which build this is
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// Prints name, version, commit and date. The build sets the last two.
pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    let commit = option_env!("VAULT_RENDER_COMMIT").unwrap_or("unknown");
    let date = option_env!("VAULT_RENDER_BUILD_DATE").unwrap_or("unknown");
    let version = env!("CARGO_PKG_VERSION");
    output::finish(&format!("vault-render v{version} ({commit}) BuildDate: {date}\n"))
}
