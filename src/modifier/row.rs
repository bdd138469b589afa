//! The type of a row in the table of modifiers. Knows no single modifier.

use std::sync::Arc;

use super::context::ChainContext;
use crate::budget::Budget;
use crate::error::Error;
use crate::value::Value;

/// A modifier, with its documentation and its function.
#[derive(Debug)]
pub(crate) struct Modifier {
    /// The name that is written after `|`.
    pub name: &'static str,
    /// A description of its result, in one line.
    pub doc: &'static str,
    /// Its arguments in a usage line; empty if it takes none.
    pub usage: &'static str,
    /// An example of its use, which a test runs.
    pub example: Example,
    /// The types of value that it takes, as [`Value::kind`] names them.
    pub(super) takes: &'static [&'static str],
    /// Its function, by the arguments that it reads.
    pub(super) function: Function,
}

/// A value, a chain and the result. The values are JSON.
#[derive(Debug)]
pub(crate) struct Example {
    /// The input.
    pub value: &'static str,
    /// The chain, as it is written in a placeholder.
    pub chain: &'static str,
    /// The result.
    pub result: &'static str,
}

/// The function of a modifier, by the arguments that it reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    /// Turns a value into another; takes no arguments.
    Plain(fn(&Value, &Budget) -> Result<Value, Error>),
    /// Reads its arguments, without the blanks around them, once when the chain is parsed.
    With(fn(&str) -> Result<Action, Error>),
    /// Reads the value that replaces a missing one.
    Default(fn(&str) -> Result<Value, Error>),
}

/// A modifier's function with its arguments already read.
pub(super) type Action = Arc<dyn Fn(&Value, &ChainContext<'_>) -> Result<Value, Error> + Send + Sync>;
