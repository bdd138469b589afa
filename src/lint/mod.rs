//! What is wrong, before anything ships: a table of rules, and what they find in a survey of the documents. Pure.
//! One file is one family of rules; a further rule is a row there and its function.

mod allow;
mod annotations;
mod baseline;
mod clear;
mod data;
mod docs;
mod hide;
mod mistyped;
mod online;
mod pass;
mod placeholder;
#[cfg(test)]
mod tests;
mod yaml;

pub use docs::{docs, explain};

use std::sync::Arc;

use crate::budget::Budget;
use crate::error::{Error, Level};
use crate::render::{Document, Plan, Survey};
use crate::secret::Secrets;
use crate::source::Source;

pub use allow::Comments;
pub use baseline::Baseline;
pub use clear::{FORMS, Form, forms};
pub use hide::hide;

/// A mistake that `check` knows.
#[derive(Debug)]
pub struct Rule {
    /// Its name, as a finding shows it.
    pub id: &'static str,
    /// How bad it is, as a rule: a finding may be less.
    pub level: Level,
    /// What is wrong, in one line.
    pub doc: &'static str,
    /// Why it is wrong and what to do, in a few sentences.
    pub explanation: &'static str,
    /// A manifest that breaks it and nothing else; empty where no manifest does.
    pub example: &'static str,
    /// Who finds it.
    pub judge: Judge,
}

/// Who finds what breaks a rule.
#[derive(Clone, Copy, Debug)]
pub enum Judge {
    /// A look at a document.
    Document(fn(&Document<'_>, &mut Vec<Error>)),
    /// A look at any text, also one that is no manifest.
    Text(fn(&Arc<Source>, &mut Vec<Error>)),
    /// A look at what the store answered.
    Online(fn(&Answers<'_>, &mut Vec<Error>)),
    /// The pass itself, or another rule's function: the row gives the texts.
    Pass,
}

/// What the store answered.
#[derive(Debug)]
pub struct Answers<'a> {
    /// What is to be filled.
    pub plan: &'a Plan<'a>,
    /// The secrets that it takes.
    pub secrets: &'a Secrets,
    /// What the run may make.
    pub budget: &'a Budget,
}

/// Every rule, by families.
pub static RULES: &[&[Rule]] = &[
    pass::RULES,
    yaml::RULES,
    placeholder::RULES,
    annotations::RULES,
    data::RULES,
    clear::RULES,
    allow::RULES,
    online::RULES,
];

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().flatten()
}

/// The rule of that name.
pub fn find(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// What the rules find without a store: in the documents, in their texts, and in `others`, which are no manifests.
pub fn check(survey: &Survey<'_>, others: &[Arc<Source>]) -> Vec<Error> {
    let mut found = Vec::new();
    for rule in rules() {
        match rule.judge {
            Judge::Document(judge) => survey.documents().for_each(|document| judge(document, &mut found)),
            Judge::Text(judge) => survey.sources().iter().chain(others).for_each(|text| judge(text, &mut found)),
            Judge::Online(_) | Judge::Pass => {}
        }
    }
    found.extend(
        survey.unparsed().filter(|unparsed| !unparsed.may_hold_placeholder).map(|unparsed| unparsed.error.clone()),
    );
    clear::locate(survey, &mut found);
    found
}

/// What the rules find in the store's answers, beyond what filling says.
pub fn check_online(answers: &Answers<'_>) -> Vec<Error> {
    let mut found = Vec::new();
    for rule in rules() {
        if let Judge::Online(judge) = rule.judge {
            judge(answers, &mut found);
        }
    }
    found
}
