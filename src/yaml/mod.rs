//! YAML as text: read with byte spans, edited in place, checked after the edit. Knows no Kubernetes and no placeholder.

pub(crate) mod edit;
pub(crate) mod notation;
pub(crate) mod reader;
pub(crate) mod resolve;
pub(crate) mod splice;
pub(crate) mod split;
pub(crate) mod tree;

mod builder;
mod expand;
mod flaw;
mod json;
mod libyaml;
mod remove;
mod set;
mod subset;
mod tabs;
mod token;
mod typed;
mod verify;
mod words;
mod writer;

pub(crate) use flaw::Flaw;
pub use typed::parse;
pub(crate) use typed::parse_with_written_keys;
pub use typed::value;
pub(crate) use writer::document;

#[cfg(test)]
mod tests;
