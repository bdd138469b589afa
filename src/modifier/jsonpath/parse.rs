//! Parses a template: text, actions, ranges, and the steps inside braces and brackets.

use super::cursor::Cursor;
use super::filter;
use super::template::{Part, Step};
use crate::error::Error;
use crate::value::Value;

/// The place of steps in a template, which decides how a name and the steps end.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Braces,
    Filter,
}

/// Parses a whole template.
pub(super) fn template(text: &str) -> Result<Vec<Part>, Error> {
    let mut cursor = Cursor::new(text);
    if !text.contains('{') {
        return Err(cursor.wrong("the template has no `{…}`").hint(format!("write `jsonPath {{{text}}}`")));
    }
    match parts(&mut cursor)? {
        (parts, false) => Ok(parts),
        (_, true) => Err(cursor.wrong("`{end}` has no `{range …}` before it")),
    }
}

/// Parses parts up to the template's end (false) or an `{end}` (true).
fn parts(cursor: &mut Cursor) -> Result<(Vec<Part>, bool), Error> {
    let mut parts = Vec::new();
    while let Some(next) = cursor.peek() {
        if next != '{' {
            parts.push(Part::Text(cursor.take_while(|char| char != '{').to_owned()));
            continue;
        }
        cursor.next();
        cursor.skip_blanks();
        match keyword(cursor) {
            Some("range") => parts.push(cursor.nested(range)?),
            Some("end") => return close_brace(cursor).map(|()| (parts, true)),
            _ => parts.push(Part::Action(action(cursor)?)),
        }
    }
    Ok((parts, false))
}

/// Reads `range` or `end` if it is next.
fn keyword(cursor: &mut Cursor) -> Option<&'static str> {
    let rest = cursor.rest();
    let found = ["range", "end"]
        .into_iter()
        .find(|word| rest.strip_prefix(word).is_some_and(|after| !after.starts_with(|char: char| !ends_word(char))))?;
    cursor.eat(found);
    Some(found)
}

fn range(cursor: &mut Cursor) -> Result<Part, Error> {
    let over = action(cursor)?;
    match parts(cursor)? {
        (body, true) => Ok(Part::Range(over, body)),
        (_, false) => Err(cursor.wrong("`{range …}` has no `{end}` after it")),
    }
}

fn action(cursor: &mut Cursor) -> Result<Vec<Step>, Error> {
    let steps = steps(cursor, Place::Braces)?;
    close_brace(cursor).map(|()| steps)
}

fn close_brace(cursor: &mut Cursor) -> Result<(), Error> {
    cursor.skip_blanks();
    match cursor.eat("}") {
        true => Ok(()),
        false => Err(cursor.wrong("a `{` is never closed")),
    }
}

/// Parses steps up to the character that ends them in their place, which stays unread.
pub(super) fn steps(cursor: &mut Cursor, place: Place) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    loop {
        cursor.skip_blanks();
        let Some(next) = cursor.peek() else { return Ok(steps) };
        if ends(cursor, place) {
            return Ok(steps);
        }
        match next {
            '@' | '$' => {
                cursor.next();
            }
            '.' => steps.extend(dot(cursor, place, matches!(steps.last(), Some(Step::Descend)))?),
            '[' => steps.push(cursor.nested(bracket)?),
            '"' | '\'' => steps.push(Step::Text(Value::text(cursor.quoted()?))),
            '+' | '-' | '0'..='9' => steps.push(Step::Literal(cursor.number()?)),
            '*' if matches!(steps.last(), Some(Step::Descend)) => {
                cursor.next();
                steps.push(Step::Wildcard);
            }
            char if char.is_alphanumeric() || char == '_' => steps.push(word(cursor, place)?),
            '&' | '|' => return Err(cursor.wrong(format!("`{next}` stands alone")).hint("filters take `&&` and `||`")),
            char => return Err(cursor.wrong(format!("`{char}` cannot stand there"))),
        }
    }
}

fn ends(cursor: &Cursor, place: Place) -> bool {
    let rest = cursor.rest();
    match place {
        Place::Braces => rest.starts_with('}'),
        Place::Filter => {
            rest.starts_with([')', '!', '<', '>', '=']) || rest.starts_with("&&") || rest.starts_with("||")
        }
    }
}

/// `.name`, `.*`, `..`, `..name`.
fn dot(cursor: &mut Cursor, place: Place, descended: bool) -> Result<Vec<Step>, Error> {
    if cursor.eat("..") {
        return match (descended, cursor.peek()) {
            (true, _) => Err(cursor.wrong("`..` follows another `..`")),
            (_, Some(char)) if char.is_alphanumeric() || char == '_' => {
                Ok(vec![Step::Descend, named(name(cursor, place))])
            }
            _ => Ok(vec![Step::Descend]),
        };
    }
    cursor.next();
    match name(cursor, place) {
        name if name.is_empty() => {
            Err(cursor.wrong("a `.` has no name after it").hint("`{@}` is the whole value, `['name']` takes any name"))
        }
        name => Ok(vec![named(name)]),
    }
}

