//! The formats of `check`'s findings. Decides nothing about them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use clap::ValueEnum;

use super::super::environment::Environment;
use crate::error::Error;
use crate::input;
use crate::lint;
use crate::pass::build::CheckedFiles;
use crate::report::{self, Counts, sarif};
use crate::source::Source;
use crate::words::count;
use crate::workspace::Workspace;

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

/// A baseline that was written.
pub(super) struct Written<'p> {
    /// How many findings it accepts.
    pub(super) findings: usize,
    /// Its file.
    pub(super) file: &'p Path,
}

impl Format {
    /// What stdout shows after a baseline was written: why the check failed, and for people how many findings were written.
    pub(super) fn written(
        self,
        failed: &[Error],
        baseline: &Written<'_>,
        files: &CheckedFiles,
        environment: &Environment,
    ) -> String {
        let Self::Text = self else { return self.shown(failed, files, environment) };
        let count = count::of(baseline.findings, "finding");
        blocks(failed, environment).0 + &format!("{count} written to `{}`\n", baseline.file.display())
    }

    /// All findings as stdout shows them, after reading `files`.
    pub(super) fn shown(self, found: &[Error], files: &CheckedFiles, environment: &Environment) -> String {
        let workspace = &environment.workspace;
        match self {
            Self::Text => text(found, files, environment),
            Self::Json => found.iter().map(|error| report::json::finding(error) + "\n").collect(),
            Self::Sarif => {
                let root = input::repository(workspace);
                report::sarif::log(&named_from_root(found, workspace), &sarif_rules(), &root.to_string_lossy())
            }
            Self::Github => {
                named_from_root(found, workspace).iter().map(|error| report::github::finding(error) + "\n").collect()
            }
        }
    }
}

/// The findings with the names that files have from the repository's root: a program that shows them beside the code looks there.
fn named_from_root(found: &[Error], workspace: &Workspace) -> Vec<Error> {
    let mut renamed: HashMap<*const Source, Arc<Source>> = HashMap::new();
    let mut found = found.to_vec();
    for place in found.iter_mut().flat_map(|error| error.place.iter_mut().chain(&mut error.also)) {
        let source = renamed.entry(Arc::as_ptr(&place.source)).or_insert_with(|| {
            let name = input::name_in_repository(&place.source.name, workspace);
            if name == place.source.name { place.source.clone() } else { Arc::new(place.source.renamed(name)) }
        });
        place.source = source.clone();
    }
    found
}

fn text(found: &[Error], files: &CheckedFiles, environment: &Environment) -> String {
    let (list, counts) = blocks(found, environment);
    let found = counts.list().unwrap_or_else(|| "nothing found".to_owned());
    list + &format!("{found} in {}\n", counted(files))
}

/// A block for each finding, and how many there are.
fn blocks(found: &[Error], environment: &Environment) -> (String, Counts) {
    let (mut counts, mut out) = (Counts::default(), String::new());
    let shown = found.iter().filter(|finding| environment.shows(finding)).cloned();
    for error in &report::gathered(shown.collect()) {
        out += &report::text::finding(error, environment.stdout_colour());
        out += &format!("rule: {}\n\n", error.rule);
        counts.add(error);
    }
    (out, counts)
}

/// `2 manifest files, 1 built folder`; `3 other texts` where there is nothing else.
fn counted(files: &CheckedFiles) -> String {
    let (texts, built) = (&files.texts, files.outputs.len());
    let manifests = texts.manifests.len();
    let others = texts.all().count() - manifests;
    let mut parts = Vec::new();
    if manifests > 0 || (built == 0 && others == 0) {
        parts.push(count::of(manifests, "manifest file"));
    }
    if built > 0 {
        parts.push(count::of(built, "built folder"));
    }
    if parts.is_empty() {
        parts.push(count::of(others, "other text"));
    }
    parts.join(" and ")
}

/// The rules, as SARIF describes them.
fn sarif_rules() -> Vec<sarif::Rule> {
    let rule =
        |rule: &lint::Rule| sarif::Rule { id: rule.id, level: rule.level, short: rule.doc, help: rule.explanation };
    lint::rules().map(rule).collect()
}
