//! The integration tests: one crate, one module per concern.

mod cases;
mod cli;
mod structure;
mod support;
