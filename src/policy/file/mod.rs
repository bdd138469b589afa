//! The policy file: the operator's rules for all requesters, the logins that they choose, and tests of both. Pure: whoever reads the file
//! gives the text.

mod example;
mod fields;
mod glob;
mod login;
mod rule;
mod rules;
mod scope;
mod who;

use std::sync::Arc;

use crate::config::table::Table;
use crate::error::{Error, Errors, Kind};
use crate::source::{Place, Source, Span};
use crate::yaml::{reader, split};
use example::Example;
use fields::Reader;
use login::Logins;
use rule::Rule;
pub(super) use rules::Rules;

use super::requester::Requester;
use super::rule_id::RuleId;

/// A policy file.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    rules: Vec<Rule>,
    logins: Arc<Logins>,
    examples: Vec<Example>,
}

impl PolicyFile {
    /// Parses a policy file. `table` has the settings that its logins may have. Everything that is wrong has its place.
    pub fn parse(source: &Arc<Source>, table: &'static Table) -> Result<Self, Errors> {
        let text = source.text();
        let mut documents = split::split(text.as_bytes()).filter(|document| !is_blank(&text[document.range()]));
        let whole = Span::new(0, 0);
        let (document, further) = (documents.next().unwrap_or(whole), documents.next());
        if let Some(further) = further {
            let error =
                Error::new(Kind::Setting, "a policy file is one document").hint("remove what follows the `---`");
            return Err(error.at(Place::new(source.clone(), Span::new(further.start, further.start))).into());
        }
        let tree = reader::read(text, document).map_err(|flaw| flaw.error.at(Place::new(source.clone(), flaw.span)))?;
        let mut reader = Reader::new(source, tree);
        let file = Self::read(&mut reader, table);
        if reader.is_right() { Ok(file) } else { Err(reader.into_errors()) }
    }

    /// A file without rules, which denies everything.
    pub fn denying() -> Self {
        Self { rules: Vec::new(), logins: Arc::default(), examples: Vec::new() }
    }

    /// The rules that are about `requester`.
    pub(super) fn rules_for(&self, requester: &Requester) -> Rules {
        Rules::new(self.rules.iter().filter_map(|rule| rule.filled(requester)).collect(), self.logins.clone())
    }

    /// How many rules it has.
    pub fn rule_count(&self) -> usize {
        self.rules.len()
    }

    /// How many tests it has.
    pub fn test_count(&self) -> usize {
        self.examples.len()
    }

    /// The tests that fail, each at its path.
    pub fn failures(&self) -> Vec<Error> {
        self.examples.iter().filter_map(|example| example.failure(self)).collect()
    }

    fn read(reader: &mut Reader<'_>, table: &'static Table) -> Self {
        let mut file = Self::denying();
        let Some(root) = reader.tree.root() else {
            reader.wrong_at(0, "the policy file is empty", "it has `rules`; docs/tenants.md has an example");
            return file;
        };
        let fields = reader.fields(root, "a policy file", &["rules", "logins", "tests"]);
        let name: Arc<str> = reader.source.name.as_str().into();
        let field = |name| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
        let items = |reader: &mut Reader<'_>, name| field(name).map(|node| reader.items(node, &format!("`{name}`")));
        // Rules name logins.
        file.logins = field("logins").map(|node| Arc::new(Logins::read(reader, node, table))).unwrap_or_default();
        for (number, item) in (1..).zip(items(reader, "rules").into_iter().flatten()) {
            let id = RuleId { number, file: name.clone(), line: reader.line(item) };
            file.rules.extend(Rule::read(reader, item, id, &file.logins));
        }
        for (number, item) in (1..).zip(items(reader, "tests").into_iter().flatten()) {
            file.examples.extend(Example::read(reader, item, number));
        }
        if file.rules.is_empty() && reader.is_right() {
            reader.wrong(
                root,
                "a policy file without `rules` denies everything".to_owned(),
                "write a rule that allows something",
            );
        }
        file
    }
}

/// Whether a document holds nothing but comments and blank lines.
fn is_blank(document: &str) -> bool {
    document.lines().all(|line| matches!(line.trim(), "" | "---" | "...") || line.trim_start().starts_with('#'))
}

#[cfg(test)]
mod tests;
