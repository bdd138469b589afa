//! A reader as a process: this program once more, with an environment of its own and a socket in the place of stdin. Until it is greeted it
//! waits. Knows no setting.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, IoSlice, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::Pid;
use tokio::signal::unix::{SignalKind, signal};

use super::environment::inherited;
use super::frame::Frame;
use super::message::Greeting;
use super::start::Start;
use crate::error::{Error, Kind};

/// This program.
const PROGRAM: &str = "/proc/self/exe";

/// A reader that waits for its greeting.
pub(crate) struct NewReader {
    reader: Reader,
    socket: UnixStream,
}

/// A reader at work. It ends when it is dropped.
pub(crate) struct Reader(Child);

impl NewReader {
    /// Starts a reader with the words that this program was called with, and what it may inherit of these variables.
    pub(crate) fn start(arguments: &[OsString], variables: &BTreeMap<String, String>) -> Result<Self, Error> {
        let start = || {
            let (socket, other) = UnixStream::pair()?;
            let child = command(arguments, variables, other).spawn()?;
            Ok(Self { reader: Reader(child), socket })
        };
        start().map_err(failed)
    }

    /// Lets the reader begin, with the stdin of this process and `stderr` as its own. The broker's end of the socket comes with it.
    pub(crate) fn greet(
        self,
        start: Start<'_>,
        stderr: BorrowedFd<'_>,
    ) -> Result<(Reader, tokio::net::UnixStream), Error> {
        let Self { reader, socket } = self;
        let greet = || {
            send_greeting(&socket, &start.greeting(), stderr)?;
            socket.set_nonblocking(true)?;
            tokio::net::UnixStream::from_std(socket)
        };
        Ok((reader, greet().map_err(failed)?))
    }
}

impl Reader {
    /// Its number.
    pub(crate) fn id(&self) -> Option<Pid> {
        i32::try_from(self.0.id()).ok().and_then(Pid::from_raw)
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&mut self) -> io::Result<ExitStatus> {
        let mut ends = signal(SignalKind::child())?;
        loop {
            match self.0.try_wait()? {
                Some(status) => return Ok(status),
                None => ends.recv().await,
            };
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // One that has ended already is fine.
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// This program, with the socket in the place of stdin.
fn command(arguments: &[OsString], variables: &BTreeMap<String, String>, socket: UnixStream) -> Command {
    let (program, words) =
        arguments.split_first().map_or((OsStr::new(PROGRAM), &[][..]), |(name, words)| (name, words));
    let mut command = Command::new(PROGRAM);
    command.arg0(program).args(words).env_clear().envs(inherited(variables)).stdin(OwnedFd::from(socket));
    command
}

/// Sends the true stdin and stderr, and what the reader needs to begin.
fn send_greeting(mut socket: &UnixStream, greeting: &Greeting, stderr: BorrowedFd<'_>) -> io::Result<()> {
    let descriptors = [rustix::stdio::stdin(), stderr];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    sendmsg(socket.as_fd(), &[IoSlice::new(&[0])], &mut control, SendFlags::empty())?;
    socket.write_all(&Frame::of(greeting)?.to_bytes())
}

fn failed(error: io::Error) -> Error {
    Error::new(Kind::Input, "cannot start the process that reads the manifests").cause(error.to_string())
}
