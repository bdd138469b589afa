//! The broker's answers to one request, each a frame.

use std::io;

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use zeroize::Zeroizing;

use super::frame::Frame;
use super::message::{Answer, Numbered, OutcomeMessage};
use super::value;
use crate::secret::{Outcome, SecretId};

/// The answers to one request. The last of them is [`Answer::Done`].
pub(super) struct Reply<'s> {
    pub(super) stream: &'s mut UnixStream,
    pub(super) number: u64,
}

impl Reply<'_> {
    /// Sends an answer without a value.
    pub(super) async fn send(&mut self, answer: Answer) -> io::Result<()> {
        self.send_with(answer, Zeroizing::default()).await
    }

    /// Sends the outcome of reading a secret.
    pub(super) async fn send_outcome(&mut self, id: &SecretId, outcome: Outcome) -> io::Result<()> {
        let (outcome, data) = OutcomeMessage::of(outcome);
        let body = data.as_ref().and_then(value::encode).unwrap_or_default();
        self.send_with(Answer::Outcome(id.into(), outcome), body).await
    }

    async fn send_with(&mut self, message: Answer, body: Zeroizing<Vec<u8>>) -> io::Result<()> {
        let frame = Frame::with_body(&Numbered { number: self.number, message }, body)?;
        self.stream.write_all(&frame.to_bytes()).await
    }
}
