//! A row of the table of modifiers. Knows none of them.

use std::sync::Arc;

use crate::budget::Budget;
use crate::error::Error;
use crate::value::Value;

/// A modifier: how it is called, what it does, and what it takes.
#[derive(Debug)]
pub(crate) struct Modifier {
    /// As it is written after `|`.
    pub name: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// Its arguments, as a usage line shows them; empty if it has none.
    pub usage: &'static str,
    /// A chain that shows it.
    pub example: Example,
    /// The kinds of value it takes, as [`Value::kind`] names them.
    pub(super) takes: &'static [&'static str],
    /// What it does.
    pub(super) function: Function,
}

/// A value, a chain and what comes out; values as JSON.
#[derive(Debug)]
pub(crate) struct Example {
    /// What goes in.
    pub value: &'static str,
    /// The chain, as a placeholder has it.
    pub chain: &'static str,
    /// What comes out.
    pub result: &'static str,
}

/// What a modifier does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    /// Makes a value of a value.
    Plain(fn(&Value, &Budget) -> Result<Value, Error>),
    /// Reads its arguments, blanks around them cut off, once, when the chain is parsed.
    With(fn(&str) -> Result<Action, Error>),
    /// Reads the value that stands in for a missing one.
    Default(fn(&str) -> Result<Value, Error>),
}

/// A function that has its arguments.
pub(super) type Action = Arc<dyn Fn(&Value, &Budget) -> Result<Value, Error> + Send + Sync>;
