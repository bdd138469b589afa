//! The integration tests: one crate, one module per concern.

mod auth;
mod avp_name;
mod canary;
mod cases;
mod check;
mod clear;
mod cli;
mod cluster;
mod differential;
mod docs;
mod examples;
mod helm;
mod krm;
mod manifests;
mod plan;
mod record;
mod same_objects;
mod secret_settings;
mod servers;
mod store;
mod structure;
mod support;
mod tenant;
mod tools;
mod vault;
mod vault_faults;
