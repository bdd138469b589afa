//! A command in two processes: this one holds the login and answers, the other one runs the command. The exit code is the other one's.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::SessionCommand;
use super::environment::Environment;
use super::schema::SchemaFlags;
use crate::config::general::{SCHEMA, SEPARATE};
use crate::error::{Error, Kind};
use crate::input;
use crate::pass::Session;
use crate::pass::build::private_folder;
use crate::separate::{NewReader, Start, serve};
use crate::switch;
use crate::tool::MachineFiles;
use crate::workspace::Workspace;

/// The files that a command names, as they are typed.
#[derive(Debug, Default)]
pub(super) struct NamedFiles {
    /// The manifests.
    pub(super) inputs: Vec<PathBuf>,
    /// The files and folders of its flags.
    pub(super) flags: Vec<PathBuf>,
    /// The files of this machine that helm and kustomize may use, if it runs them.
    pub(super) machine: MachineFiles,
}

/// The commands that run in two processes.
const COMMANDS: [&str; 3] = ["generate", "build", "fn"];

/// A reader that starts while the settings are read, if the environment alone says that one is needed. If they say otherwise in the end, it
/// is dropped.
pub(super) fn start_ahead(environment: &Environment) -> Option<NewReader> {
    let is_broker = matches!(environment.link, Ok(None));
    let is_asked = environment.get(SEPARATE.name()).and_then(switch::parse) == Some(true);
    let is_command = environment.arguments.iter().any(|word| COMMANDS.iter().any(|command| word == command));
    let is_needed = is_broker && is_asked && is_command;
    // Whatever is wrong is reported by the next attempt.
    is_needed.then(|| NewReader::start(&environment.arguments, &environment.workspace.variables).ok()).flatten()
}

/// Runs a command in another process, and answers it. Returns the command's exit code.
pub(super) async fn run(
    command: &SessionCommand,
    files: NamedFiles,
    session: &mut Session,
    environment: &Environment,
    ahead: Option<NewReader>,
) -> anyhow::Result<ExitCode> {
    if command.schemas().is_some_and(SchemaFlags::is_live) {
        return Err(live_schemas().into());
    }
    let workspace = &environment.workspace;
    // Only helm and kustomize write files.
    let private = (!files.machine.execute.is_empty()).then(|| private_folder(workspace)).transpose()?;
    let start = start(files, private.as_ref().map(TempDir::path), session, environment)?;
    let reader = ahead.map_or_else(|| NewReader::start(&environment.arguments, &workspace.variables), Ok)?;
    let (mut reader, stream) = reader.greet(start, environment.stderr.descriptor())?;
    let is_function = matches!(command, SessionCommand::Function(_));
    let process = reader.id();
    let ended = reader.ended();
    tokio::pin!(ended);
    let serving = serve(stream, session, environment, is_function);
    tokio::pin!(serving);
    let signal = environment.signals.stopped();
    tokio::pin!(signal);
    let (mut is_served, mut is_stopped) = (false, false);
    loop {
        tokio::select! {
            status = &mut ended => return exit_code(status.context("cannot wait for the process that reads the manifests")?),
            served = &mut serving, if !is_served => {
                served?;
                is_served = true;
            }
            _ = &mut signal, if !is_stopped => {
                pass_on(environment.signals.number(), process);
                is_stopped = true;
            }
        }
    }
}

/// The reader has no network, and no credential of the cluster.
fn live_schemas() -> Error {
    Error::new(
        Kind::Setting,
        "`--schema live` asks the cluster, and `AVP_SEPARATE` keeps what reads the manifests from it",
    )
    .hint("`kubectl get crds -o yaml > crds.yaml` keeps them in a file, which `--schema crds.yaml` reads")
}

/// What a reader begins with that reads the files that the command names.
fn start<'s>(
    files: NamedFiles,
    private: Option<&'s Path>,
    session: &mut Session,
    environment: &'s Environment,
) -> Result<Start<'s>, Error> {
    let config = session.settings_in_effect();
    let workspace = &environment.workspace;
    let named = files.inputs.iter().chain(&files.flags).chain(&files.machine.read);
    if let Some(name) = named.into_iter().find(|name| is_descriptor(name)) {
        return Err(not_inherited(name));
    }
    let inputs: Vec<PathBuf> = files.inputs.iter().flat_map(|input| readable(input, workspace)).collect();
    let schemas = config.get(&SCHEMA).into_iter().flatten().chain(&files.flags).map(|file| workspace.locate(file));
    let mut execute = files.machine.execute;
    if files.machine.runs_repository {
        execute.extend_from_slice(&inputs);
    }
    Ok(Start {
        variables: &workspace.variables,
        read: inputs.into_iter().chain(schemas).chain(files.machine.read).collect(),
        execute,
        config,
        private,
        elapsed: environment.elapsed(),
        time_limit: environment.time_limit.get().copied(),
        ignored_signals: environment.signals.ignored(),
    })
}

/// Whether a name is one of an open file of this process, as `<(…)` of a shell is. All have stdin.
fn is_descriptor(name: &Path) -> bool {
    let number = ["/dev/fd", "/proc/self/fd"].iter().find_map(|folder| name.strip_prefix(folder).ok());
    number.is_some_and(|number| number != Path::new("0"))
}

fn not_inherited(name: &Path) -> Error {
    let detail =
        format!("`{}` is open here, and `AVP_SEPARATE` reads the manifests in another process", name.display());
    Error::new(Kind::Input, detail).hint("write it into a file, or pipe it in: `-`")
}

/// What the reader may read for an input: a file alone, and for a folder its repository without Git's own files, as links may lead there.
fn readable(input: &Path, workspace: &Workspace) -> Vec<PathBuf> {
    let place = workspace.locate(input);
    match place.metadata() {
        Ok(metadata) if metadata.is_dir() => input::paths_without_git(&input::region(input, workspace)),
        Ok(_) => vec![place],
        // Its reader says that it is not there.
        Err(_) => Vec::new(),
    }
}

/// Passes a signal on to the reader, which ends in its own way.
fn pass_on(signal: Option<libc::c_int>, process: Option<Pid>) {
    if let Some((process, signal)) = process.zip(signal.and_then(Signal::from_named_raw)) {
        // One that has ended already is fine.
        let _ = kill_process(process, signal);
    }
}

/// The exit code of the reader. One that a signal has ended has not said why.
fn exit_code(status: ExitStatus) -> anyhow::Result<ExitCode> {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ok(ExitCode::from(code as u8)),
        (None, signal) => {
            let signal = signal.unwrap_or_default();
            let detail = format!("the process that reads the manifests was ended by signal {signal}");
            Err(Error::new(Kind::Bug, detail).into())
        }
    }
}
