//! Modifiers that change the letters of a text: `trim`, `upper`, `lower`, `replace`.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::row::Action;
use super::{arguments, error, text};
use crate::budget::Budget;
use crate::error::Error;
use crate::value::Value;

/// Removes white space at both ends.
pub(super) fn trim(value: &Value, budget: &Budget) -> Result<Value, Error> {
    let text = text::text_of(value)?;
    let trimmed = text.trim();
    budget.make(trimmed.len())?;
    Ok(Value::text(trimmed))
}

/// Writes each letter in upper case.
pub(super) fn upper(value: &Value, budget: &Budget) -> Result<Value, Error> {
    respelt(value, budget, |char| char.to_uppercase())
}

/// Writes each letter in lower case.
pub(super) fn lower(value: &Value, budget: &Budget) -> Result<Value, Error> {
    respelt(value, budget, |char| char.to_lowercase())
}

/// The text with the letters that stand for each of its own. Letter by letter, so that a final sigma does not depend on its word.
fn respelt<L: Iterator<Item = char> + Clone>(
    value: &Value,
    budget: &Budget,
    letters: fn(char) -> L,
) -> Result<Value, Error> {
    let text = text::text_of(value)?;
    let respelt = text.chars().flat_map(letters);
    let length = respelt.clone().map(char::len_utf8).sum();
    budget.make(length)?;
    let mut out = Zeroizing::new(String::with_capacity(length));
    out.extend(respelt);
    Ok(Value::Text(out))
}

/// Replaces a text wherever it occurs, as it is: no pattern.
pub(super) fn replace(arguments: &str) -> Result<Action, Error> {
    let [old, new] = <[String; 2]>::try_from(arguments::words(arguments)?)
        .map_err(|words| error(format!("`replace` takes an old text and a new one, not {} words", words.len())))?;
    if old.is_empty() {
        return Err(error("`replace` cannot replace an empty text"));
    }
    Ok(Arc::new(move |value, context| {
        let text = text::text_of(value)?;
        let removed = text.matches(&old).count();
        let length = text.len() - removed * old.len() + removed.saturating_mul(new.len());
        context.budget.make(length)?;
        Ok(Value::text(text.replace(&old, &new)))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modifier::context::ChainContext;

    fn text(result: Result<Value, Error>) -> String {
        result.unwrap().to_text().unwrap().to_string()
    }

    #[test]
    fn letters_change_their_case_and_nothing_else_does() {
        let budget = Budget::default();
        for (word, in_upper, in_lower) in
            [("aB1-", "AB1-", "ab1-"), ("straße", "STRASSE", "straße"), ("ΣΑΣ", "ΣΑΣ", "σασ")]
        {
            assert_eq!(text(upper(&Value::text(word), &budget)), in_upper);
            assert_eq!(text(lower(&Value::text(word), &budget)), in_lower);
        }
        assert_eq!(text(trim(&Value::text(" \r\n a b\u{a0}\t"), &budget)), "a b");
    }

    #[test]
    fn a_text_is_replaced_wherever_it_occurs() {
        let budget = Budget::default();
        for (arguments, before, after) in [
            ("a bb", "a.a", "bb.bb"),
            ("aa b", "aaa", "ba"),
            (". ''", "1.2.3", "123"),
            (r#""\n" ", ""#, "a\nb", "a, b"),
            ("$1 .*", "$1", ".*"),
        ] {
            let action = replace(arguments).unwrap();
            assert_eq!(text(action(&Value::text(before), &ChainContext::new(&budget))), after, "{arguments}");
        }
    }
}
