//! The stream of a call: its metadata, then the archive in chunks. Knows no HTTP and unpacks nothing.

use sha2::{Digest as _, Sha256};
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Status, Streaming};

use super::message::{AppStreamRequest, ManifestRequestMetadata, Part};
use crate::config::server::SERVER_ARCHIVE_BYTES;
use crate::error::{Error, Kind};

/// What a call of Argo CD's sends.
pub(super) type Upload = Receipt<Streaming<AppStreamRequest>>;

/// What a call sends. It must be read to its end before the call is answered: else Argo CD throws the answer away and shows `EOF`.
pub(super) struct Receipt<S> {
    stream: S,
}

impl<S: Stream<Item = Result<AppStreamRequest, Status>> + Unpin> Receipt<S> {
    /// Reads nothing yet.
    pub(super) fn new(stream: S) -> Self {
        Self { stream }
    }

    /// The metadata, which the first message must be. The errors are in the words of Argo CD's own server.
    pub(super) async fn metadata(&mut self) -> Result<ManifestRequestMetadata, Error> {
        match self.stream.next().await {
            Some(Ok(AppStreamRequest { request: Some(Part::Metadata(metadata)) })) => Ok(metadata),
            Some(Ok(_)) => Err(refused("error getting stream metadata: metadata is nil")),
            Some(Err(status)) => Err(refused("error receiving stream header").cause(status.message())),
            None => Err(refused("error receiving stream header: EOF")),
        }
    }

    /// The archive, if it is no longer than `limit` bytes and has the checksum of the metadata.
    pub(super) async fn archive(&mut self, metadata: &ManifestRequestMetadata, limit: u64) -> Result<Vec<u8>, Error> {
        let (mut archive, mut digest) = (reserved(metadata.size, limit), Sha256::new());
        while let Some(message) = self.stream.next().await {
            let message = message.map_err(|status| broken("stream Recv error").cause(status.message()))?;
            let Some(Part::File(file)) = message.request else { return Err(broken("stream request file is nil")) };
            if (archive.len() + file.chunk.len()) as u64 > limit {
                return Err(too_long(limit));
            }
            digest.update(&file.chunk);
            archive.extend_from_slice(&file.chunk);
        }
        if hexadecimal(&digest.finalize()) == metadata.checksum {
            Ok(archive)
        } else {
            Err(broken("file checksum validation error"))
        }
    }

    /// Reads the rest, and forgets it.
    pub(super) async fn drain(&mut self) {
        while let Some(Ok(_)) = self.stream.next().await {}
    }
}

/// Room for an archive of so many bytes, as its sender says. The kernel gives memory only to what is written there.
fn reserved(size: i64, limit: u64) -> Vec<u8> {
    let mut archive = Vec::new();
    let size = u64::try_from(size).unwrap_or_default().min(limit);
    // Without the room it grows by and by.
    let _ = archive.try_reserve_exact(usize::try_from(size).unwrap_or_default());
    archive
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn refused(detail: &str) -> Error {
    Error::new(Kind::Input, detail)
}

fn broken(cause: &str) -> Error {
    refused(&format!("error receiving tgz file: {cause}"))
}

fn too_long(limit: u64) -> Error {
    let detail = format!("error receiving tgz file: the repository's archive is longer than {limit} bytes");
    Error::new(Kind::Limit, detail).hint(format!(
        "the operator raises `{}`, or leaves files out with `reposerver.plugin.tar.exclusions`",
        SERVER_ARCHIVE_BYTES.name()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::message::File;

    const CHECKSUM: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn metadata(checksum: &str) -> ManifestRequestMetadata {
        ManifestRequestMetadata { checksum: checksum.to_owned(), size: 3, ..ManifestRequestMetadata::default() }
    }

    fn first(checksum: &str) -> Result<AppStreamRequest, Status> {
        Ok(AppStreamRequest { request: Some(Part::Metadata(metadata(checksum))) })
    }

    fn chunk(text: &'static str) -> Result<AppStreamRequest, Status> {
        Ok(AppStreamRequest { request: Some(Part::File(File { chunk: text.into() })) })
    }

    /// The archive or the error, and whether the stream was read to its end.
    async fn received(messages: Vec<Result<AppStreamRequest, Status>>, limit: u64) -> (Result<String, String>, bool) {
        let mut receipt = Receipt::new(tokio_stream::iter(messages));
        let received = async {
            let metadata = receipt.metadata().await?;
            receipt.archive(&metadata, limit).await
        };
        let received = received.await;
        receipt.drain().await;
        let text = received.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|error| error.in_one_line());
        (text, receipt.stream.next().await.is_none())
    }

    #[tokio::test]
    async fn an_archive_comes_in_chunks_of_any_size() {
        for chunks in [vec!["abc"], vec!["a", "", "bc"], vec!["a", "b", "c"]] {
            let messages = std::iter::once(first(CHECKSUM)).chain(chunks.into_iter().map(chunk)).collect();
            assert_eq!(received(messages, 3).await, (Ok("abc".to_owned()), true));
        }
    }

    #[tokio::test]
    async fn what_is_wrong_is_said_in_argo_cd_s_words_once_everything_was_read() {
        for (messages, expected) in [
            (vec![], "error receiving stream header: EOF"),
            (vec![chunk("abc"), chunk("d")], "error getting stream metadata: metadata is nil"),
            (vec![Ok(AppStreamRequest::default())], "error getting stream metadata: metadata is nil"),
            (vec![Err(Status::cancelled("gone"))], "error receiving stream header: gone"),
            (vec![first(CHECKSUM), chunk("abd")], "error receiving tgz file: file checksum validation error"),
            (vec![first(CHECKSUM)], "error receiving tgz file: file checksum validation error"),
            (
                vec![first(CHECKSUM), first(CHECKSUM), chunk("abc")],
                "error receiving tgz file: stream request file is nil",
            ),
            (
                vec![first(CHECKSUM), Err(Status::cancelled("gone"))],
                "error receiving tgz file: stream Recv error: gone",
            ),
        ] {
            assert_eq!(received(messages, 1 << 20).await, (Err(expected.to_owned()), true));
        }
    }

    #[tokio::test]
    async fn an_archive_beyond_the_limit_is_refused_and_read_to_its_end() {
        let (error, is_read) = received(vec![first(CHECKSUM), chunk("ab"), chunk("c"), chunk("d")], 2).await;
        assert!(error.unwrap_err().contains("longer than 2 bytes; the operator raises `AVP_SERVER_ARCHIVE_BYTES`"));
        assert!(is_read);
    }

    #[test]
    fn a_size_that_is_not_true_takes_no_memory() {
        for size in [i64::MIN, -1, i64::MAX] {
            assert!(reserved(size, 1 << 10).capacity() <= 1 << 10);
        }
    }
}
