//! `vault-render serve`: Argo CD's plugin protocol on the plugin's socket.

mod core;
mod definition;
mod render;
mod repository;
mod seen;
mod soak;
mod start;
mod stream;