fn named(name: String) -> Step {
    if name == "*" { Step::Wildcard } else { Step::Field(name) }
}

/// Reads a name up to the character that ends it. A `\` keeps the character after it in the name.
fn name(cursor: &mut Cursor, place: Place) -> String {
    let mut name = String::new();
    while let Some(char) = cursor.peek() {
        if ends_word(char) || (place == Place::Filter && ends(cursor, place)) {
            break;
        }
        cursor.next();
        match char {
            '\\' => name.extend(cursor.next().filter(|escaped| *escaped != '\\')),
            char => name.push(char),
        }
    }
    name
}

fn ends_word(char: char) -> bool {
    char.is_whitespace() || matches!(char, '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}')
}

/// `true`, `false`, `null`.
fn word(cursor: &mut Cursor, place: Place) -> Result<Step, Error> {
    match name(cursor, place).as_str() {
        "true" => Ok(Step::Literal(Value::Bool(true))),
        "false" => Ok(Step::Literal(Value::Bool(false))),
        "null" => Ok(Step::Literal(Value::Null)),
        "range" | "end" => Err(cursor.wrong("`range` and `end` stand at the start of their braces")),
        word => Err(cursor.wrong(format!("`{word}` is not a known word")).hint(format!("a key is written `.{word}`"))),
    }
}

/// Parses the content of brackets. The next character is `[`.
fn bracket(cursor: &mut Cursor) -> Result<Step, Error> {
    cursor.next();
    if cursor.eat("?(") {
        return filter::filter(cursor);
    }
    let mut items = Vec::new();
    loop {
        cursor.skip_blanks();
        items.push(bracket_item(cursor)?);
        cursor.skip_blanks();
        match cursor.next() {
            Some(',') => {}
            Some(']') if items.len() > 1 => return Ok(Step::Union(items)),
            Some(']') => return items.pop().ok_or_else(|| cursor.wrong("`[]` is empty")),
            None => return Err(cursor.wrong("a `[` is never closed")),
            Some(char) => return Err(cursor.wrong(format!("`{char}` cannot stand in `[…]`")).hint(IN_BRACKETS)),
        }
    }
}

const IN_BRACKETS: &str = "brackets take `*`, `0`, `-1`, `1:3`, `'name'`, a list of them, or `?(@.x == 1)`";

fn bracket_item(cursor: &mut Cursor) -> Result<Step, Error> {
    match cursor.peek() {
        Some('*') => {
            cursor.next();
            Ok(Step::Slice(None, None, None))
        }
        Some('\'' | '"') => quoted_key(cursor),
        _ => index(cursor),
    }
}

/// Parses a key in quotes. Its text is taken as it is, except that a `\` makes a dot after it part of the name.
fn quoted_key(cursor: &mut Cursor) -> Result<Step, Error> {
    let quote = cursor.next().unwrap_or('\'');
    let (mut path, mut literal) = (vec![String::new()], String::new());
    while let Some(char) = cursor.next() {
        let char = match char {
            char if char == quote => return Ok(key(path, literal)),
            '.' => {
                path.push(String::new());
                literal.push('.');
                continue;
            }
            '\\' => cursor.next().unwrap_or('\\'),
            char => char,
        };
        path.last_mut().into_iter().for_each(|name| name.push(char));
        literal.push(char);
    }
    Err(cursor.wrong("a quote is never closed"))
}

fn key(path: Vec<String>, literal: String) -> Step {
    match literal.as_str() {
        "*" => Step::Wildcard,
        _ if path.len() == 1 => Step::Field(literal),
        _ => Step::Key(path, literal),
    }
}

/// `0`, `-1`, `1:3`, `::2`.
fn index(cursor: &mut Cursor) -> Result<Step, Error> {
    let written = cursor.take_while(|char| char.is_ascii_digit() || matches!(char, '-' | ':'));
    let bound = |text: &str| match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| cursor.wrong(format!("`{text}` is not an index")).hint(IN_BRACKETS)),
    };
    let bounds = written.split(':').map(bound).collect::<Result<Vec<Option<i64>>, _>>()?;
    match bounds[..] {
        [Some(index)] => Ok(Step::Index(index)),
        [from, to] => Ok(Step::Slice(from, to, None)),
        [from, to, step] => match step {
            Some(step) if step < 1 => Err(cursor.wrong("a slice's step is 1 or more")),
            step => Ok(Step::Slice(from, to, step)),
        },
        _ => Err(cursor.wrong("a `[` does not hold an index").hint(IN_BRACKETS)),
    }
}
