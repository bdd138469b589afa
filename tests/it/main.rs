//! The integration tests: one crate, one module per concern.

mod auth;
mod cases;
mod cli;
mod differential;
mod secret_settings;
mod servers;
mod structure;
mod support;
mod tenant;
mod vault;
mod vault_faults;
