//! Frames on the socket between reader and broker: a head in JSON, and a body of bytes behind it. Knows no message.

use std::fmt;
use std::io::{self, Read};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt};
use zeroize::Zeroizing;

use crate::budget::Limit;

/// The longest head: the names of the secrets of a run.
const LONGEST_HEAD: usize = 16 << 20;

/// The longest body: a value. (As bytes it is shorter than in memory, where it is limited.)
const LONGEST_BODY: usize = Limit::Value.most() as usize;

/// The two lengths at the start of a frame.
const LENGTHS: usize = 2 * size_of::<u32>();

/// A message with the value that belongs to it.
pub(super) struct Frame {
    head: Zeroizing<Vec<u8>>,
    body: Zeroizing<Vec<u8>>,
}

/// A frame may hold a value: only lengths are shown.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("head", &self.head.len()).field("body", &self.body.len()).finish()
    }
}

impl Frame {
    /// A frame of a message without a value.
    pub(super) fn of(message: &impl Serialize) -> io::Result<Self> {
        Self::with_body(message, Zeroizing::default())
    }

    /// A frame of a message with a value. Longer ones than the other side takes are an error.
    pub(super) fn with_body(message: &impl Serialize, body: Zeroizing<Vec<u8>>) -> io::Result<Self> {
        let head = Zeroizing::new(serde_json::to_vec(message)?);
        checked(head.len(), body.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        Ok(Self { head, body })
    }

    /// The message; an error never quotes it.
    pub(super) fn message<M: DeserializeOwned>(&self) -> io::Result<M> {
        serde_json::from_slice(&self.head).map_err(|_| invalid("it is not a message"))
    }

    /// The value's bytes.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The frame as it travels.
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(LENGTHS + self.head.len() + self.body.len()));
        for part in [&self.head, &self.body] {
            bytes.extend_from_slice(&(part.len() as u32).to_le_bytes());
        }
        bytes.extend_from_slice(&self.head);
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The next frame; `None` where the other side has closed its end between two frames.
    pub(super) fn read(stream: &mut impl Read) -> io::Result<Option<Self>> {
        let mut lengths = [0; LENGTHS];
        let count = stream.read(&mut lengths)?;
        if count == 0 {
            return Ok(None);
        }
        stream.read_exact(&mut lengths[count..])?;
        let mut frame = Self::sized(lengths)?;
        stream.read_exact(&mut frame.head)?;
        stream.read_exact(&mut frame.body)?;
        Ok(Some(frame))
    }

    /// The next frame, as [`Frame::read`] returns it.
    pub(super) async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut lengths = [0; LENGTHS];
        let count = stream.read(&mut lengths).await?;
        if count == 0 {
            return Ok(None);
        }
        stream.read_exact(&mut lengths[count..]).await?;
        let mut frame = Self::sized(lengths)?;
        stream.read_exact(&mut frame.head).await?;
        stream.read_exact(&mut frame.body).await?;
        Ok(Some(frame))
    }

    /// An empty frame of these lengths, to be filled.
    fn sized(lengths: [u8; LENGTHS]) -> io::Result<Self> {
        let (head, body) = lengths.split_at(LENGTHS / 2);
        let length = |bytes: &[u8]| bytes.try_into().map_or(usize::MAX, |bytes| u32::from_le_bytes(bytes) as usize);
        let (head, body) = (length(head), length(body));
        checked(head, body)?;
        Ok(Self { head: Zeroizing::new(vec![0; head]), body: Zeroizing::new(vec![0; body]) })
    }
}

fn checked(head: usize, body: usize) -> io::Result<()> {
    if head <= LONGEST_HEAD && body <= LONGEST_BODY { Ok(()) } else { Err(invalid("it is too long")) }
}

fn invalid(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_come_one_after_the_other_and_end_between_two() {
        let body = Zeroizing::new(vec![1, 2, 3]);
        let frames = [Frame::of(&"a").unwrap(), Frame::with_body(&"b", body).unwrap()];
        let bytes = frames.iter().flat_map(|frame| frame.to_bytes().to_vec()).collect::<Vec<u8>>();
        let (mut sync, mut later) = (bytes.as_slice(), bytes.as_slice());
        for (message, body) in [("a", &[][..]), ("b", &[1, 2, 3])] {
            for frame in [Frame::read(&mut sync).unwrap(), Frame::receive(&mut later).await.unwrap()] {
                let frame = frame.unwrap();
                assert_eq!((frame.message::<String>().unwrap().as_str(), frame.body()), (message, body));
            }
        }
        assert!(Frame::read(&mut sync).unwrap().is_none() && Frame::receive(&mut later).await.unwrap().is_none());
    }

    #[test]
    fn a_frame_that_is_cut_or_too_long_is_an_error() {
        let bytes = Frame::of(&"message").unwrap().to_bytes();
        for end in 1..bytes.len() {
            assert!(Frame::read(&mut &bytes[..end]).is_err(), "{end}");
        }
        assert!(Frame::read(&mut &[255; LENGTHS][..]).is_err());
        assert!(Frame::of(&"x".repeat(LONGEST_HEAD)).is_err());
    }
}
