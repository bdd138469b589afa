//! Runs argocd-vault-plugin, the user's own program, on manifests. What it prints stays in memory.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use zeroize::Zeroizing;

use crate::error::{Error, Kind};
use crate::tool;
use crate::workspace::Workspace;

/// How long the program may take.
const TIME: Duration = Duration::from_secs(120);

/// How much it may print.
const MOST: u64 = 256 << 20;

/// What the program prints.
pub(super) struct Printed {
    /// Its manifests.
    pub(super) stdout: Zeroizing<Vec<u8>>,
    /// Its message, if it failed.
    pub(super) failure: Option<Zeroizing<String>>,
}

/// Runs `PROGRAM WORDS` with this environment.
pub(super) async fn run(
    program: &str,
    words: &[String],
    stdin: &[u8],
    workspace: &Workspace,
) -> Result<Printed, Error> {
    let file = tool::find(program, workspace.search_path(), &workspace.folder).ok_or_else(|| {
        Error::new(Kind::Input, format!("there is no `{program}`"))
            .hint("name argocd-vault-plugin's own program, by its path or a name in PATH")
    })?;
    let mut command = Command::new(file);
    command.args(words).current_dir(&workspace.folder).env_clear().envs(&workspace.variables).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed =
        |error: std::io::Error| Error::new(Kind::Input, format!("cannot run `{program}`")).cause(error.to_string());
    let mut child = command.spawn().map_err(failed)?;
    let (mut input, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let work = async {
        let write = async {
            if let Some(mut pipe) = input.take() {
                // A program that does not read its input may have ended.
                let _ = pipe.write_all(stdin).await;
            }
        };
        let ((), stdout, stderr) = tokio::join!(write, all(out), all(err));
        Ok::<_, std::io::Error>((stdout?, stderr?, child.wait().await?))
    };
    let late = || Error::new(Kind::Input, format!("`{program}` has not ended after {} s", TIME.as_secs()));
    let (stdout, stderr, status) = tokio::time::timeout(TIME, work).await.map_err(|_| late())?.map_err(failed)?;
    let message = || Zeroizing::new(String::from_utf8_lossy(&stderr).into_owned());
    Ok(Printed { stdout, failure: (!status.success()).then(message) })
}

async fn all(pipe: Option<impl tokio::io::AsyncRead + Unpin>) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    if let Some(pipe) = pipe {
        pipe.take(MOST).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}
