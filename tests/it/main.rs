//! The integration tests: one crate, one module per concern.
#![allow(unreachable_pub, reason = "a crate of tests has no public API: `pub` is a module's interface")]

mod cases;
mod cli;
mod cluster;
mod servers;
mod store;
mod structure;
mod support;
