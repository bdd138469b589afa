//! The connections that clients make to the plugin's socket, until the server ends. Knows no protocol.

use std::time::Duration;

use futures_util::future::FutureExt as _;
use futures_util::stream;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio_stream::Stream;

use super::connection::Connection;
use super::socket::SocketFile;

/// How long no connection is accepted after a failure, such as a lack of descriptors: others are given time to end.
const PAUSE: Duration = Duration::from_millis(50);

/// The connections to a socket. At the end its file goes first; who has connected by then is still accepted.
pub(super) fn connections(
    socket: (SocketFile, UnixListener),
    ending: watch::Receiver<bool>,
) -> impl Stream<Item = std::io::Result<Connection<UnixStream>>> {
    let (file, listener) = socket;
    stream::unfold((Some(file), listener, ending), |(mut file, listener, mut ending)| async move {
        if file.is_some() {
            let accepted = tokio::select! {
                accepted = accept(&listener) => Some(accepted),
                _ = ending.wait_for(|is_ending| *is_ending) => None,
            };
            match accepted {
                Some(stream) => return Some((Ok(Connection::new(stream)), (file, listener, ending))),
                None => drop(file.take()),
            }
        }
        let last = listener.accept().now_or_never()?.ok()?;
        Some((Ok(Connection::new(last.0)), (file, listener, ending)))
    })
}

async fn accept(listener: &UnixListener) -> UnixStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_stream::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn who_has_connected_before_the_end_is_accepted_and_nobody_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let (end, ending) = watch::channel(false);
        let mut connections = std::pin::pin!(connections(SocketFile::bind(&path).await.unwrap(), ending));
        let _first = UnixStream::connect(&path).await.unwrap();
        assert!(connections.next().await.is_some());
        let _second = UnixStream::connect(&path).await.unwrap();
        end.send_replace(true);
        assert!(connections.next().await.is_some());
        assert!(connections.next().await.is_none());
        assert!(!path.exists());
    }
}
