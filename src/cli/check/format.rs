//! The formats of `check`'s findings. Decides nothing about them.

use clap::ValueEnum;

use super::super::environment::Environment;
use crate::error::Error;
use crate::lint;
use crate::report::{self, Counts, sarif};
use crate::words::count;

/// A format of the findings.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// For people, with excerpts
    Text,
    /// One JSON object per line
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

impl Format {
    /// All findings as stdout shows them, after reading `files` manifests.
    pub(super) fn shown(self, found: &[Error], files: usize, environment: &Environment) -> String {
        match self {
            Self::Text => text(found, files, environment),
            Self::Json => found.iter().map(|error| report::json::finding(error) + "\n").collect(),
            Self::Sarif => report::sarif::log(found, &sarif_rules(), &environment.workspace.folder.to_string_lossy()),
            Self::Github => found.iter().map(|error| report::github::finding(error) + "\n").collect(),
        }
    }
}

fn text(found: &[Error], files: usize, environment: &Environment) -> String {
    let mut counts = Counts::default();
    let mut out = String::new();
    for error in &report::gathered(found.to_vec()) {
        out += &report::text::finding(error, environment.stdout_colour());
        out += &format!("rule: {}\n\n", error.rule);
        counts.add(error);
    }
    let found = counts.list().unwrap_or_else(|| "nothing found".to_owned());
    out + &format!("{found} in {}\n", count::of(files, "manifest file"))
}

/// The rules, as SARIF describes them.
fn sarif_rules() -> Vec<sarif::Rule> {
    let rule =
        |rule: &lint::Rule| sarif::Rule { id: rule.id, level: rule.level, short: rule.doc, help: rule.explanation };
    lint::rules().map(rule).collect()
}
