//! vault-render fills placeholders in Kubernetes manifests from a secret store and leaves every other byte alone.
//!
//! One pass, whatever the command: **read → plan → fetch → fill → write**. Folders are stages, files are nouns; imports point
//! one way, and a test holds it (`tests/it/structure.rs`).

pub mod backend;
pub mod cli;
pub mod client;
pub mod config;
pub mod error;
pub mod excerpt;
pub mod fingerprint;
pub mod input;
pub mod lint;
pub mod manifest;
pub mod modifier;
pub mod placeholder;
pub mod policy;
pub mod render;
pub mod report;
pub mod secret;
pub mod source;
pub mod value;
pub mod yaml;
