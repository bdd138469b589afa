//! A chain of modifiers: parsed once, applied to values. Decides how missing and null values pass. Knows no placeholder.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::context::ChainContext;
use super::error;
use super::row::{Action, Function, Modifier};
use super::table;
use crate::budget::Budget;
use crate::error::{Error, Kind};
use crate::value::Value;
use crate::words::{list, suggestion};

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
    /// Parses the segments between the `|`s, each of them one modifier with its arguments.
    pub fn parse(segments: &[&str]) -> Result<Self, Error> {
        let steps = segments.iter().map(|segment| Step::parse(segment)).collect::<Result<_, _>>()?;
        Ok(Self { steps })
    }

    /// Passes a value through the modifiers. `None`, as input or result, stands for a key, path or version that is missing.
    pub fn apply(&self, input: Option<&Value>, context: &ChainContext<'_>) -> Result<Option<Value>, Error> {
        let mut value = input.map(Cow::Borrowed);
        for (at, step) in self.steps.iter().enumerate() {
            match (&step.call, value.as_deref()) {
                (Call::Default(default), None | Some(Value::Null)) => value = Some(Cow::Borrowed(default)),
                (Call::Default(_), Some(_)) | (Call::Apply(_), None) => {}
                (Call::Apply(_), Some(Value::Null)) if has_default(&self.steps[at..]) => {}
                (Call::Apply(action), Some(present)) => value = Some(Cow::Owned(step.run(action, present, context)?)),
            }
        }
        value.map(|value| owned(value, context.budget)).transpose()
    }

    /// Whether the chain has no modifiers.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether the last modifier is `name`.
    pub fn ends_with(&self, name: &str) -> bool {
        self.steps.last().is_some_and(|step| step.modifier.name == name)
    }

    /// Whether a modifier parses text that `jsonPath` composed, so that a value may have become a key.
    pub fn makes_keys(&self) -> bool {
        let is_parser = |name: &str| matches!(name, "jsonParse" | "yamlParse");
        self.names().skip_while(|name| *name != "jsonPath").any(is_parser)
    }

    /// The modifiers' names, left to right.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.steps.iter().map(|step| step.modifier.name)
    }
}

fn owned(value: Cow<'_, Value>, budget: &Budget) -> Result<Value, Error> {
    match value {
        Cow::Borrowed(value) => Ok(value.copy(budget)?),
        Cow::Owned(value) => Ok(value),
    }
}

fn has_default(steps: &[Step]) -> bool {
    steps.iter().any(|step| matches!(step.call, Call::Default(_)))
}

impl Step {
    fn parse(segment: &str) -> Result<Self, Error> {
        let segment = one_line(segment);
        let (name, arguments) = segment.split_once(char::is_whitespace).unwrap_or((&segment, ""));
        let modifier = table::find(name).ok_or_else(|| unknown(name))?;
        let call = modifier.call(arguments.trim())?;
        Ok(Self { modifier, written: segment, call })
    }

    fn run(&self, action: &Action, value: &Value, context: &ChainContext<'_>) -> Result<Value, Error> {
        let Modifier { name, takes, .. } = self.modifier;
        if takes.contains(&value.kind()) {
            return action(value, context).map_err(|error| match error.kind {
                Kind::Limit => Error { detail: format!("`{name}`: {}", error.detail), ..error },
                _ => error,
            });
        }
        let detail = format!("`{name}` takes {}, not {}", table::kinds(takes), value.kind());
        Err(match hint(value, takes) {
            Some(hint) => error(detail).hint(hint),
            None => error(detail),
        })
    }
}

