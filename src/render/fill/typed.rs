//! A placeholder that is the whole scalar keeps its value's type, unless the field takes another: then the value becomes that, or is an error.

use zeroize::Zeroizing;

use super::super::gap::Gap;
use super::super::misfit::{WRONG_TYPE, text_error};
use super::convert::{self, encoded, is_base64};
use super::wording::{no_text, value_name, wrong_type};
use crate::budget::Budget;
use crate::error::{Error, Kind};
use crate::manifest::{FieldType, Step};
use crate::placeholder::{Match, MatchKind};
use crate::value::{NotText, Value};

/// `value` converted to the type of the gap's field, and its members to the types of theirs.
pub(super) fn shape(value: Value, gap: &Gap, budget: &Budget) -> Result<Value, Error> {
    let mut shaper = Shaper { gap, budget, steps: gap.field.steps.clone() };
    shaper.shape(value, gap.field_type)
}

/// The text of a scalar that holds more than a placeholder, if its field takes text.
pub(super) fn as_text(text: Zeroizing<String>, gap: &Gap) -> Result<Value, Error> {
    if let Some(error) = text_error(gap) {
        return Err(error);
    }
    match gap.field_type {
        FieldType::Data | FieldType::Base64 if !is_base64(&text) => Err(no_base64(gap, "the result")),
        _ => Ok(Value::Text(text)),
    }
}

/// A value on its way down into the members of a field.
struct Shaper<'g> {
    gap: &'g Gap,
    budget: &'g Budget,
    steps: Vec<Step<'static>>,
}

impl Shaper<'_> {
    fn shape(&mut self, value: Value, field_type: FieldType) -> Result<Value, Error> {
        let is_null = matches!(value, Value::Null);
        match field_type {
            FieldType::Anything | FieldType::Quantity => self.native(value),
            FieldType::Text => self.text(&value),
            FieldType::Data if self.is_member() => self.encoded(&value),
            FieldType::Data => self.base64(&value),
            _ if is_null => Ok(value),
            FieldType::String => self.text(&value),
            FieldType::Base64 => self.base64(&value),
            FieldType::List if matches!(value, Value::List(_)) => self.native(value),
            FieldType::Map if matches!(value, Value::Map(_)) => self.native(value),
            _ => convert::scalar(value, field_type).map_err(|is| self.wrong_type(is, field_type)),
        }
    }

    fn native(&mut self, value: Value) -> Result<Value, Error> {
        match value {
            Value::Map(entries) => {
                let member = |(key, value): (Zeroizing<String>, Value)| {
                    let value = self.member(value, Step::Key(key.to_string().into()))?;
                    Ok((key, value))
                };
                entries.into_iter().map(member).collect::<Result<_, _>>().map(Value::Map)
            }
            Value::List(items) => {
                let item = |(index, item)| self.member(item, Step::Item(index));
                items.into_iter().enumerate().map(item).collect::<Result<_, _>>().map(Value::List)
            }
            Value::Bytes(_) => Err(self.no_text(NotText::Bytes)),
            value => Ok(value),
        }
    }

    /// Converts a member of a map or list that fills a whole field.
    fn member(&mut self, value: Value, step: Step<'static>) -> Result<Value, Error> {
        self.steps.push(step);
        let field_type = self.gap.resource.field_type(&self.steps);
        let shaped = self.shape(value, field_type);
        self.steps.pop();
        shaped
    }

    fn is_member(&self) -> bool {
        self.steps.len() > self.gap.field.steps.len()
    }

    fn encoded(&self, value: &Value) -> Result<Value, Error> {
        value.count_text(self.budget)?;
        encoded(value).map_err(|reason| self.no_text(reason))
    }

    fn text(&self, value: &Value) -> Result<Value, Error> {
        value.count_text(self.budget)?;
        value.to_text().map(Value::Text).map_err(|reason| self.no_text(reason))
    }

    fn base64(&self, value: &Value) -> Result<Value, Error> {
        match self.text(value)? {
            Value::Text(text) if !is_base64(&text) => Err(no_base64(self.gap, &self.named())),
            text => Ok(text),
        }
    }

    fn no_text(&self, reason: NotText) -> Error {
        no_text(self.gap, reason, &self.named())
    }

    fn wrong_type(&self, is: &str, takes: FieldType) -> Error {
        wrong_type(&format!("{} is {is}", self.named()), self.gap, takes)
    }

    /// The value's name in an error: its key in the map around it, or the placeholder's name.
    fn named(&self) -> String {
        match self.steps.last() {
            Some(Step::Key(_)) if self.is_member() && makes_keys(self.gap) => "a key of the result".to_owned(),
            Some(Step::Key(key)) if self.is_member() => format!("the key `{key}`"),
            Some(Step::Item(index)) if self.is_member() => format!("item {index}"),
            _ => self.gap.matches.first().map_or_else(|| "the value".to_owned(), |found| of(found, self.gap)),
        }
    }
}

fn no_base64(gap: &Gap, what: &str) -> Error {
    let error = Error::new(Kind::Value, format!("{what} is not base64, which `{}` takes", gap.field));
    error.rule(WRONG_TYPE).hint("`| base64encode` encodes it")
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
