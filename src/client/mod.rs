//! How we talk to servers: HTTP with TLS, retries and limits, and the Kubernetes API. Knows no store and no manifest.

mod allowance;
mod credentials;
mod decode;
mod failure;
pub mod file;
mod forms;
pub mod http;
pub mod kubernetes;
mod lead;
mod lookup;
mod rate;
pub mod request;
mod retry;
mod tls;

pub use allowance::{Allowance, Deadline};
pub use credentials::Credentials;
pub use failure::Failure;
pub use http::Client;
pub use request::{Hidden, Method, Request, Response};
pub use retry::Repeat;
