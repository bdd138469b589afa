//! The readings that a rule is about: patterns for the store, the path, the key and so on. A rule that does not name one of these aspects is
//! about every reading; but an allow without `stores` or `namespaces` is about those of the settings alone.

use super::fields::Reader;
use super::glob::{Glob, Matcher};
use super::who::globs;
use crate::policy::reading::Reading;
use crate::policy::requester::Requester;
use crate::yaml::tree::NodeId;

/// The readings that a rule is about.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    effect: Effect,
    patterns: Vec<(&'static Aspect, Vec<Glob>)>,
    creates: Option<bool>,
    settings: Option<Vec<&'static SettingsSource>>,
}

/// What a rule does with the readings that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It allows those of which everything matches.
    Allow,
    /// It denies those of which anything matches.
    Deny,
}

/// A scope for one requester.
#[derive(Clone, Debug)]
pub(super) struct FilledScope {
    effect: Effect,
    patterns: Vec<(&'static Aspect, Vec<Matcher>)>,
    creates: Option<bool>,
    settings: Option<Vec<&'static SettingsSource>>,
}

/// An aspect of readings that rules have patterns for: a row of [`ASPECTS`].
#[derive(Debug)]
struct Aspect {
    /// The field of a rule.
    field: &'static str,
    subject: for<'r> fn(&'r Reading<'r>) -> Subject<'r>,
    /// Whether an allow that does not name it allows the settings' own alone.
    is_own: Option<fn(&Reading<'_>) -> bool>,
}

/// What of a reading a pattern is matched against.
enum Subject<'r> {
    One(&'r str),
    /// Each of some texts, of which there may be none.
    Each(&'r [&'static str]),
    /// Everything that there is.
    Whole,
}

static ASPECTS: [Aspect; 6] = [
    Aspect {
        field: "stores",
        subject: |reading| Subject::One(reading.store),
        is_own: Some(|reading| reading.is_own_store),
    },
    Aspect {
        field: "namespaces",
        subject: |reading| Subject::One(reading.namespace),
        is_own: Some(|reading| reading.is_own_namespace),
    },
    Aspect { field: "paths", subject: |reading| Subject::One(reading.path), is_own: None },
    Aspect { field: "versions", subject: |reading| Subject::One(reading.version), is_own: None },
    Aspect { field: "keys", subject: |reading| reading.key.map_or(Subject::Whole, Subject::One), is_own: None },
    Aspect { field: "modifiers", subject: |reading| Subject::Each(reading.modifiers), is_own: None },
];

/// A place that a tenant's settings may come from: a row of [`SETTINGS_SOURCES`].
#[derive(Debug)]
struct SettingsSource {
    word: &'static str,
    is_used: fn(&Reading<'_>) -> bool,
}

static SETTINGS_SOURCES: [SettingsSource; 2] = [
    SettingsSource { word: "file", is_used: |reading| reading.settings.of_repository },
    SettingsSource { word: "secret", is_used: |reading| reading.settings.of_secret },
];

const CREATES: &str = "creates";
const SETTINGS: &str = "settings";

impl Scope {
    /// Reads the `allow` or `deny` of a rule.
    pub(super) fn read(reader: &mut Reader<'_>, node: NodeId, effect: Effect) -> Self {
        let mut scope = Self { effect, patterns: Vec::new(), creates: None, settings: None };
        let known: Vec<&str> = ASPECTS.iter().map(|aspect| aspect.field).chain([CREATES, SETTINGS]).collect();
        for (field, value) in reader.fields(node, &format!("`{}`", effect.field()), &known) {
            match ASPECTS.iter().find(|aspect| aspect.field == field) {
                Some(aspect) => scope.patterns.push((aspect, globs(reader, value, field))),
                None if field == CREATES => scope.creates = reader.switch(value, "`creates`"),
                None => scope.settings = Some(settings_sources(reader, value)),
            }
        }
        scope
    }

    /// The scope for `requester`. What a word in braces stands for where that part is unknown is any name for a deny, and none for an allow.
    pub(super) fn filled(&self, requester: &Requester) -> FilledScope {
        let unknown = (self.effect == Effect::Deny).then_some("*");
        let matchers = |globs: &[Glob]| globs.iter().filter_map(|glob| glob.matcher(requester, unknown)).collect();
        let patterns = self.patterns.iter().map(|(aspect, globs)| (*aspect, matchers(globs))).collect();
        FilledScope { effect: self.effect, patterns, creates: self.creates, settings: self.settings.clone() }
    }
}

fn settings_sources(reader: &mut Reader<'_>, node: NodeId) -> Vec<&'static SettingsSource> {
    let mut sources = Vec::new();
    for (word, at) in reader.texts(node, "`settings`") {
        match SETTINGS_SOURCES.iter().find(|source| source.word == word) {
            Some(source) => sources.push(source),
            None => {
                let hint = "`file` is a `-c` file in the repository, `secret` the Secret that `-s` names";
                reader.wrong(at, format!("`settings` has no `{word}`"), hint);
            }
        }
    }
    sources
}

impl FilledScope {
    /// Whether the rule is about `reading`.
    pub(super) fn matches(&self, reading: &Reading<'_>) -> bool {
        ASPECTS.iter().all(|aspect| self.aspect_matches(aspect, reading))
            && self.creates.is_none_or(|creates| creates == reading.creates)
            && self.settings.as_ref().is_none_or(|named| self.settings_match(named, reading))
    }

    fn aspect_matches(&self, aspect: &'static Aspect, reading: &Reading<'_>) -> bool {
        let named = self.patterns.iter().find(|(named, _)| std::ptr::eq(*named, aspect));
        let Some((_, matchers)) = named else {
            return self.effect == Effect::Deny || aspect.is_own.is_none_or(|is_own| is_own(reading));
        };
        let is_match = |text: &str| matchers.iter().any(|matcher| matcher.is_match(text));
        match ((aspect.subject)(reading), self.effect) {
            (Subject::One(text), _) => is_match(text),
            (Subject::Each(texts), Effect::Allow) => texts.iter().all(|text| is_match(text)),
            (Subject::Each(texts), Effect::Deny) => texts.iter().any(|text| is_match(text)),
            (Subject::Whole, Effect::Allow) => matchers.iter().any(|matcher| matcher.is_everything),
            (Subject::Whole, Effect::Deny) => true,
        }
    }

    fn settings_match(&self, named: &[&'static SettingsSource], reading: &Reading<'_>) -> bool {
        let is_named = |source: &SettingsSource| named.iter().any(|one| one.word == source.word);
        let mut used = SETTINGS_SOURCES.iter().filter(|source| (source.is_used)(reading));
        match self.effect {
            Effect::Allow => used.all(is_named),
            Effect::Deny => used.any(is_named),
        }
    }
}

impl Effect {
    /// The field of a rule.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}
