//! `vault-render serve`: Argo CD's plugin protocol on the plugin's socket.

mod seen;
mod start;
mod stream;