/// The segment with its line breaks folded into blanks, as YAML folds them.
fn one_line(segment: &str) -> String {
    let lines: Vec<&str> = segment.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

impl Modifier {
    fn call(&self, arguments: &str) -> Result<Call, Error> {
        let called = match self.function {
            Function::Plain(function) if arguments.is_empty() => {
                Ok(Call::Apply(Arc::new(move |value, context| function(value, context.budget))))
            }
            Function::Plain(_) => Err(error(format!("`{}` takes no argument, not `{arguments}`", self.name))),
            _ if arguments.is_empty() && !self.usage.starts_with('[') => {
                Err(error(format!("`{}` needs an argument", self.name)))
            }
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
        return error("an empty modifier after a `|`").hint("name a modifier, or remove the `|`");
    }
    let start = name.find(|char: char| !char.is_alphanumeric()).unwrap_or(name.len());
    let unknown = error(format!("unknown modifier `{name}`"));
    match (table::find(&name[..start]), table::nearest(name)) {
        (Some(modifier), _) => unknown.hint(format!("put a blank after `{}`", modifier.name)),
        (None, Some(nearest)) => unknown.hint(suggestion::did_you_mean(nearest)),
        (None, None) => {
            let names = table::MODIFIERS.iter().map(|modifier| modifier.name);
            unknown.hint(format!("the modifiers are {}", list::quoted(names)))
        }
    }
}

/// A way to turn a value of a refused type into an accepted one.
fn hint(value: &Value, takes: &[&str]) -> Option<&'static str> {
    match value {
        Value::Null => Some("`default` gives a null a value"),
        Value::List(_) | Value::Map(_) => Some("`toJson` makes text of it, `jsonPath` picks a part"),
        Value::Number(_) | Value::Bool(_) => Some("`toString` makes text of it"),
        Value::Bytes(_) => Some("`base64encode` makes text of it"),
        Value::Text(_) if !takes.contains(&"text") => {
            Some("`<path:PATH#*>` names the whole secret, `jsonParse` makes a map of JSON text")
        }
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
    /// Chains are equal if they are written in the same way.
    fn eq(&self, other: &Self) -> bool {
        self.steps.iter().map(|step| &step.written).eq(other.steps.iter().map(|step| &step.written))
    }
}

impl Eq for Chain {}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(written: &str) -> Chain {
        Chain::parse(&written.split('|').collect::<Vec<_>>()).unwrap()
    }

    fn error_of(written: &str) -> Error {
        Chain::parse(&written.split('|').collect::<Vec<_>>()).unwrap_err()
    }

    fn json(json: &str) -> Value {
        Value::from_json(json.as_bytes()).unwrap()
    }

    #[test]
    fn a_default_stands_in_for_missing_and_null() {
        for (input, written, result) in [
            (None, "default x", Some(r#""x""#)),
            (None, "base64encode | default x", Some(r#""x""#)),
            (None, "default x | base64encode", Some(r#""eA==""#)),
            (None, "base64decode | default x | toJson", Some(r#""\"x\"""#)),
            (None, "default ~ | default 2", Some("2")),
            (None, "default 1 | default 2", Some("1")),
            (None, "default ~", Some("null")),
            (None, "base64encode", None),
            (None, "", None),
            (Some("null"), "base64encode | default 3", Some("3")),
            (Some("null"), "toJson | default 3", Some("3")),
            (Some("null"), "toJson", Some(r#""null""#)),
            (Some("null"), "", Some("null")),
            (Some(r#""null""#), "jsonParse", Some("null")),
            (Some(r#""null""#), "jsonParse | default 3", Some("3")),
            (Some(r#""null""#), "jsonParse | base64encode | default 3 | toString", Some(r#""3""#)),
            (Some(r#""v""#), "default 3", Some(r#""v""#)),
            (Some(r#""""#), "default 3", Some(r#""""#)),
        ] {
            let chain = if written.is_empty() { Chain::default() } else { chain(written) };
            let found = chain.apply(input.map(json).as_ref(), &ChainContext::new(&Budget::default())).unwrap();
            let found = found.map(|value| value.to_json().unwrap().to_string());
            assert_eq!(found.as_deref(), result, "{input:?} {written}");
        }
    }

    #[test]
    fn values_that_are_not_taken_are_errors_with_a_hint() {
        for (input, written, detail) in [
            ("{}", "base64encode", "`base64encode` takes text, bytes, a number or a bool, not a map"),
            ("null", "base64encode", "`base64encode` takes text, bytes, a number or a bool, not null"),
            ("null", "toString", "`toString` takes text, a number, a bool, a list or a map, not null"),
            ("5", "base64decode", "`base64decode` takes text, not a number"),
            ("true", "indent 2", "`indent` takes text, not a bool"),
            ("[]", "sha256sum", "`sha256sum` takes text, bytes, a number or a bool, not a list"),
            ("{}", "jsonParse", "`jsonParse` takes text, not a map"),
        ] {
            let error = chain(written).apply(Some(&json(input)), &ChainContext::new(&Budget::default())).unwrap_err();
            assert_eq!(error.detail, detail);
            assert!(error.hint.is_some(), "{written}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error_with_a_hint() {
        for (written, detail) in [
            ("", "an empty modifier after a `|`"),
            ("base64encode | ", "an empty modifier after a `|`"),
            ("base64encod", "unknown modifier `base64encod`"),
            ("xyzzy", "unknown modifier `xyzzy`"),
            ("indent", "`indent` needs an argument"),
            ("default", "`default` needs an argument"),
            ("jsonPath", "`jsonPath` needs an argument"),
            ("base64encode 3", "`base64encode` takes no argument, not `3`"),
            ("indent 2 3", "`indent` takes one whole number up to 1000, not `2 3`"),
            ("indent -1", "`indent` takes one whole number up to 1000, not `-1`"),
            ("indent 1001", "`indent` takes one whole number up to 1000, not `1001`"),
            ("indent x", "`indent` takes one whole number up to 1000, not `x`"),
        ] {
            let error = error_of(written);
            assert_eq!(error.detail, detail);
            assert!(error.hint.is_some(), "{written}");
        }
        assert_eq!(error_of("jsonPath{.a}").hint.as_deref(), Some("put a blank after `jsonPath`"));
        assert_eq!(error_of("Base64Encode").hint.as_deref(), Some("did you mean `base64encode`?"));
    }

    #[test]
    fn a_value_that_grows_without_end_is_refused_before_it_is_made() {
        let lines = format!("\"{}\"", "a\\n".repeat(1 << 8));
        let nested = format!("jsonPath {}{{@}}{}", "{range [*,*,*,*]}".repeat(30), "{end}".repeat(30));
        let compared = format!("jsonPath {{[?({})]}}", "@ == 2 && ".repeat(300) + "@ == 1");
        for (input, modifier, times) in [
            (r#""\\""#, "toJson", 30),
            (r#""\\""#, "jsonEscape", 30),
            (r#"{"a":"\"\""}"#, "toJson", 30),
            (r#""x""#, "base64encode", 68),
            (&lines, "indent 1000", 9),
            (&format!("{}1{}", "[".repeat(40), "]".repeat(40)), &nested, 1),
            (&format!("[{}2]", "2,".repeat(1_000)), &compared, 1),
        ] {
            // Little of the budget is left, so that the test is quick.
            let budget = Budget::default();
            (0..7).for_each(|_| budget.make(64 << 20).unwrap());
            budget.make(62 << 20).unwrap();
            budget.step(9_900_000).unwrap();
            let chain = chain(&vec![modifier; times.min(100)].join("|"));
            let error = (0..times.div_ceil(100))
                .find_map(|_| chain.apply(Some(&json(input)), &ChainContext::new(&budget)).err());
            let error = error.unwrap_or_else(|| panic!("{modifier} has no end"));
            assert_eq!(error.kind, Kind::Limit, "{modifier}: {}", error.detail);
        }
    }

    #[test]
    fn a_chain_tells_what_it_is() {
        let chain = chain("  jsonPath\n {.a}  |\tindent\n4 ");
        assert_eq!(chain.to_string(), "jsonPath {.a} | indent 4");
        assert_eq!(chain.names().collect::<Vec<_>>(), ["jsonPath", "indent"]);
        assert!(chain.ends_with("indent") && !has_default(&chain.steps) && !chain.is_empty());
        assert!(Chain::default().is_empty() && !Chain::default().ends_with("indent"));
    }
}
