//! The reader's connection to the broker: one question after the other, each with the answers to it. Knows no run.

use std::io::{self, IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::process::{Signal, getpid, kill_process};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, MutexGuard};

use super::READER;
use super::frame::Frame;
use super::message::{Answer, Greeting, Numbered, Request};
use crate::error::{Error, Kind};

/// Has the kernel close a received descriptor in children, where it can.
#[cfg(target_os = "linux")]
const CLOSED_IN_CHILDREN: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(not(target_os = "linux"))]
const CLOSED_IN_CHILDREN: RecvFlags = RecvFlags::empty();

/// The connection to the broker.
#[derive(Debug)]
pub(crate) struct Link {
    pub(super) greeting: Greeting,
    /// That nothing contains this process, as the operator allows.
    pub(super) warning: Option<Error>,
    stream: UnixStream,
    conversation: Mutex<Conversation>,
}

/// What the broker sends, and the number of the request that is being answered.
#[derive(Debug)]
pub(super) struct Conversation {
    number: u64,
    frames: UnboundedReceiver<Frame>,
}

impl Link {
    /// Takes the connection that stands in the place of stdin, and contains this process as the broker says. Call it before there is another
    /// thread.
    pub(crate) fn take() -> Result<Self, Error> {
        let (stream, greeting) = receive_greeting().map_err(lost)?;
        let warning = greeting.bounds.enter()?;
        let frames = frames(&stream).map_err(lost)?;
        Ok(Self { greeting, warning, stream, conversation: Mutex::new(Conversation { number: 0, frames }) })
    }

    /// Sends a request, before the first one that a run begins. The answers follow, as long as nobody else asks.
    pub(super) async fn ask(&self, begin: Request, request: Request) -> io::Result<MutexGuard<'_, Conversation>> {
        let mut conversation = self.conversation.lock().await;
        if conversation.number == 0 {
            self.send(0, begin)?;
        }
        conversation.number += 1;
        self.send(conversation.number, request)?;
        Ok(conversation)
    }

    fn send(&self, number: u64, message: Request) -> io::Result<()> {
        (&self.stream).write_all(&Frame::of(&Numbered { number, message })?.to_bytes())
    }
}

impl Conversation {
    /// The next answer, with the frame whose body is its value. Answers to an earlier request, which nobody waits for any more, are left out.
    pub(super) async fn next(&mut self) -> Option<(Answer, Frame)> {
        loop {
            let frame = self.frames.recv().await?;
            let Numbered { number, message } = frame.message().ok()?;
            if number == self.number {
                return Some((message, frame));
            }
        }
    }
}

/// The connection and what the broker says first. Puts the true stdin and stderr in their places.
fn receive_greeting() -> io::Result<(UnixStream, Greeting)> {
    let mut stream = UnixStream::from(rustix::stdio::stdin().try_clone_to_owned()?);
    let [stdin, stderr] = receive_descriptors(&stream)?;
    rustix::stdio::dup2_stdin(&stdin)?;
    rustix::stdio::dup2_stderr(&stderr)?;
    let greeting = Frame::read(&mut stream)?.ok_or(io::ErrorKind::UnexpectedEof)?.message()?;
    Ok((stream, greeting))
}

/// The descriptors that the broker sends before anything else.
fn receive_descriptors(stream: &UnixStream) -> io::Result<[OwnedFd; 2]> {
    let (mut byte, mut space) = ([0], [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))]);
    let mut control = RecvAncillaryBuffer::new(&mut space);
    recvmsg(stream, &mut [IoSliceMut::new(&mut byte)], &mut control, CLOSED_IN_CHILDREN)?;
    let descriptors = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    let descriptors: Vec<OwnedFd> = descriptors.flatten().collect();
    descriptors.try_into().map_err(|_| io::ErrorKind::InvalidData.into())
}

/// What the broker sends from now on. Once it has ended, this process is asked to end.
fn frames(stream: &UnixStream) -> io::Result<UnboundedReceiver<Frame>> {
    let mut incoming = stream.try_clone()?;
    let (sender, frames) = unbounded_channel();
    std::thread::Builder::new().name("broker".to_owned()).spawn(move || {
        listen(&mut incoming, &sender);
        let _ = kill_process(getpid(), Signal::TERM);
    })?;
    Ok(frames)
}

/// Passes on what the broker sends, until it ends.
fn listen(incoming: &mut UnixStream, sender: &UnboundedSender<Frame>) {
    while let Ok(Some(frame)) = Frame::read(incoming) {
        if sender.send(frame).is_err() {
            return;
        }
    }
}

fn lost(error: io::Error) -> Error {
    Error::new(Kind::Bug, format!("`{READER}` is set, and no process answers")).cause(error.to_string())
}
