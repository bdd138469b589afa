//! The integration tests: one crate, one module per concern.

mod servers;
mod support;
