//! A connection to a server that does not speak HTTP, with TLS where it is wanted. Knows no protocol.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::failure::{of_tls, tls_error};
use super::options::{ServerWords, TlsOptions};
use super::tls::tls;
use crate::error::{Error, Kind};

/// Bytes in both directions.
pub(crate) trait ByteStream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> ByteStream for S {}

/// Connects to a server. The caller limits the time.
pub(crate) async fn connect(
    (host, port): (&str, u16),
    options: Option<TlsOptions>,
    words: &ServerWords,
) -> Result<Box<dyn ByteStream>, Error> {
    let address = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let stream = TcpStream::connect((host, port)).await.map_err(|error| {
        let hint = format!("is {} right, and does {} run there?", words.address, words.server);
        Error::new(Kind::Store, format!("cannot connect to `{address}`")).cause(error.to_string()).hint(hint)
    })?;
    let _ = stream.set_nodelay(true);
    match options {
        Some(options) => secured(stream, host, &address, options, words).await,
        None => Ok(Box::new(stream)),
    }
}

async fn secured(
    stream: TcpStream,
    host: &str,
    address: &str,
    options: TlsOptions,
    words: &ServerWords,
) -> Result<Box<dyn ByteStream>, Error> {
    let mut tls = tls(options, words)?;
    tls.config.alpn_protocols.clear();
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| Error::new(Kind::Setting, format!("`{host}` is not a host name")).cause(error.to_string()))?;
    let secured = TlsConnector::from(Arc::new(tls.config)).connect(name, stream).await;
    let failed = |error: std::io::Error| match tls_error(&error) {
        Some(rustls::Error::InvalidMessage(_)) => {
            let detail = format!("the server at `{address}` does not speak TLS on this port");
            Error::new(Kind::Store, detail).hint(format!("does {} name TLS by mistake?", words.address))
        }
        Some(tls_error) => of_tls(tls_error, address, &tls.verifier, words),
        None => Error::new(Kind::Store, format!("the TLS connection to `{address}` broke")).cause(error.to_string()),
    };
    Ok(Box::new(secured.map_err(failed)?))
}
