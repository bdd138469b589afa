//! Follows a template's steps through a value and prints the results, within the budget of a run.

use zeroize::Zeroizing;

use super::compare;
use super::template::{Condition, Part, Step};
use crate::budget::{Budget, Making};
use crate::error::{Error, Kind};
use crate::modifier::{error, text};
use crate::value::Value;

type Selection<'v> = Vec<&'v Value>;

/// The template's text with the results of its expressions.
pub(super) fn print(template: &[Part], value: &Value, budget: &Budget) -> Result<Zeroizing<String>, Error> {
    let mut printer =
        Printer { out: Zeroizing::new(String::new()), making: budget.making(), walker: Walker { budget } };
    printer.parts(template, value)?;
    Ok(printer.out)
}

struct Printer<'b> {
    out: Zeroizing<String>,
    making: Making<'b>,
    walker: Walker<'b>,
}

impl Printer<'_> {
    fn parts(&mut self, parts: &[Part], value: &Value) -> Result<(), Error> {
        for part in parts {
            match part {
                Part::Text(text) => self.push(text)?,
                Part::Action(steps) => self.found(&self.walker.walk(steps, vec![value])?)?,
                Part::Range(over, body) => {
                    for item in self.walker.walk(over, vec![value])? {
                        self.parts(body, item)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn found(&mut self, found: &[&Value]) -> Result<(), Error> {
        for (index, value) in found.iter().enumerate() {
            if index > 0 {
                self.push(" ")?;
            }
            self.making.add(value.text_len())?;
            match value {
                Value::Null => self.out.push_str("null"),
                value => self.out.push_str(&text::text_of(value)?),
            }
        }
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), Error> {
        self.making.add(text.len())?;
        self.out.push_str(text);
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Walker<'b> {
    budget: &'b Budget,
}

impl Walker<'_> {
    fn walk<'v>(self, steps: &'v [Step], from: Selection<'v>) -> Result<Selection<'v>, Error> {
        let mut found = from;
        let mut descended = false;
        for step in steps {
            self.budget.step(found.len() + 1)?;
            found = self.take(step, found, descended)?;
            descended = matches!(step, Step::Descend);
        }
        Ok(found)
    }

    /// Takes one step. After `..` a step on lists skips values that are not lists. As in client-go, an index skips null, a filter
    /// does not.
    fn take<'v>(self, step: &'v Step, from: Selection<'v>, descended: bool) -> Result<Selection<'v>, Error> {
        let null_or_any = |value: &Value| descended || matches!(value, Value::Null);
        match step {
            Step::Text(text) => Ok(vec![text]),
            Step::Literal(value) => Ok(vec![value; from.len()]),
            Step::Field(name) => self.field(name, &from),
            Step::Key(path, literal) => self.key(path, literal, &from),
            Step::Wildcard => {
                self.budget.step(from.iter().map(|value| members(value)).sum())?;
                Ok(from.iter().flat_map(|value| children(value)).collect())
            }
            Step::Descend => self.descend(&from),
            Step::Index(index) => on_lists(&from, null_or_any, |items| item(items, *index).map(|item| vec![item])),
            Step::Slice(start, end, step) => on_lists(&from, null_or_any, |items| {
                self.budget.step(items.len())?;
                slice(items, *start, *end, *step)
            }),
            Step::Union(steps) => {
                let mut taken = Vec::new();
                for step in steps {
                    self.budget.step(from.len() + 1)?;
                    taken.extend(self.take(step, from.clone(), descended)?);
                }
                Ok(taken)
            }
            Step::Filter(condition) => on_lists(&from, |_| descended, |items| self.filtered(items, condition)),
        }
    }

    fn field<'v>(self, name: &str, from: &[&'v Value]) -> Result<Selection<'v>, Error> {
        self.budget.step(from.iter().map(|value| members(value)).sum())?;
        let found: Selection = from.iter().filter_map(|value| value.get(name)).collect();
        match found.is_empty() && !from.is_empty() {
            true => {
                let error = error(format!("`jsonPath`: the key `{name}` is not found"));
                Err(error.hint("upper and lower case differ; a name with a dot is written `['a.b']`"))
            }
            false => Ok(found),
        }
    }

    fn key<'v>(self, path: &[String], literal: &str, from: &[&'v Value]) -> Result<Selection<'v>, Error> {
        let nested = path.iter().try_fold(from.to_vec(), |found, name| self.field(name, &found));
        nested.or_else(|_| self.field(literal, from))
    }

    /// The values and everything below them, in the document's order. As in client-go, only values that are not empty: lists and
    /// maps with entries, texts with characters.
    fn descend<'v>(self, from: &[&'v Value]) -> Result<Selection<'v>, Error> {
        let mut found = Vec::new();
        let mut waiting: Selection = from.iter().rev().copied().collect();
        while let Some(value) = waiting.pop() {
            let children = children(value);
            self.budget.step(children.len() + 1)?;
            if !children.is_empty() || matches!(value, Value::Text(text) if !text.is_empty()) {
                found.push(value);
            }
            waiting.extend(children.into_iter().rev());
        }
        Ok(found)
    }

    fn filtered<'v>(self, items: &'v [Value], condition: &'v Condition) -> Result<Selection<'v>, Error> {
        let mut found = Vec::new();
        for item in items {
            if self.holds(condition, item)? {
                found.push(item);
            }
        }
        Ok(found)
    }

    fn holds(self, condition: &Condition, item: &Value) -> Result<bool, Error> {
        self.budget.step(1)?;
        match condition {
            Condition::Any(conditions) => self.first(conditions, item, true),
            Condition::All(conditions) => self.first(conditions, item, false),
            Condition::Exists(path) => match self.walk(path, vec![item]) {
                Err(error) if error.kind == Kind::Limit => Err(error),
                found => Ok(found.is_ok_and(|found| !found.is_empty())),
            },
            Condition::Compare(left, operator, right) => match (self.one(left, item)?, self.one(right, item)?) {
                (Some(left), Some(right)) => Ok(compare::holds(left, *operator, right, self.budget)?),
                _ => Ok(false),
            },
        }
    }

    /// `wanted` if one of the conditions has this result, else its opposite. Stops at the first such condition.
    fn first(self, conditions: &[Condition], item: &Value, wanted: bool) -> Result<bool, Error> {
        for condition in conditions {
            if self.holds(condition, item)? == wanted {
                return Ok(wanted);
            }
        }
        Ok(!wanted)
    }

    fn one<'v>(self, operand: &'v [Step], item: &'v Value) -> Result<Option<&'v Value>, Error> {
        match self.walk(operand, vec![item])?[..] {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => Err(error("`jsonPath`: a filter compares one value at a time")),
        }
    }
}

