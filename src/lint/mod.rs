//! Finds mistakes in manifests before they ship: a table of rules, and their findings in a survey of the documents. Pure.
//! Each file is a family of rules. A new rule is a row there and its function.

mod allow;
mod annotations;
mod baseline;
mod clear;
mod data;
mod docs;
mod fields;
mod hide;
mod levels;
mod mistyped;
mod online;
mod pass;
mod placeholder;
mod template;
#[cfg(test)]
mod tests;
mod yaml;

pub(crate) use docs::{docs, explain, list};

use std::sync::Arc;

use crate::error::{Error, Level};
use crate::render::{Document, Filling, Plan, Survey};
use crate::secret::Secrets;
use crate::source::Source;

pub use allow::Comments;
pub(crate) use baseline::Baseline;
pub use clear::forms;
pub use hide::hide;
pub(crate) use levels::{FILE as LEVELS_FILE, RuleLevels};
pub(crate) use template::check_templates;

/// A mistake that `check` knows.
#[derive(Debug)]
pub struct Rule {
    /// The id by which findings name it.
    pub id: &'static str,
    /// The level of its findings, which may also be lower.
    pub level: Level,
    /// What is wrong, in one line.
    pub doc: &'static str,
    /// Why it is wrong and what to do, in a few sentences.
    pub explanation: &'static str,
    /// A manifest that breaks this rule and no other; empty where there is none.
    pub example: &'static str,
    /// What finds it.
    pub detector: Detector,
}

/// What finds the mistakes that break a rule.
#[derive(Clone, Copy, Debug)]
pub enum Detector {
    /// A function that examines a document.
    Document(fn(&Document<'_>, &mut Vec<Error>)),
    /// A function that examines any text, not only manifests.
    Text(fn(&Arc<Source>, &mut Vec<Error>)),
    /// A function that examines the secrets that were read.
    Online(fn(&Readings<'_>, &mut Vec<Error>)),
    /// The pass itself, or the function of another rule. The row only explains the rule.
    Pass,
}

/// A plan with the secrets that were read for it.
#[derive(Debug)]
pub struct Readings<'a> {
    /// The plan that names the placeholders.
    pub plan: &'a Plan<'a>,
    /// The outcome of each reading.
    pub secrets: &'a Secrets,
    /// What filling works with.
    pub filling: Filling<'a>,
}

/// All rules, by family.
pub(crate) static RULES: &[&[Rule]] = &[
    pass::RULES,
    yaml::RULES,
    placeholder::RULES,
    annotations::RULES,
    data::RULES,
    fields::RULES,
    clear::RULES,
    allow::RULES,
    online::RULES,
];

/// All rules.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().flatten()
}

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// The findings without a store: in the documents, in their texts, and in `others`, which are not manifests.
pub fn check(survey: &Survey<'_>, others: &[Arc<Source>]) -> Vec<Error> {
    let mut found = Vec::new();
    for rule in rules() {
        match rule.detector {
            Detector::Document(find) => survey.documents().for_each(|document| find(document, &mut found)),
            Detector::Text(find) => texts(survey, others).for_each(|text| find(text, &mut found)),
            Detector::Online(_) | Detector::Pass => {}
        }
    }
    found.extend(
        survey.unparsed().filter(|unparsed| !unparsed.may_hold_placeholder).map(|unparsed| unparsed.error.clone()),
    );
    clear::locate(survey, &mut found);
    found
}

/// The manifests and the other texts, without files that hold a NUL: those are not text.
fn texts<'s>(survey: &Survey<'s>, others: &'s [Arc<Source>]) -> impl Iterator<Item = &'s Arc<Source>> {
    survey.sources().iter().chain(others).filter(|source| memchr::memchr(0, &source.bytes).is_none())
}

/// The findings in the secrets that were read, beyond those of filling.
pub(crate) fn check_online(readings: &Readings<'_>) -> Vec<Error> {
    let mut found = Vec::new();
    for rule in rules() {
        if let Detector::Online(find) = rule.detector {
            find(readings, &mut found);
        }
    }
    found
}
