//! One connection of a tool: its request is checked, the way is opened, bytes go both ways until neither side sends any more.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout, timeout_at};
use url::Host;

use super::address::internal;
use super::hosts::Hosts;
use super::refusal::Refusal;
use super::request::{self, Request};
use super::target::Target;
use super::upstream::Upstream;

/// How long something may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    /// Until a tool has said what it wants.
    pub(super) head: Duration,
    /// Until the way to a host is open.
    pub(super) dial: Duration,
    /// Until one of the sides sends something.
    pub(super) idle: Duration,
    /// The whole connection.
    pub(super) whole: Duration,
}

/// How many refusals are remembered: the first ones tell.
const REMEMBERED: usize = 16;

/// Bytes both ways.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// The rules that all connections of a proxy share.
pub(super) struct Gate {
    pub(super) hosts: Hosts,
    pub(super) upstream: Upstream,
    /// The value of the header with which a tool must prove who it is.
    pub(super) authorization: String,
    pub(super) timeouts: Timeouts,
    pub(super) refusals: Mutex<Vec<Refusal>>,
}

impl Gate {
    /// Serves one connection to its end. The tool is told what goes wrong while it still listens.
    pub(super) async fn serve(&self, client: TcpStream) -> io::Result<()> {
        timeout(self.timeouts.whole, self.converse(client)).await?
    }

    async fn converse(&self, mut client: TcpStream) -> io::Result<()> {
        let request = match timeout(self.timeouts.head, request::read(&mut client)).await? {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return answer(&mut client, 400, "this is not a request to a proxy").await;
            }
            request => request?,
        };
        if !self.is_ours(&request) {
            return answer(&mut client, 407, "this proxy serves one tool").await;
        }
        match self.open(&request).await {
            Ok(mut server) => {
                client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
                server.write_all(&request.rest).await?;
                relay(client, server, self.timeouts.idle).await
            }
            Err(refusal) => {
                let (status, reason) = refusal.answer();
                self.remember(refusal);
                answer(&mut client, status, &reason).await
            }
        }
    }

    /// Whether the request comes from our tool; the time that this takes says nothing about the token.
    fn is_ours(&self, request: &Request) -> bool {
        let (ours, theirs) = (self.authorization.as_bytes(), request.authorization.as_deref().unwrap_or_default());
        let differences = ours.iter().zip(theirs).fold(0, |all, (ours, theirs)| all | (ours ^ theirs));
        ours.len() == theirs.len() && differences == 0
    }

    async fn open(&self, request: &Request) -> Result<Box<dyn Stream>, Refusal> {
        let insecure = || Refusal::insecure(&format!("{} {}", request.method, request.target));
        if request.method != "CONNECT" {
            return Err(insecure());
        }
        let target = Target::parse(&request.target).ok_or_else(insecure)?;
        if !self.hosts.may_reach(&target) {
            return Err(Refusal::unlisted(&target));
        }
        if let Some(address) = target.address() {
            self.judge(&target, address)?;
        }
        let stream = async {
            match self.upstream.route(&target).map_err(|cause| Refusal::unreachable(&target, cause))? {
                Some(route) => route.open(&target).await.map_err(|error| unreachable(&target, &error)),
                None => self.connect(&target).await,
            }
        };
        timeout(self.timeouts.dial, stream)
            .await
            .unwrap_or_else(|_| Err(Refusal::unreachable(&target, "it took too long")))
    }

    /// Connects to an address that was checked: the name is not resolved again.
    async fn connect(&self, target: &Target) -> Result<Box<dyn Stream>, Refusal> {
        let addresses = resolve(target).await.map_err(|error| unreachable(target, &error))?;
        let (mut permitted, mut refusal) = (Vec::new(), None);
        for address in addresses {
            match self.judge(target, address) {
                Ok(()) => permitted.push(SocketAddr::new(address, target.port)),
                Err(refused) => refusal = refusal.or(Some(refused)),
            }
        }
        if let Some(refusal) = refusal.filter(|_| permitted.is_empty()) {
            return Err(refusal);
        }
        let stream = TcpStream::connect(&*permitted).await.map_err(|error| unreachable(target, &error))?;
        Ok(Box::new(stream))
    }

    /// Refuses an address that is not of the public internet, unless the operator has written the host or the address.
    fn judge(&self, target: &Target, address: IpAddr) -> Result<(), Refusal> {
        match internal(address) {
            Some(kind) if !self.hosts.has(target) && !self.hosts.has_address(address, target.port) => {
                Err(Refusal::internal(target, kind))
            }
            _ => Ok(()),
        }
    }

    fn remember(&self, refusal: Refusal) {
        let Ok(mut refusals) = self.refusals.lock() else { return };
        if refusals.len() < REMEMBERED && !refusals.contains(&refusal) {
            refusals.push(refusal);
        }
    }
}

/// The addresses of a host; an IPv4 address in IPv6's spelling is an IPv4 address.
async fn resolve(target: &Target) -> io::Result<Vec<IpAddr>> {
    match &target.host {
        Host::Domain(name) => {
            let addresses = lookup_host((name.as_str(), target.port)).await?;
            Ok(addresses.map(|address| address.ip().to_canonical()).collect())
        }
        Host::Ipv4(address) => Ok(vec![(*address).into()]),
        Host::Ipv6(address) => Ok(vec![(*address).into()]),
    }
}

fn unreachable(target: &Target, error: &io::Error) -> Refusal {
    Refusal::unreachable(target, error)
}

/// Answers without opening anything. The reason stands in the first line too, which is all that some programs show.
async fn answer(client: &mut TcpStream, status: u16, reason: &str) -> io::Result<()> {
    let reason: String = reason.chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' }).collect();
    let (length, ask) =
        (reason.len() + 1, if status == 407 { "Proxy-Authenticate: Basic realm=\"tools\"\r\n" } else { "" });
    let head = format!("HTTP/1.1 {status} {reason}\r\n{ask}Content-Type: text/plain\r\nContent-Length: {length}\r\n");
    client.write_all(format!("{head}Connection: close\r\n\r\n{reason}\n").as_bytes()).await?;
    client.shutdown().await
}

/// Copies both ways until both sides have ended, or neither has sent anything for a while.
async fn relay(client: impl Stream, server: impl Stream, idle: Duration) -> io::Result<()> {
    let activity = Activity { last: Mutex::new(Instant::now()), idle };
    let (from_client, to_client) = tokio::io::split(client);
    let (from_server, to_server) = tokio::io::split(server);
    tokio::try_join!(copy(from_client, to_server, &activity), copy(from_server, to_client, &activity)).map(drop)
}

/// The deadline of a connection, which bytes from either side move on.
struct Activity {
    last: Mutex<Instant>,
    idle: Duration,
}

impl Activity {
    /// Until when something must come.
    fn deadline(&self) -> Instant {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) + self.idle
    }

    fn note(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// Copies one way.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    activity: &Activity,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let deadline = activity.deadline();
        match timeout_at(deadline, from.read(&mut buffer)).await {
            Ok(Ok(0)) => return to.shutdown().await,
            Ok(Ok(count)) => {
                activity.note();
                timeout(activity.idle, to.write_all(&buffer[..count])).await??;
            }
            Ok(Err(error)) => return Err(error),
            // The other side was not silent.
            Err(_) if activity.deadline() > deadline => {}
            Err(elapsed) => return Err(elapsed.into()),
        }
    }
}
