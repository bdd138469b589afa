//! The runtime in which a command runs: it starts once, here.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use tokio::runtime::Builder;

/// How long threads of a command have to end once it is done.
const REST: Duration = Duration::from_secs(2);

/// Runs a command in a runtime of its own. What still runs when it is done has a moment to end.
pub(super) fn complete(
    mut runtime: Builder,
    command: impl Future<Output = anyhow::Result<ExitCode>>,
) -> anyhow::Result<ExitCode> {
    let runtime = runtime.enable_all().build().context("cannot start the runtime")?;
    let ended = runtime.block_on(command);
    runtime.shutdown_timeout(REST);
    ended
}
