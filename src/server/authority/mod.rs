//! Lets `h2` take the `:authority` of gRPC's clients on a Unix socket: the socket's path, percent-encoded, which `h2` refuses as malformed. The
//! bytes that a client sends go in, and come out with an `:authority` that nobody minds. Pure, and never longer. Knows no socket.

mod frames;
mod header_block;

pub use frames::{Frames, Malformed};
