//! Starts the reader: this program once more, within bounds and with an environment of its own, and stdin through the socket.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, IoSlice, Write};
use std::iter;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::environment::environment;
use super::frame::Frame;
use super::message::Greeting;
use super::settings::for_reader;
use crate::config::Config;
use crate::config::general::UNCONTAINED_TOOLS;
use crate::contain::{self, Bounds, Limits, Network, Support};
use crate::error::{Error, Kind};
use crate::pass::names_for_paths;

/// This program.
const PROGRAM: &str = "/proc/self/exe";

/// What a reader is started with.
pub(crate) struct Start<'s> {
    /// What the program was called with, its own name first.
    pub arguments: &'s [OsString],
    /// The environment of this process.
    pub variables: &'s BTreeMap<String, String>,
    /// The settings in effect.
    pub config: &'s Config,
    /// Where findings go.
    pub stderr: &'s dyn Fn() -> Stdio,
    /// The files that the reader may read.
    pub read: Vec<PathBuf>,
    /// The programs that it may start.
    pub execute: Vec<PathBuf>,
    /// Its folder for temporary files.
    pub private: TempDir,
    /// How long this process has been running.
    pub elapsed: Duration,
    /// How long the run may take.
    pub time_limit: Option<Duration>,
    /// The signals that its caller had it ignore, one bit each.
    pub ignored_signals: u64,
}

/// A reader at work.
pub(crate) struct Reader {
    /// The process.
    pub child: Child,
    /// The broker's end of the socket pair.
    pub stream: tokio::net::UnixStream,
    /// That nothing contains it, as the operator allows.
    pub warning: Option<Error>,
    /// Its folder, which ends with it.
    _private: TempDir,
}

impl Start<'_> {
    /// Starts the reader in the current runtime. It ends when it is dropped.
    pub(crate) fn start(self) -> Result<Reader, Error> {
        // Whether this machine can contain it is asked where it could not: the answer takes a thread.
        match self.spawn(true) {
            Ok((child, stream)) => Ok(Reader { child, stream, warning: None, _private: self.private }),
            Err(error) => match contain::support() {
                Support::Nothing(reason) => {
                    let warning = uncontained(self.config, &reason)?;
                    let (child, stream) = self.spawn(false)?;
                    Ok(Reader { child, stream, warning, _private: self.private })
                }
                _ => Err(error),
            },
        }
    }

    fn spawn(&self, is_contained: bool) -> Result<(Child, tokio::net::UnixStream), Error> {
        let failed = |error: io::Error| {
            Error::new(Kind::Input, "cannot start the process that reads the manifests").cause(error.to_string())
        };
        let (own, other) = UnixStream::pair().map_err(failed)?;
        let mut command = self.command(other);
        let child = match is_contained {
            true => contain::spawn_async(command, &self.bounds())?,
            false => command.spawn().map_err(failed)?,
        };
        greet(&own, &self.greeting()).map_err(failed)?;
        own.set_nonblocking(true).map_err(failed)?;
        let stream = tokio::net::UnixStream::from_std(own).map_err(failed)?;
        Ok((child, stream))
    }

    /// This program, with the socket in the place of stdin.
    fn command(&self, socket: UnixStream) -> Command {
        let mut command = Command::new(PROGRAM);
        let (program, words) = self
            .arguments
            .split_first()
            .map_or((OsStr::new(PROGRAM), &[][..]), |(program, words)| (program.as_os_str(), words));
        let private = self.private.path().to_string_lossy();
        command
            .arg0(program)
            .args(words)
            .env_clear()
            .envs(environment(self.variables, &names_for_paths(self.config), &private))
            .kill_on_drop(true);
        command.stdin(OwnedFd::from(socket)).stderr((self.stderr)());
        command
    }

    /// No network, and no file but those that it is given.
    fn bounds(&self) -> Bounds {
        let read = self.read.iter().cloned().chain(contain::libraries()).collect();
        let own = iter::once(PathBuf::from(PROGRAM)).chain(contain::loaders());
        let execute = own.chain(self.execute.iter().cloned()).collect();
        let write = vec![self.private.path().to_owned()];
        Bounds { read, write, execute, network: Network::None, limits: Limits::default() }
    }

    fn greeting(&self) -> Greeting {
        let milliseconds = |time: Duration| time.as_millis() as u64;
        Greeting {
            elapsed: milliseconds(self.elapsed),
            time_limit: self.time_limit.map(milliseconds),
            ignored_signals: self.ignored_signals,
            settings: for_reader(self.config),
        }
    }
}

/// The warning of a reader that this machine cannot contain, where the operator allows it. With a tenant it has to be contained.
fn uncontained(config: &Config, reason: &str) -> Result<Option<Error>, Error> {
    let detail = "the process that reads the manifests cannot be contained on this machine";
    match (config.is_on(&UNCONTAINED_TOOLS), config.has_tenant()) {
        (true, _) => {
            let warning = format!("{detail}: it runs uncontained, as `AVP_UNCONTAINED_TOOLS` allows");
            Ok(Some(Error::warning(Kind::Setting, warning).cause(reason)))
        }
        (false, true) => Err(Error::new(Kind::Setting, format!("{detail}, and `AVP_SEPARATE` is set"))
            .cause(reason)
            .hint("docs/argocd.md names the kernel and the seccomp profile that this needs; the operator's `AVP_UNCONTAINED_TOOLS=1` runs it anyway")),
        (false, false) => Ok(None),
    }
}

/// Sends the true stdin, and what the reader needs to begin.
fn greet(socket: &UnixStream, greeting: &Greeting) -> io::Result<()> {
    let descriptors = [rustix::stdio::stdin()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    sendmsg(socket, &[IoSlice::new(&[0])], &mut control, SendFlags::empty())?;
    let mut stream: &UnixStream = socket;
    stream.write_all(&Frame::of(greeting)?.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::config_for_test;
    use crate::error::Level;

    #[test]
    fn where_nothing_can_be_contained_a_tenant_s_manifests_are_not_read_unless_the_operator_says_so() {
        let (tenant, allowed) = (("ARGOCD_APP_NAME", "web"), ("AVP_UNCONTAINED_TOOLS", "true"));
        for (settings, runs, is_warned) in
            [(&[tenant][..], false, false), (&[tenant, allowed], true, true), (&[], true, false)]
        {
            let found = uncontained(&config_for_test(settings), "ENOSYS");
            assert_eq!(found.is_ok(), runs, "{settings:?}");
            let warning = found.as_ref().ok().and_then(Option::as_ref);
            assert_eq!(warning.is_some_and(|warning| warning.level == Level::Warning), is_warned, "{settings:?}");
            assert!(
                found.err().is_none_or(|error| error.hint.is_some_and(|hint| hint.contains("AVP_UNCONTAINED_TOOLS")))
            );
        }
    }
}
