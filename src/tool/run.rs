//! Runs a command within its bounds. Its output and its time are bounded too, and it ends when its future is dropped. It stays in this
//! process group, unless nobody ends that: Argo CD kills the group, and with it the command and its children.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;

use super::bounds::{Containment, Sandbox};
use super::command::{Command, PrivateFile, argument};
use super::group::Group;
use super::network::Connection;
use super::{failure, script};
use crate::contain::{self, Bounds, Limits, Network};
use crate::error::{Error, Kind};

/// How much a tool may print: more than twice what Argo CD takes.
const MOST: u64 = 256 << 20;

/// How many bytes of the end of its messages are kept.
const MESSAGE: usize = 8 << 10;

/// How many bytes of their start are kept: a Go program that fails says why there, before the state of its threads.
const MESSAGE_START: usize = 1 << 10;

/// How long its output may stay open after it has ended: a process that it left behind may hold it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The output of a tool that succeeded.
#[derive(Debug)]
pub(crate) struct ToolOutput {
    /// On stdout.
    pub stdout: Vec<u8>,
    /// On stderr: its start and its end, trimmed.
    pub message: String,
}

/// Runs a command to its end. Whoever drops this future kills it.
pub(crate) async fn run(command: &Command, sandbox: &Sandbox<'_>) -> Result<ToolOutput, Error> {
    for PrivateFile { path, text, .. } in &command.files {
        write(path, text).map_err(|error| {
            Error::new(Kind::Input, format!("cannot write `{}`", path.display())).cause(error.to_string())
        })?;
    }
    let connection = Connection::open(sandbox)?;
    let child = start(command, sandbox, &connection)?;
    let _group = sandbox.allowance.ends_group.then(|| Group::of(&child));
    let finish = finish(child, command);
    let (output, status) = match sandbox.allowance.timeout {
        Some(time) => tokio::time::timeout(time, finish).await.unwrap_or_else(|_| Err(failure::late(command, time)))?,
        None => finish.await?,
    };
    let output = ToolOutput { message: command.in_words_of_user(&output.message), ..output };
    if status.success() {
        return Ok(output);
    }
    let talk = if command.logs_on_stdout { String::from_utf8_lossy(&output.stdout) } else { "".into() };
    let message = format!("{}\n{}", command.in_words_of_user(&talk), output.message);
    let error = failure::failed(command, sandbox.containment, status, message.trim());
    Err(connection.explain(command, error))
}

/// Writes a new file that only the user can read.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

fn start(command: &Command, sandbox: &Sandbox<'_>, connection: &Connection) -> Result<Child, Error> {
    let path = command.environment.get("PATH").map(String::as_str);
    let program =
        find(&command.program, path, sandbox.folder).ok_or_else(|| missing(&command.program, command.name))?;
    let mut child = tokio::process::Command::new(&program);
    child
        .args(&command.words)
        .args(command.folder.as_deref().map(argument))
        .current_dir(&command.working_folder)
        .env_clear()
        .envs(&command.environment)
        .envs(connection.variables())
        .kill_on_drop(true);
    if sandbox.allowance.ends_group {
        Group::prepare(&mut child);
    }
    child.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let started = match sandbox.containment {
        Containment::Within(_) => {
            contain::spawn_async(child, &bounds(command, sandbox, program.clone(), connection.network))
        }
        Containment::Without => unbound(child, sandbox.allowance.limits(sandbox.processors)),
    };
    started.map_err(|error| Error { detail: format!("cannot run `{}`", program.display()), ..error })
}

/// Starts a child with limits, but without bounds.
fn unbound(mut command: tokio::process::Command, limits: Limits) -> Result<Child, Error> {
    let child = command.spawn().map_err(|error| Error::new(Kind::Input, "").cause(error.to_string()))?;
    contain::limit(&child, limits)?;
    Ok(child)
}

/// The bounds of a command. A script needs its interpreter, too.
fn bounds(command: &Command, sandbox: &Sandbox<'_>, program: PathBuf, network: Network) -> Bounds {
    let path = command.environment.get("PATH").map(String::as_str);
    let named = command.operator_files.run.iter().filter_map(|program| find(program, path, sandbox.folder));
    let programs =
        [program].into_iter().chain(named).flat_map(|file| script::programs(&file, path, sandbox.folder)).collect();
    sandbox.bounds(command, programs, network)
}

/// The program's file: the one at a path, which may start at `folder`, else the first in the folders of `path`, of which relative ones do
/// not count.
pub(crate) fn find(program: &str, path: Option<&str>, folder: &Path) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(folder.join(program)).filter(|path| path.exists());
    }
    let folders = path?.split(':').map(Path::new).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The error that the program of a command, `helm template` for one, is not there.
pub(crate) fn missing(program: &str, command: &str) -> Error {
    let tool = command.split(' ').next().unwrap_or_default();
    let place = if program.contains('/') { "" } else { " in PATH" };
    Error::new(Kind::Input, format!("there is no `{program}`{place}"))
        .hint(format!("install {tool}, or name it with `--{tool} PATH`"))
}

/// Everything that a program prints, and how it ends.
async fn finish(mut child: Child, command: &Command) -> Result<(ToolOutput, ExitStatus), Error> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let reading = async { tokio::join!(read_all(stdout), read_ends(stderr)) };
    tokio::pin!(reading);
    let (status, read) = tokio::select! {
        read = &mut reading => (child.wait().await, Some(read)),
        status = child.wait() => (status, tokio::time::timeout(PATIENCE, &mut reading).await.ok()),
    };
    let cannot = |error: std::io::Error| {
        Error::new(Kind::Input, format!("cannot read the output of `{}`", command.name)).cause(error.to_string())
    };
    let status = status.map_err(cannot)?;
    let Some((stdout, message)) = read else {
        let left = "has ended, and a process that it left behind holds its output";
        return Err(Error::new(Kind::Input, format!("`{}` {left}", command.name)));
    };
    let stdout = stdout.map_err(cannot)?;
    if stdout.len() as u64 > MOST {
        return Err(Error::new(Kind::Input, format!("`{}` prints more than {} MiB", command.name, MOST >> 20)));
    }
    Ok((ToolOutput { stdout, message }, status))
}

/// All that comes, up to a byte more than is allowed. The rest is not read.
async fn read_all(pipe: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(MOST + 1).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// The text that comes, trimmed. Of a long one the start and the end are kept.
async fn read_ends(pipe: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut pipe) = pipe else { return String::new() };
    let (mut start, mut end, mut left_out) = (Vec::new(), Vec::new(), false);
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
        let (first, rest) = buffer[..count].split_at(count.min(MESSAGE_START - start.len()));
        start.extend(first);
        end.extend(rest);
        if end.len() > 2 * MESSAGE {
            end.drain(..end.len() - MESSAGE);
            left_out = true;
        }
    }
    let tail = end.len().saturating_sub(MESSAGE);
    let gap = if left_out || tail > 0 { "\n…\n" } else { "" };
    start.extend(gap.bytes().chain(end.drain(tail..)));
    String::from_utf8_lossy(&start).trim().to_owned()
}
