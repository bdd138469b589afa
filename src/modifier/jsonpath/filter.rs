//! Reads a filter: comparisons and existence, joined by `&&` and `||`, grouped by parentheses.

use super::cursor::Cursor;
use super::parse::{self, Place};
use super::template::{Condition, Operator, Step};
use crate::error::Error;

/// Reads a filter after its `[?(`.
pub(super) fn filter(cursor: &mut Cursor) -> Result<Step, Error> {
    let condition = any(cursor)?;
    match cursor.eat(")]") {
        true => Ok(Step::Filter(condition)),
        false => Err(cursor.wrong("a `[?(` is never closed").hint("a filter ends with `)]`")),
    }
}

fn any(cursor: &mut Cursor) -> Result<Condition, Error> {
    joined(cursor, "||", all, Condition::Any)
}

fn all(cursor: &mut Cursor) -> Result<Condition, Error> {
    joined(cursor, "&&", comparison, Condition::All)
}

fn joined(
    cursor: &mut Cursor,
    by: &str,
    read: fn(&mut Cursor) -> Result<Condition, Error>,
    join: fn(Vec<Condition>) -> Condition,
) -> Result<Condition, Error> {
    let mut conditions = vec![read(cursor)?];
    cursor.skip_blanks();
    while cursor.eat(by) {
        conditions.push(read(cursor)?);
        cursor.skip_blanks();
    }
    Ok(join(conditions))
}

fn comparison(cursor: &mut Cursor) -> Result<Condition, Error> {
    cursor.skip_blanks();
    if cursor.eat("(") {
        return group(cursor);
    }
    let left = operand(cursor)?;
    let written = cursor.take_while(|char| matches!(char, '!' | '<' | '>' | '='));
    if written.is_empty() {
        return Ok(Condition::Exists(left));
    }
    let operator = Operator::read(written).ok_or_else(|| {
        cursor
            .wrong(format!("`{written}` is not a comparison"))
            .hint("filters take `==`, `!=`, `<`, `<=`, `>` and `>=`")
    })?;
    Ok(Condition::Compare(left, operator, operand(cursor)?))
}

fn group(cursor: &mut Cursor) -> Result<Condition, Error> {
    let condition = cursor.nested(any)?;
    match cursor.eat(")") {
        true => Ok(condition),
        false => Err(cursor.wrong("a `(` is never closed")),
    }
}

fn operand(cursor: &mut Cursor) -> Result<Vec<Step>, Error> {
    let start = cursor.rest();
    let steps = parse::steps(cursor, Place::Filter)?;
    match start[..start.len() - cursor.rest().len()].trim() {
        "" => Err(cursor.wrong("a filter lacks a value").hint("the item is `@`, its key `@.name`, text is quoted")),
        _ => Ok(steps),
    }
}
