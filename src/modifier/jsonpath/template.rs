//! A template as it is evaluated: texts, actions, ranges; and the steps of a path.

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

/// What makes results of results.
#[derive(Clone)]
pub(super) enum Step {
    /// `"text"`: one result, whatever came in.
    Text(Value),
    /// `1`, `true`, `null`: one result for each that came in.
    Literal(Value),
    /// `.name`.
    Field(String),
    /// `['name']`: as client-go, `a.b` is `b` in `a`; where there is no such thing, the key `a.b`.
    Key(Vec<String>, String),
    /// `.*`.
    Wildcard,
    /// `..`: the value and everything below it that holds something.
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

/// What a filter asks of an item.
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

/// How two values are compared.
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
    /// As it is written.
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
