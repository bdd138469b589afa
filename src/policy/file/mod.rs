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

use crate::budget::Budget;
use crate::config::table::Table;
use crate::error::{Error, Errors, Kind};
use crate::source::{Place, Source, Span};
use crate::yaml::{parse_with_written_keys, reader, split};
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
        let tree = reader::read(text, document)
            .map_err(|flaw| flaw.error.at(Place::new(source.clone(), flaw.span)))
            .and_then(|tree| within_bounds(text, source).map(|()| tree))?;
        let mut reader = Reader { source, tree, errors: Errors::new() };
        let file = Self::read(&mut reader, table);
        if reader.errors.any() { Err(reader.errors) } else { Ok(file) }
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
            let error = Error::new(Kind::Setting, "the policy file is empty")
                .hint("it has `rules`; docs/tenants.md has an example");
            reader.errors.push(error.at(Place::new(reader.source.clone(), Span::new(0, 0))));
            return file;
        };
        let fields = reader.fields(root, "a policy file", &["rules", "logins", "tests"]);
        let name: Arc<str> = reader.source.name.as_str().into();
        for (field, value) in fields {
            match field {
                "rules" => {
                    for (index, item) in reader.items(value, "`rules`").into_iter().enumerate() {
                        let id = RuleId { number: index + 1, file: name.clone(), line: reader.line(item) };
                        let rule = Rule::read(reader, item, id);
                        file.rules.extend(rule);
                    }
                }
                "logins" => file.logins = Arc::new(Logins::read(reader, value, table)),
                _ => {
                    for (index, item) in reader.items(value, "`tests`").into_iter().enumerate() {
                        file.examples.extend(Example::read(reader, item, index + 1));
                    }
                }
            }
        }
        if file.rules.is_empty() && !reader.errors.any() {
            reader.wrong(
                root,
                "a policy file without `rules` denies everything".to_owned(),
                "write a rule that allows something",
            );
        }
        file.check_logins(reader, root);
        file
    }

    /// Notes rules that choose a login which the file does not have.
    fn check_logins(&self, reader: &mut Reader<'_>, root: crate::yaml::tree::NodeId) {
        for rule in &self.rules {
            if let Some((detail, hint)) = rule.login().and_then(|choice| self.logins.flaw(choice)) {
                reader.wrong(root, format!("{}: {detail}", rule.id()), hint);
            }
        }
    }
}

/// Whether a document holds nothing but comments and blank lines.
fn is_blank(document: &str) -> bool {
    document.lines().all(|line| matches!(line.trim(), "" | "---" | "...") || line.trim_start().starts_with('#'))
}

/// An error if aliases make the document larger than a value may be.
fn within_bounds(text: &str, source: &Arc<Source>) -> Result<(), Error> {
    parse_with_written_keys(text, &Budget::default()).map(|_| ()).map_err(|reason| {
        let error = Error::new(Kind::Setting, format!("the policy file is not valid YAML: {reason}"));
        error.hint("see docs/tenants.md for an example").at(Place::new(source.clone(), Span::new(0, 0)))
    })
}
