//! One connection to the plugin's socket, whose client's `:authority` is made one that HTTP/2 takes here.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tonic::transport::server::Connected;

use super::authority::Frames;

/// A connection, as the server reads it.
#[derive(Debug)]
pub(super) struct Connection<S> {
    stream: S,
    frames: Frames,
    /// What may be read next, from this byte on.
    passed: Vec<u8>,
    position: usize,
}

impl<S> Connection<S> {
    /// A connection of which nothing was read yet.
    pub(super) fn new(stream: S) -> Self {
        Self { stream, frames: Frames::default(), passed: Vec::new(), position: 0 }
    }

    /// Moves as much to `buffer` as it takes. A connection that waits holds no memory.
    fn hand_out(&mut self, buffer: &mut ReadBuf<'_>) {
        let rest = &self.passed[self.position..];
        let count = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..count]);
        self.position += count;
        if self.position == self.passed.len() {
            (self.passed, self.position) = (Vec::new(), 0);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.passed.is_empty() && buffer.remaining() > 0 {
            let start = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
            let read = &buffer.filled()[start..];
            if read.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let malformed = |error| io::Error::new(ErrorKind::InvalidData, error);
            this.frames.pass(read, &mut this.passed).map_err(malformed)?;
            buffer.set_filled(start);
        }
        this.hand_out(buffer);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

impl<S> Connected for Connection<S> {
    /// Nobody asks who has connected: whom the file lets in is the operator's choice.
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tonic::transport::Server;

    use super::*;
    use crate::server::service::HealthService;

    /// Each client's bytes of some calls on one connection, recorded at the socket of Argo CD's own server.
    const RECORDED: [&[u8]; 2] = [
        include_bytes!("../../tests/recorded/grpc-go-1.75.bin"),
        include_bytes!("../../tests/recorded/grpc-core-58.bin"),
    ];

    /// A request whose `:authority` has its name in Huffman's code.
    const HUFFMAN: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\
        \0\0\x13\x01\x05\0\0\0\x01\x83\x86\x84\x40\x88\xb8\x3b\x53\x39\xec\x32\x7d\x7f\x05a%2Fb";

    const HEADERS: u8 = 1;
    const RST_STREAM: u8 = 3;

    /// The kind of the frame with which a server answers the first of these requests.
    async fn answer<S>(sent: &[u8], connection: impl FnOnce(DuplexStream) -> S) -> u8
    where
        S: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    {
        let (mut client, server) = duplex(1 << 20);
        let incoming = tokio_stream::iter([Ok::<_, io::Error>(connection(server))]);
        tokio::spawn(Server::builder().add_service(HealthService).serve_with_incoming(incoming));
        client.write_all(sent).await.unwrap();
        loop {
            let mut head = [0; 9];
            client.read_exact(&mut head).await.unwrap();
            if matches!(head[3], HEADERS | RST_STREAM) {
                return head[3];
            }
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            client.read_exact(&mut vec![0; length as usize]).await.unwrap();
        }
    }

    #[tokio::test]
    async fn the_recorded_clients_are_answered() {
        for sent in RECORDED.into_iter().chain([HUFFMAN]) {
            assert_eq!(answer(sent, Connection::new).await, HEADERS);
        }
    }

    /// Once this fails, `h2` takes their `:authority` by itself, and `authority/` can go.
    #[tokio::test]
    async fn the_recorded_clients_are_refused_without_us() {
        for sent in RECORDED.into_iter().chain([HUFFMAN]) {
            assert_eq!(answer(sent, |stream| stream).await, RST_STREAM);
        }
    }
}
