//! `vault-render serve`: Argo CD's plugin protocol on the plugin's socket.

mod start;
mod stream;
