//! The integration tests: one crate, one module per concern.

mod cases;
mod cli;
mod servers;
mod structure;
mod support;
mod vault;
mod vault_faults;
