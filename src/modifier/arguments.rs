//! The arguments of a modifier that takes several: words between blanks; in quotes, any text.

use super::error;
use crate::budget::Budget;
use crate::error::Error;
use crate::value::Value;
use crate::yaml;

/// The words of `arguments`. In quotes, a word is read as YAML reads it: `\n` is a line break in double quotes, `''` a quote in single ones.
pub(super) fn words(arguments: &str) -> Result<Vec<String>, Error> {
    let mut words = Vec::new();
    let mut rest = arguments.trim_start();
    while !rest.is_empty() {
        let (word, after) = first(rest).ok_or_else(|| not_words(rest))?;
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

/// The first word and what follows it; `None` if a quote does not close, or not at the word's end.
fn first(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|char| matches!(char, '"' | '\''));
    let Some(quote) = quote else {
        let (word, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
        return Some((word.to_owned(), rest));
    };
    let (word, rest) = text.split_at(quoted_len(text, quote)?);
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    ends.then(|| unquoted(word)).flatten().map(|word| (word, rest))
}

/// The length of the text in quotes at the beginning of `text`, its quotes included.
fn quoted_len(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, char)) = chars.next() {
        let mut is_doubled = || char == quote && chars.peek().is_some_and(|(_, next)| *next == quote);
        let is_escape = if quote == '"' { char == '\\' } else { is_doubled() };
        if is_escape {
            chars.next();
        } else if char == quote {
            return Some(at + 1);
        }
    }
    None
}

fn unquoted(word: &str) -> Option<String> {
    match yaml::parse(word, &Budget::default()) {
        Ok(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

fn not_words(text: &str) -> Error {
    error(format!("`{text}`: a quote does not close at the end of its word"))
        .hint("write text with blanks or quotes in double quotes, `\\\"` for a quote in it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_words_between_blanks() {
        for (arguments, expected) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("a  b", &["a", "b"]),
            ("a \"b c\" 'd e'", &["a", "b c", "d e"]),
            (r#""" ''"#, &["", ""]),
            (r#""\n" "\"" "é\\""#, &["\n", "\"", "é\\"]),
            ("'it''s' it's", &["it's", "it's"]),
            ("salt=x #", &["salt=x", "#"]),
            ("'a: b' \"- c\" \"{d}\"", &["a: b", "- c", "{d}"]),
        ] {
            assert_eq!(words(arguments).unwrap(), expected, "{arguments}");
        }
    }

    #[test]
    fn a_quote_closes_at_the_end_of_its_word() {
        for arguments in ["\"a", "'a", "\"a\"b", "x 'a'b", "\"\\q\"", "\"a\\\""] {
            assert!(words(arguments).is_err(), "{arguments}");
        }
    }
}
