//! How we talk to servers: HTTP with TLS, retries and limits, and the Kubernetes API. Knows no store and no manifest.

mod failure;
pub mod file;
pub mod http;
pub mod kubernetes;
mod lead;
mod lookup;
mod rate;
pub mod request;
mod retry;
mod tls;

pub use failure::Failure;
pub use http::Client;
pub use request::{Hidden, Method, Request, Response};
pub use retry::Repeat;
