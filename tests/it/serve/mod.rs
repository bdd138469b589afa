//! `vault-render serve`: Argo CD's plugin protocol on the plugin's socket.

mod core;
mod definition;
mod end;
mod many;
mod render;
mod repository;
mod same;
mod seen;
mod soak;
mod start;
mod stream;
mod traced;