/// How many children a value has.
fn members(value: &Value) -> usize {
    match value {
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        _ => 0,
    }
}

fn children(value: &Value) -> Selection<'_> {
    match value {
        Value::List(items) => items.iter().collect(),
        Value::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

fn on_lists<'v>(
    from: &[&'v Value],
    passes: impl Fn(&Value) -> bool,
    take: impl Fn(&'v [Value]) -> Result<Selection<'v>, Error>,
) -> Result<Selection<'v>, Error> {
    let mut found = Vec::new();
    for value in from {
        match value {
            Value::List(items) => found.extend(take(items)?),
            other if passes(other) => {}
            other => {
                let error = error(format!("`jsonPath`: brackets stand after {}, which is not a list", other.kind()));
                return Err(error
                    .hint("to read JSON inside text, add a `jsonParse` or a `jsonPath` of its own after another `|`"));
            }
        }
    }
    Ok(found)
}

fn item(items: &[Value], index: i64) -> Result<&Value, Error> {
    let at = from_start(index, items.len());
    at.and_then(|at| items.get(at)).ok_or_else(|| outside(index))
}

/// The items of a slice. As in client-go, bounds outside the list are an error unless the slice is empty.
fn slice(items: &[Value], from: Option<i64>, to: Option<i64>, step: Option<i64>) -> Result<Selection<'_>, Error> {
    let start = from.map_or(Some(0), |from| from_start(from, items.len()));
    let end = to.map_or(Some(items.len()), |to| from_start(to, items.len()));
    let step = step.and_then(|step| usize::try_from(step).ok()).unwrap_or(1);
    match (start, end) {
        (Some(start), Some(end)) if start == end => Ok(Vec::new()),
        (Some(start), Some(end)) => match items.get(start..end) {
            Some(items) => Ok(items.iter().step_by(step.max(1)).collect()),
            None if start > end => Err(error("`jsonPath`: a slice starts after its end")
                .hint("`[0:2]` takes the first two, `[-2:]` the last two")),
            None => Err(outside(to.unwrap_or_default())),
        },
        (None, _) => Err(outside(from.unwrap_or_default())),
        (_, None) => Err(outside(to.unwrap_or_default())),
    }
}

/// An index from the list's start. A negative one counts from the list's end.
fn from_start(index: i64, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

fn outside(index: i64) -> Error {
    error(format!("`jsonPath`: the index {index} is outside the list"))
        .hint("`[0]` is the first, `[-1]` the last; `[*]` takes all items")
}
