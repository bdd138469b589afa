//! A parsed template: texts, actions, ranges, and the steps of a path.

use crate::value::Value;

/// A piece of a template.
#[derive(Clone)]
pub(super) enum Part {
    /// Text outside braces.
    Text(String),
    /// `{…}`: its results, joined by a blank.
    Action(Vec<Step>),
    /// `{range …}…{end}`: the parts once for each result.
    Range(Vec<Step>, Vec<Part>),
}

/// A step of a path, which turns results into further results.
#[derive(Clone)]
pub(super) enum Step {
    /// `"text"`: one result for any number of inputs.
    Text(Value),
    /// `1`, `true`, `null`: one result for each input.
    Literal(Value),
    /// `.name`.
    Field(String),
    /// `['name']`: as in client-go, `a.b` is `b` in `a`; if that is missing, the key `a.b`.
    Key(Vec<String>, String),
    /// `.*`.
    Wildcard,
    /// `..`: the value and everything below it that is not empty.
    Descend,
    /// `[n]`.
    Index(i64),
    /// `[from:to:step]`.
    Slice(Option<i64>, Option<i64>, Option<i64>),
    /// `[0,2]`, `['a','b']`.
    Union(Vec<Step>),
    /// `[?(…)]`.
    Filter(Condition),
}

/// A filter's condition on an item.
#[derive(Clone)]
pub(super) enum Condition {
    /// `||`.
    Any(Vec<Condition>),
    /// `&&`.
    All(Vec<Condition>),
    /// A path that has results.
    Exists(Vec<Step>),
    /// Two operands, one result each.
    Compare(Vec<Step>, Operator, Vec<Step>),
}

/// An operator that compares two values.
#[derive(Clone, Copy)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// The operator's text in a template.
    pub(super) fn read(written: &str) -> Option<Self> {
        Some(match written {
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }
}
