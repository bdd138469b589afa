//! The text form of a table, which the schemas of this program are kept in: a line a kind, a line a definition.
//!
//! `kind apps/v1 Deployment @apps.v1.Deployment` and `def core.v1.ContainerPort {containerPort:int32 hostIP name}`. A field without a type is a
//! string; `[]T` is a list, `{}T` a map, `{field:T …}` an object, with `...` as its last field if it keeps any other; `@name` is a definition.
//! Facets follow a type in parentheses: `string(in="a" in="b" format="uri" pattern="^x" min="0" max="9" shortest="1" longest="63")`.

use super::super::field::Bits;
use super::{Facets, KindId, Object, Scalar, Table, Type};

/// The words for types without members.
pub(super) const WORDS: [(&str, Scalar); 8] = [
    ("string", Scalar::String),
    ("byte", Scalar::Base64),
    ("int32", Scalar::Integer(Bits::Of32)),
    ("int64", Scalar::Integer(Bits::Of64)),
    ("number", Scalar::Number),
    ("boolean", Scalar::Boolean),
    ("int-or-string", Scalar::IntOrString),
    ("quantity", Scalar::Quantity),
];

/// The word for any value, and the mark of an object that keeps unknown fields.
pub(super) const ANYTHING: &str = "any";
pub(super) const OPEN: &str = "...";

/// What ends a word. A field's name that holds one is written in quotes.
pub(super) const MARKS: [char; 11] = [' ', ':', '{', '}', '(', ')', '=', '[', ']', '@', '"'];

impl Table {
    /// Reads a table's text form. Lines that are neither a kind nor a definition are comments.
    ///
    /// # Errors
    ///
    /// The line that is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut table = Self::default();
        for text in text.lines() {
            let wrong = || text.to_owned();
            match line(text) {
                Some(Line::Kind(version, kind, of)) => {
                    table.kinds.insert(KindId::new(version, kind), whole(of).ok_or_else(wrong)?);
                }
                Some(Line::Definition(name, of)) => {
                    table.definitions.insert(name.into(), whole(of).ok_or_else(wrong)?);
                }
                None => {}
            }
        }
        Ok(table)
    }
}

/// A line, with the text of its type.
pub(super) enum Line<'t> {
    /// An apiVersion and a kind.
    Kind(&'t str, &'t str, &'t str),
    /// A definition's name.
    Definition(&'t str, &'t str),
}

/// What a line says; `None` if it is a comment.
pub(super) fn line(text: &str) -> Option<Line<'_>> {
    let (word, rest) = cut(text)?;
    let (name, of) = cut(rest)?;
    match word {
        "kind" => cut(of).map(|(kind, of)| Line::Kind(name, kind, of)),
        "def" => Some(Line::Definition(name, of)),
        _ => None,
    }
}

/// A text up to its first blank, and behind it.
fn cut(text: &str) -> Option<(&str, &str)> {
    let at = memchr::memchr(b' ', text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

/// A type from its whole text.
pub(super) fn whole(text: &str) -> Option<Type> {
    let mut cursor = Cursor { rest: text };
    cursor.type_of().filter(|_| cursor.rest.is_empty())
}

struct Cursor<'t> {
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    fn type_of(&mut self) -> Option<Type> {
        if self.take("[]") {
            return self.type_of().map(|of| Type::List(Box::new(of)));
        }
        if self.take("{}") {
            return self.type_of().map(|of| Type::Map(Box::new(of)));
        }
        if self.take("{") {
            return self.object().map(Type::Object);
        }
        if self.take("@") {
            return Some(Type::Named(self.word().into()));
        }
        match self.word() {
            ANYTHING => Some(Type::Anything),
            word => {
                let (_, scalar) = WORDS.iter().find(|(name, _)| *name == word)?;
                Some(Type::Scalar(*scalar, self.facets()?))
            }
        }
    }

    /// The fields of an object whose brace is read, and the brace that closes it.
    fn object(&mut self) -> Option<Object> {
        let mut object = Object::default();
        while !self.take("}") {
            self.take(" ");
            let name: Box<str> = if self.rest.starts_with('"') { self.quoted()? } else { self.word().into() };
            if &*name == OPEN {
                object.is_open = true;
                continue;
            }
            let of = if self.take(":") { self.type_of()? } else { Type::Scalar(Scalar::String, Facets::default()) };
            (!name.is_empty()).then(|| object.fields.insert(name, of))?;
        }
        Some(object)
    }

    fn facets(&mut self) -> Option<Facets> {
        let mut facets = Facets::default();
        if !self.take("(") {
            return Some(facets);
        }
        while !self.take(")") {
            self.take(" ");
            let name = self.word();
            let value = self.take("=").then(|| self.quoted())??;
            match name {
                "in" => facets.members.push(value),
                "format" => facets.format = Some(value),
                "pattern" => facets.pattern = Some(value),
                "min" => facets.minimum = Some(value),
                "max" => facets.maximum = Some(value),
                "shortest" => facets.shortest = Some(value.parse().ok()?),
                "longest" => facets.longest = Some(value.parse().ok()?),
                _ => return None,
            }
        }
        Some(facets)
    }

    fn take(&mut self, mark: &str) -> bool {
        let rest = self.rest.strip_prefix(mark);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The text up to the next mark.
    fn word(&mut self) -> &'t str {
        let end = self.rest.find(MARKS).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// A text in double quotes, in which `\"` and `\\` are a quote and a backslash.
    fn quoted(&mut self) -> Option<Box<str>> {
        let inner = self.rest.strip_prefix('"')?;
        let mut text = String::new();
        let mut chars = inner.char_indices();
        while let Some((at, char)) = chars.next() {
            match char {
                '"' => {
                    self.rest = &inner[at + 1..];
                    return Some(text.into());
                }
                '\\' => text.push(match chars.next()?.1 {
                    'n' => '\n',
                    other => other,
                }),
                other => text.push(other),
            }
        }
        None
    }
}
