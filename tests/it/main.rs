//! The integration tests: one crate, one module per concern.

mod auth;
mod canary;
mod cases;
mod check;
mod clear;
mod cli;
mod cluster;
mod differential;
mod docs;
mod examples;
mod html;
mod manifests;
mod plan;
mod secret_settings;
mod servers;
mod store;
mod structure;
mod support;
mod tenant;
mod tools;
mod vault;
mod vault_faults;
