//! A placeholder that is the whole scalar keeps its value's type, except where Kubernetes takes only strings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::gap::Gap;
use super::wording::{no_text, value_name};
use crate::budget::Budget;
use crate::error::{Error, Kind};
use crate::manifest::{FieldType, Step, field_type, takes_integer};
use crate::placeholder::{Match, MatchKind};
use crate::value::{NotText, Value};
use crate::yaml::tree::{Content, Style, Tree};

/// Whether one bare placeholder is all of the scalar, and the scalar may hold any type: block scalars are always text.
pub(super) fn is_whole(gap: &Gap, tree: &Tree<'_>) -> bool {
    let Content::Scalar(style, text) = &tree.node(gap.node).content else { return false };
    let [one] = gap.matches.as_slice() else { return false };
    let all = one.span.start == 0 && one.span.end == text.len();
    all && matches!(one.kind, MatchKind::Placeholder(_)) && !matches!(style, Style::Literal | Style::Folded)
}

/// `value` converted to the type of the gap's field, and its members to the types of theirs.
pub(super) fn shape(value: Value, gap: &Gap, budget: &Budget) -> Result<Value, Error> {
    let mut steps = gap.field.steps.clone();
    match gap.field_type {
        FieldType::Anything => native(value, &mut steps, gap, budget),
        FieldType::Text | FieldType::Base64 => text(&value, &steps, gap, budget),
    }
}

/// The warning about a number that the store holds as text, in a field that takes a number.
pub(super) fn number_as_text(value: &Value, gap: &Gap, tree: &Tree<'_>) -> Option<Error> {
    let is_integer = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (Value::Text(text), FieldType::Anything) = (value, gap.field_type) else { return None };
    let [Match { kind: MatchKind::Placeholder(placeholder), .. }] = gap.matches.as_slice() else { return None };
    let is_wrong = is_integer(text) && is_whole(gap, tree) && takes_integer(&gap.resource.id.group, &gap.field.steps);
    is_wrong.then(|| {
        let detail = format!("{} is text, and `{}` takes a number", value_name(placeholder, gap), gap.field);
        let hint = "`| jsonParse` makes it a number; `vault kv put PATH KEY=3` stores text, JSON on its stdin (`-`) stores numbers";
        Error::warning(Kind::Value, detail).rule("number-as-text").hint(hint).at(gap.place_of(0))
    })
}

fn native(value: Value, steps: &mut Vec<Step<'static>>, gap: &Gap, budget: &Budget) -> Result<Value, Error> {
    match value {
        Value::Map(entries) => {
            let member = |(key, value): (zeroize::Zeroizing<String>, Value)| {
                let value = below(value, Step::Key(key.to_string().into()), steps, gap, budget)?;
                Ok((key, value))
            };
            entries.into_iter().map(member).collect::<Result<_, _>>().map(Value::Map)
        }
        Value::List(items) => {
            let item = |(index, item)| below(item, Step::Item(index), steps, gap, budget);
            items.into_iter().enumerate().map(item).collect::<Result<_, _>>().map(Value::List)
        }
        Value::Bytes(_) => Err(no_text(gap, NotText::Bytes, &named(steps, gap))),
        value => Ok(value),
    }
}

/// Converts a member of a map or list that fills a whole field.
fn below(
    value: Value,
    step: Step<'static>,
    steps: &mut Vec<Step<'static>>,
    gap: &Gap,
    budget: &Budget,
) -> Result<Value, Error> {
    steps.push(step);
    let shaped = match field_type(&gap.resource.id.kind, steps) {
        FieldType::Anything => native(value, steps, gap, budget),
        FieldType::Text => text(&value, steps, gap, budget),
        FieldType::Base64 => encoded(&value, steps, gap, budget),
    };
    steps.pop();
    shaped
}

fn encoded(value: &Value, steps: &[Step<'static>], gap: &Gap, budget: &Budget) -> Result<Value, Error> {
    if let Value::Bytes(bytes) = value {
        return Ok(Value::text(STANDARD.encode(&**bytes)));
    }
    value.count_text(budget)?;
    let encoded = value.to_text().map(|text| Value::text(STANDARD.encode(text.as_bytes())));
    encoded.map_err(|reason| no_text(gap, reason, &named(steps, gap)))
}

fn text(value: &Value, steps: &[Step<'static>], gap: &Gap, budget: &Budget) -> Result<Value, Error> {
    value.count_text(budget)?;
    value.to_text().map(Value::Text).map_err(|reason| no_text(gap, reason, &named(steps, gap)))
}

/// The value's name in an error: its key in the map around it, or the placeholder's name.
fn named(steps: &[Step<'static>], gap: &Gap) -> String {
    match steps.last() {
        Some(Step::Key(_)) if steps.len() > gap.field.steps.len() && makes_keys(gap) => {
            "a key of the result".to_owned()
        }
        Some(Step::Key(key)) if steps.len() > gap.field.steps.len() => format!("the key `{key}`"),
        Some(Step::Item(index)) if steps.len() > gap.field.steps.len() => format!("item {index}"),
        _ => gap.matches.first().map_or_else(|| "the value".to_owned(), |found| of(found, gap)),
    }
}

/// Whether a key of the result may be a value of the secret, which no error may show.
fn makes_keys(gap: &Gap) -> bool {
    gap.placeholders().iter().any(|usage| usage.placeholder.chain.makes_keys())
}

fn of(found: &Match, gap: &Gap) -> String {
    match &found.kind {
        MatchKind::Placeholder(placeholder) => value_name(placeholder, gap),
        _ => "the value".to_owned(),
    }
}
