//! Modifiers: what stands after `|` in a placeholder, value in, value out. Pure; knows no placeholder and no store.
//! A newcomer adds a function in the file of its family, a row in [`MODIFIERS`], and a case.

mod base64;
mod chain;
mod default;
mod hash;
mod json;
mod table;
mod text;

pub use chain::Chain;
pub use table::{Example, MODIFIERS, Modifier, docs};

use crate::error::{Error, Kind};

/// An error about a modifier.
fn error(detail: impl Into<String>) -> Error {
    Error::new(Kind::Modifier, detail)
}
