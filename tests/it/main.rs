//! The integration tests: one crate, one module per concern.

mod auth;
mod canary;
mod cases;
mod cli;
mod manifests;
mod docs;
mod examples;
mod secret_settings;
mod servers;
mod structure;
mod support;
mod tenant;
mod tools;
mod vault;
mod vault_faults;
