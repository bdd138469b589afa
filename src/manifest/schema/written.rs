//! A table as text. What several kinds share is written once.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::table::{ANYTHING, MARKS, OPEN, WORDS, whole};
use super::{Facets, KindId, Scalar, Table, Type};

/// How long an object's text is, if it is worth a definition of its own once it stands there twice.
const SHARED: usize = 40;

impl Table {
    /// The text form, which [`Table::parse`] reads: sorted, so that two versions differ only where their schemas do.
    pub fn written(&self) -> String {
        let mut writer = Writer::default();
        let kinds: BTreeMap<&KindId, &Type> = self.kinds.iter().collect();
        let definitions: BTreeMap<&str, &Type> = self.definitions.iter().map(|(name, of)| (&**name, of)).collect();
        for (kind, of) in &kinds {
            writer.count(of, &kind.kind);
        }
        definitions.iter().for_each(|(name, of)| writer.count(of, name));
        let mut text = String::new();
        for (KindId { group, version, kind }, of) in kinds {
            let slash = if group.is_empty() { "" } else { "/" };
            let _ = writeln!(text, "kind {group}{slash}{version} {kind} {}", writer.of(of));
        }
        let mut texts = writer.shared();
        texts.extend(definitions.into_iter().map(|(name, of)| (name, writer.of(of))));
        for (name, of) in texts {
            let _ = writeln!(text, "def {name} {of}");
        }
        text
    }
}

/// Writes types, and knows how often each object's text stands in the table.
#[derive(Default)]
struct Writer {
    /// Each object's text with how often it was met, and the name that it gets: where it was met first.
    met: HashMap<String, (usize, String)>,
    /// How many objects were first met under a name.
    named: HashMap<String, usize>,
}

impl Writer {
    /// Counts the objects of a type, each met `at` some field.
    fn count(&mut self, of: &Type, at: &str) {
        match of {
            Type::List(of) | Type::Map(of) => self.count(of, at),
            Type::Object(object) => {
                object.fields.iter().for_each(|(name, field)| self.count(field, name));
                let text = plain(of);
                if let Some((times, _)) = self.met.get_mut(&text) {
                    *times += 1;
                } else if text.len() > SHARED {
                    let number = self.named.entry(at.to_owned()).or_default();
                    *number += 1;
                    self.met.insert(text, (1, format!("{at}.{number}")));
                }
            }
            _ => {}
        }
    }

    /// The text of a type, with names for the objects inside that stand elsewhere too.
    fn of(&self, of: &Type) -> String {
        write(of, Names { writer: Some(self), except: None })
    }

    /// The objects that have a name, in its order.
    fn shared(&self) -> BTreeMap<&str, String> {
        let shared = self.met.iter().filter(|(_, (times, _))| *times > 1);
        let body = |text: &str| whole(text).map(|of| self.body(&of)).unwrap_or_default();
        shared.map(|(text, (_, name))| (name.as_str(), body(text))).collect()
    }

    /// The text of an object itself, not its name.
    fn body(&self, of: &Type) -> String {
        write(of, Names { writer: Some(self), except: Some(&plain(of)) })
    }
}

/// The names that objects go by in a text.
#[derive(Clone, Copy, Default)]
struct Names<'w> {
    /// The writer that knows them; without one, no object has a name.
    writer: Option<&'w Writer>,
    /// The text of the one object that does not go by its name.
    except: Option<&'w str>,
}

impl<'w> Names<'w> {
    fn of(self, object: &Type) -> Option<&'w str> {
        let writer = self.writer?;
        let text = plain(object);
        let (times, name) = writer.met.get(&text)?;
        (*times > 1 && self.except != Some(&text)).then_some(name)
    }
}

/// The text of a type without names for what is shared.
fn plain(of: &Type) -> String {
    write(of, Names::default())
}

fn write(of: &Type, names: Names<'_>) -> String {
    match of {
        Type::Anything => ANYTHING.to_owned(),
        Type::Named(name) => format!("@{}", name.text()),
        Type::List(of) => format!("[]{}", write(of, names)),
        Type::Map(of) => format!("{{}}{}", write(of, names)),
        Type::Scalar(scalar, facets) => format!("{}{}", word(*scalar), facets_text(facets)),
        Type::Object(object) => {
            if let Some(name) = names.of(of) {
                return format!("@{name}");
            }
            let field = |(name, of): (&str, &Type)| match write(of, names) {
                text if text == "string" => key(name),
                text => format!("{}:{text}", key(name)),
            };
            let mut fields: Vec<String> = object.fields.iter().map(|(name, of)| field((name, of))).collect();
            fields.extend(object.is_open.then(|| OPEN.to_owned()));
            format!("{{{}}}", fields.join(" "))
        }
    }
}

/// A field's name, in quotes where it needs them.
fn key(name: &str) -> String {
    if name.is_empty() || name == OPEN || name.contains(MARKS) { quoted(name) } else { name.to_owned() }
}

fn word(scalar: Scalar) -> &'static str {
    WORDS.iter().find(|(_, of)| *of == scalar).map_or(ANYTHING, |(word, _)| word)
}

fn facets_text(facets: &Facets) -> String {
    let Facets { members, format, pattern, minimum, maximum, shortest, longest } = facets;
    let texts = [("format", format), ("pattern", pattern), ("min", minimum), ("max", maximum)];
    let lengths = [("shortest", shortest), ("longest", longest)];
    let members = members.iter().map(|member| ("in", member.to_string()));
    let texts = texts.iter().filter_map(|(name, text)| Some((*name, text.as_ref()?.to_string())));
    let lengths = lengths.iter().filter_map(|(name, length)| Some((*name, length.as_ref()?.to_string())));
    let all: Vec<String> =
        members.chain(texts).chain(lengths).map(|(name, text)| format!("{name}={}", quoted(&text))).collect();
    if all.is_empty() { String::new() } else { format!("({})", all.join(" ")) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
