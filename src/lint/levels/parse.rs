//! Parses `vault-render.toml`. Unknown keys, rules and levels are errors at their place.

use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::{find, rules};
use super::{Choice, Levels, RuleLevels};
use crate::error::{Error, Errors, Kind, Level};
use crate::source::{Place, Source, Span};
use crate::words::{list, suggestion};

/// The words for what becomes of a rule's findings.
const CHOICES: [(&str, Choice); 4] = [
    ("off", Choice::Off),
    ("note", Choice::Level(Level::Note)),
    ("warning", Choice::Level(Level::Warning)),
    ("error", Choice::Level(Level::Error)),
];

/// How many letters of a word may be wrong for another one to be suggested.
const TYPOS: usize = 3;

impl RuleLevels {
    /// Parses the text of a file.
    pub(crate) fn parse(source: &Arc<Source>) -> Result<Self, Errors> {
        let mut reader = Reader { source, errors: Errors::new() };
        let levels = reader.file();
        if reader.errors.any() { Err(reader.errors) } else { Ok(levels) }
    }
}

/// Reads the tables of a file and collects what is wrong with them.
struct Reader<'s> {
    source: &'s Arc<Source>,
    errors: Errors,
}

impl<'s> Reader<'s> {
    fn file(&mut self) -> RuleLevels {
        let text = self.source.text();
        let root = match DeTable::parse(text) {
            Ok(root) => root,
            Err(error) => {
                let at = error.span().unwrap_or_default();
                let place = Place::new(self.source.clone(), Span::new(at.start, at.end));
                self.errors.push(Error::new(Kind::Setting, "this is not TOML").cause(error.message()).at(place));
                return RuleLevels::default();
            }
        };
        let [check] = self.members(root.get_ref(), ["check"]);
        let check = check.and_then(|check| self.table(check, "check"));
        check.map(|check| self.check(check)).unwrap_or_default()
    }

    /// The table `check`.
    fn check(&mut self, check: &DeTable<'_>) -> RuleLevels {
        let [rules, paths] = self.members(check, ["rules", "paths"]);
        let everywhere = rules.map(|rules| self.levels(rules)).unwrap_or_default();
        let tables = paths.map(|paths| self.items(paths, "`paths` is a list of tables: `[[check.paths]]`"));
        let below = tables.unwrap_or_default().iter().filter_map(|table| self.below(table)).collect();
        RuleLevels { everywhere, below }
    }

    /// One of the tables `check.paths`.
    fn below(&mut self, value: &Spanned<DeValue<'_>>) -> Option<(Gitignore, Levels)> {
        let table = self.table(value, "check.paths")?;
        let [paths, rules] = self.members(table, ["paths", "rules"]);
        match (paths, rules) {
            (Some(paths), Some(rules)) => Some((self.patterns(paths)?, self.levels(rules))),
            _ => {
                let hint = "write `paths = [\"test/**\"]` and `rules = { RULE = \"off\" }`";
                self.wrong(value.span(), "a table `check.paths` needs `paths` and `rules`", hint);
                None
            }
        }
    }

    /// A table of rules and their levels.
    fn levels(&mut self, value: &Spanned<DeValue<'_>>) -> Levels {
        let Some(table) = self.table(value, "rules") else { return Levels::new() };
        table.iter().filter_map(|(name, level)| Some((self.rule(name)?, self.choice(level)?))).collect()
    }

    fn rule(&mut self, name: &Spanned<impl AsRef<str>>) -> Option<&'static str> {
        let id = name.get_ref().as_ref();
        match find(id) {
            Some(rule) if Kind::failure(id).is_none() => Some(rule.id),
            Some(_) => {
                let detail = format!("the rule `{id}` says that the check itself failed, and always counts");
                self.wrong(name.span(), detail, "take it out");
                None
            }
            None => {
                let known = rules().map(|rule| rule.id);
                let hint = hint(id, known, || "`vault-render check --list-rules` names the rules".to_owned());
                self.wrong(name.span(), format!("`{id}` is not a rule"), hint);
                None
            }
        }
    }

    fn choice(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Choice> {
        let word = value.get_ref().as_str().unwrap_or_default();
        if let Some((_, choice)) = CHOICES.iter().find(|(name, _)| *name == word) {
            return Some(*choice);
        }
        let names = CHOICES.map(|(name, _)| name);
        let hint = hint(word, names, || format!("one of {}", list::quoted(names)));
        self.wrong(value.span(), "this is not a level", hint);
        None
    }

    /// The files and folders that patterns name, as in a `.gitignore` at the root.
    fn patterns(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Gitignore> {
        let mut builder = GitignoreBuilder::new("");
        for item in self.items(value, "`paths` is a list of patterns: `[\"test/**\"]`") {
            let Some(pattern) = item.get_ref().as_str().filter(|pattern| !pattern.trim().is_empty()) else {
                self.wrong(item.span(), "this is not a pattern", "write it as in a `.gitignore`: `\"test/**\"`");
                continue;
            };
            if let Err(error) = builder.add_line(None, pattern) {
                self.wrong(item.span(), "this pattern cannot be read", error.to_string());
            }
        }
        builder.build().ok()
    }

    /// The members of a table that have these names. Others are errors.
    fn members<'t, 'i, const N: usize>(
        &mut self,
        table: &'t DeTable<'i>,
        names: [&'static str; N],
    ) -> [Option<&'t Spanned<DeValue<'i>>>; N] {
        for key in table.keys().filter(|key| !names.contains(&&**key.get_ref())) {
            let hint = hint(key.get_ref(), names, || format!("known here: {}", list::quoted(names)));
            self.wrong(key.span(), format!("unknown key `{}`", key.get_ref()), hint);
        }
        names.map(|name| table.get(name))
    }

    fn table<'t, 'i>(&mut self, value: &'t Spanned<DeValue<'i>>, name: &str) -> Option<&'t DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(
                value.span(),
                format!("`{name}` is not a table"),
                format!("docs/ci.md has an example of `{name}`"),
            );
        }
        table
    }

    /// The items of a list.
    fn items<'t, 'i>(&mut self, value: &'t Spanned<DeValue<'i>>, form: &str) -> &'t [Spanned<DeValue<'i>>] {
        match value.get_ref().as_array() {
            Some(items) => items,
            None => {
                self.wrong(value.span(), "this is not a list", form);
                &[]
            }
        }
    }

    fn wrong(&mut self, at: std::ops::Range<usize>, detail: impl Into<String>, hint: impl Into<String>) {
        let place = Place::new(self.source.clone(), Span::new(at.start, at.end));
        self.errors.push(Error::new(Kind::Setting, detail).hint(hint).at(place));
    }
}

/// The word that may be meant, or what `otherwise` says.
fn hint<'n>(word: &str, known: impl IntoIterator<Item = &'n str>, otherwise: impl FnOnce() -> String) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let meant = suggestion::by_edits(word, known.iter().copied(), TYPOS.min(word.len() / 2));
    let meant = meant.map(|name| vec![name]).unwrap_or_else(|| suggestion::by_part(word, known));
    if meant.is_empty() { otherwise() } else { format!("did you mean {}?", list::quoted_alternatives(meant)) }
}
