//! How we talk to servers: HTTP with TLS, retries and limits, and the Kubernetes API. Knows no store, no setting and no manifest.

mod allowance;
mod credentials;
mod decode;
mod failure;
mod first_request;
mod forms;
pub(crate) mod http;
pub(crate) mod kubernetes;
mod lookup;
mod nodes;
mod options;
mod rate;
mod reach;
mod redirect;
mod replication;
pub(crate) mod request;
mod retry;
mod single;
mod steps;
mod stream;
mod tls;

pub(crate) use allowance::Allowance;
pub use allowance::Deadline;
pub(crate) use credentials::Credentials;
pub(crate) use failure::Failure;
pub(crate) use http::Client;
pub(crate) use options::{ClientIdentity, ClientOptions, Proxies, ServerWords, TlsOptions, TrustOptions};
pub(crate) use rate::Rate;
pub(crate) use reach::Reach;
#[cfg(test)]
pub(crate) use request::Method;
pub(crate) use request::{Request, Response};
pub(crate) use retry::{Retry, ServerState};
pub(crate) use single::{Network, SingleRequest, SingleResponse};
pub(crate) use steps::Hop;
pub(crate) use stream::{ByteStream, connect};
pub(crate) use tls::{check_tls, validity};
