//! A chain of modifiers: parsed once, applied to a value. Knows what missing and null mean for it, and no placeholder.

use std::fmt;

use super::error;
use super::table::{self, Action, Function, Modifier};
use crate::error::Error;
use crate::value::Value;

/// The modifiers of a placeholder, left to right.
#[derive(Clone, Default)]
pub struct Chain {
    steps: Vec<Step>,
}

/// One modifier with its arguments.
#[derive(Clone)]
struct Step {
    modifier: &'static Modifier,
    /// Name and arguments as the manifest has them.
    written: String,
    call: Call,
}

#[derive(Clone)]
enum Call {
    Apply(Action),
    Default(Value),
}

impl Chain {
    /// Reads what stands between the `|`s, each segment one modifier with its arguments.
    pub fn parse(segments: &[&str]) -> Result<Self, Error> {
        let steps = segments.iter().map(|segment| Step::parse(segment.trim())).collect::<Result<_, _>>()?;
        Ok(Self { steps })
    }

    /// Passes a value through. None, before and after, is a key, path or version that is missing.
    pub fn apply(&self, input: Option<Value>) -> Result<Option<Value>, Error> {
        let mut value = input;
        for (at, step) in self.steps.iter().enumerate() {
            match (&step.call, &value) {
                (Call::Default(default), None | Some(Value::Null)) => value = Some(default.clone()),
                (Call::Default(_), Some(_)) | (Call::Apply(_), None) => {}
                (Call::Apply(_), Some(Value::Null)) if has_default(&self.steps[at..]) => {}
                (Call::Apply(action), Some(present)) => value = Some(step.run(action, present)?),
            }
        }
        Ok(value)
    }

    /// Whether a missing or null value is replaced.
    pub fn has_default(&self) -> bool {
        has_default(&self.steps)
    }

    /// Whether values pass as they are.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether the last modifier is `name`.
    pub fn ends_with(&self, name: &str) -> bool {
        self.steps.last().is_some_and(|step| step.modifier.name == name)
    }

    /// The modifiers' names, left to right.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.steps.iter().map(|step| step.modifier.name)
    }
}

fn has_default(steps: &[Step]) -> bool {
    steps.iter().any(|step| matches!(step.call, Call::Default(_)))
}

impl Step {
    fn parse(segment: &str) -> Result<Self, Error> {
        let (name, arguments) = segment.split_once(char::is_whitespace).unwrap_or((segment, ""));
        let modifier = table::find(name).ok_or_else(|| unknown(name))?;
        let call = modifier.call(arguments.trim())?;
        Ok(Self { modifier, written: segment.to_owned(), call })
    }

    fn run(&self, action: &Action, value: &Value) -> Result<Value, Error> {
        let Modifier { name, takes, .. } = self.modifier;
        if takes.contains(&value.kind()) {
            return action(value);
        }
        let detail = format!("`{name}` takes {}, not {}", table::words(takes), value.kind());
        Err(match hint(value) {
            Some(hint) => error(detail).hint(hint),
            None => error(detail),
        })
    }
}

impl Modifier {
    fn call(&self, arguments: &str) -> Result<Call, Error> {
        let called = match self.function {
            Function::Plain(function) if arguments.is_empty() => Ok(Call::Apply(std::sync::Arc::new(function))),
            Function::Plain(_) => Err(error(format!("`{}` takes no argument, not `{arguments}`", self.name))),
            _ if arguments.is_empty() => Err(error(format!("`{}` needs an argument", self.name))),
            Function::With(read) => read(arguments).map(Call::Apply),
            Function::Default(read) => read(arguments).map(Call::Default),
        };
        called.map_err(|error| match error.hint {
            Some(_) => error,
            None => error.hint(format!("write it as in `{}`", self.example.chain)),
        })
    }
}

fn unknown(name: &str) -> Error {
    if name.is_empty() {
        return error("a `|` has no modifier after it").hint("name one, or take the `|` out");
    }
    let start = name.find(|char: char| !char.is_alphanumeric()).unwrap_or(name.len());
    let unknown = error(format!("unknown modifier `{name}`"));
    match (table::find(&name[..start]), table::nearest(name)) {
        (Some(modifier), _) => unknown.hint(format!("a blank belongs after `{}`", modifier.name)),
        (None, Some(near)) => unknown.hint(format!("did you mean `{near}`?")),
        (None, None) => {
            let names: Vec<String> = table::MODIFIERS.iter().map(|modifier| format!("`{}`", modifier.name)).collect();
            unknown.hint(format!("there are {}", names.join(", ")))
        }
    }
}

/// How a value of a wrong kind may become one that is taken.
fn hint(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("`default` gives a null a value"),
        Value::List(_) | Value::Map(_) => Some("`toJson` makes text of it, `jsonPath` picks a part"),
        Value::Number(_) | Value::Bool(_) => Some("`toString` makes text of it"),
        Value::Bytes(_) => Some("`base64encode` makes text of it"),
        Value::Text(_) => None,
    }
}

impl fmt::Display for Chain {
    /// As the manifest has it: `jsonPath {.a} | indent 4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let bar = if index == 0 { "" } else { " | " };
            write!(f, "{bar}{}", step.written)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({self})")
    }
}

impl PartialEq for Chain {
    /// Equal as written.
    fn eq(&self, other: &Self) -> bool {
        self.steps.iter().map(|step| &step.written).eq(other.steps.iter().map(|step| &step.written))
    }
}

impl Eq for Chain {}
