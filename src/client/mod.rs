//! How we talk to servers: HTTP with TLS, retries and limits, and the Kubernetes API. Knows no store and no manifest.

mod allowance;
mod credentials;
mod decode;
mod failure;
mod first_request;
mod forms;
pub mod http;
pub mod kubernetes;
mod lookup;
mod options;
mod rate;
pub mod request;
mod retry;
mod tls;

pub use allowance::{Allowance, Deadline};
pub use credentials::Credentials;
pub use failure::Failure;
pub use http::Client;
pub use options::{ClientIdentity, ClientOptions, Proxies, ServerWords, TlsOptions, TrustOptions};
pub use rate::Rate;
pub use request::{Method, Request, Response};
pub use retry::Retry;
