//! YAML as text: read with byte spans, edited in place, checked after the edit. Knows no Kubernetes and no placeholder.

pub mod edit;
pub mod notation;
pub mod reader;
pub mod resolve;
pub mod splice;
pub mod split;
pub mod tree;

mod builder;
mod expand;
mod flaw;
mod json;
mod remove;
mod set;
mod subset;
mod token;
mod typed;
mod verify;
mod writer;

pub use flaw::Flaw;
pub use typed::{parse, parse_with_written_keys, value};
pub use writer::document;

#[cfg(test)]
mod tests;
