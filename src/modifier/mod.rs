//! Modifiers: the functions after `|` in a placeholder, from value to value. Pure; knows no placeholder and no store.
//! A new modifier needs a function in the file of its family, a row in [`table::MODIFIERS`], and a case.

mod arguments;
mod base64;
mod chain;
mod context;
mod default;
mod docker;
mod docs;
mod edit;
mod hash;
mod json;
mod jsonpath;
mod password;
mod row;
mod salt;
mod table;
mod text;
mod yaml;

pub use chain::Chain;
pub use context::ChainContext;
pub(crate) use context::SaltKey;
pub(crate) use docs::docs;
pub(crate) use table::{ending, is_call, known_name};

use crate::error::{Error, Kind};

/// An error about a modifier.
fn error(detail: impl Into<String>) -> Error {
    Error::new(Kind::Modifier, detail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::*;
    use crate::budget::Budget;
    use crate::value::Value;

    fn values() -> impl Strategy<Value = Value> {
        let scalars = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            "-?[0-9]{1,3}(\\.[0-9]{1,2})?(e-?[0-9]{1,2})?".prop_map(Value::number),
            any::<String>().prop_map(Value::text),
            r#"[\[\]{}:,"\\a1nul ]{0,20}"#.prop_map(Value::text),
            any::<Vec<u8>>().prop_map(Value::bytes),
        ];
        scalars.prop_recursive(4, 24, 4, |inner| {
            let entries = prop::collection::btree_map("[ab.]{1,2}", inner.clone(), 0..4);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::List),
                entries.prop_map(|map| Value::Map(
                    map.into_iter().map(|(key, value)| (Zeroizing::new(key), value)).collect()
                )),
            ]
        })
    }

    fn calls() -> impl Strategy<Value = String> {
        let arguments = prop_oneof![
            Just(String::new()),
            Just(" 3".to_owned()),
            any::<String>(),
            r#" \{[{}\[\]().@$?*,:'"a1<=!&|\\ -]{0,24}\}"#,
            r#" \{(\.[ab*.]|\[(\*|0|-1|:|1:|'a'|'a','b'|\?\(@(\.a)?( ?[<>=!]=? ?(1|"a"|@\.b))?\))\]){0,5}\}"#,
        ];
        let names: Vec<&str> = table::MODIFIERS.iter().map(|modifier| modifier.name).collect();
        (prop::sample::select(names), arguments).prop_map(|(name, arguments)| name.to_owned() + &arguments)
    }

    proptest! {
        #[test]
        fn nothing_panics(value in prop::option::of(values()), calls in prop::collection::vec(calls(), 0..4)) {
            let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
            if let Ok(chain) = Chain::parse(&calls) {
                let _ = chain.apply(value.as_ref(), &ChainContext::new(&Budget::default()));
            }
        }
    }
}
