//! The only way out of a contained tool: an HTTP proxy on this machine that connects to the https servers which the operator lists, and to
//! nothing else. It is written on tokio and httparse, as most of it is refusals that no library for proxies has.

mod address;
mod connection;
mod hosts;
mod refusal;
mod request;
mod target;
mod upstream;

pub use hosts::Hosts;
pub(crate) use hosts::SETTING;
pub(crate) use refusal::Refusal;
pub use upstream::Upstream;

use std::io;
use std::net::{Ipv4Addr, TcpListener as StdListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::error::Error;
use connection::{Gate, Timeouts};

/// How many connections a tool may hold.
const MOST: usize = 64;

/// How long a connection may take, stage by stage. A tool has less time than the whole.
const TIMEOUTS: Timeouts = Timeouts {
    head: Duration::from_secs(10),
    dial: Duration::from_secs(30),
    idle: Duration::from_secs(60),
    whole: Duration::from_secs(15 * 60),
};

/// The user in the proxy's address: some programs send no password without one.
const USER: &str = "tool";

/// A proxy for one tool. Dropped, it ends with all its connections.
pub struct Proxy {
    port: u16,
    token: String,
    gate: Arc<Gate>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts on a port of 127.0.0.1 that the system chooses; within a tokio runtime.
    pub fn start(hosts: Hosts, upstream: Upstream) -> io::Result<Self> {
        Self::start_with(TIMEOUTS, hosts, upstream)
    }

    fn start_with(timeouts: Timeouts, hosts: Hosts, upstream: Upstream) -> io::Result<Self> {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let listener = TcpListener::from_std(listener)?;
        let token = token()?;
        let authorization = format!("Basic {}", STANDARD.encode(format!("{USER}:{token}")));
        let gate = Arc::new(Gate { hosts, upstream, authorization, timeouts, refusals: Mutex::default() });
        Ok(Self { port, token, accepting: tokio::spawn(accept(listener, gate.clone())), gate })
    }

    /// The port on this machine at which it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address for the tool, with a password: the machine's other users cannot go through it.
    pub fn url(&self) -> String {
        format!("http://{USER}:{}@{}:{}", self.token, Ipv4Addr::LOCALHOST, self.port)
    }

    /// The requests of the tool that were refused, in order, each once.
    pub fn refusals(&self) -> Vec<Refusal> {
        self.gate.refusals.lock().map(|refusals| refusals.clone()).unwrap_or_default()
    }

    /// The error of a tool that failed, with the requests that were refused and the line that would allow them.
    pub fn explain(&self, tool: &str, error: Error) -> Error {
        refusal::explain(&self.refusals(), &self.gate.hosts, tool, error)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Accepts connections up to the limit. When it ends, all of them end.
async fn accept(listener: TcpListener, gate: Arc<Gate>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MOST => match accepted {
                Ok((client, _)) => {
                    let gate = gate.clone();
                    connections.spawn(async move { gate.serve(client).await });
                }
                // Too many open files, or a client that has gone: both pass.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// 128 random bits.
fn token() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(u128::from_ne_bytes(bytes).to_string())
}

#[cfg(test)]
mod tests;
