//! Explains the rules: for `check --explain`, and for the page docs/rules.md.

use super::{Detector, Rule, rules};
use crate::error::Level;

/// The explanation of a rule for the terminal.
pub(crate) fn explain(rule: &Rule) -> String {
    let Rule { id, doc, explanation, .. } = rule;
    let example = example(rule).map(|example| format!("\nThis breaks it:\n\n{example}")).unwrap_or_default();
    format!("{id} ({}): {doc}\n\n{explanation}\n{example}", kind(rule))
}

/// All rules for the terminal, one a line: id, level, what is wrong.
pub(crate) fn list() -> String {
    let width = |text: fn(&Rule) -> String| rules().map(|rule| text(rule).len()).max().unwrap_or(0);
    let (id, level) = (width(|rule| rule.id.to_owned()), width(kind));
    rules().map(|rule| format!("{:id$}  {:level$}  {}\n", rule.id, kind(rule), rule.doc)).collect()
}

/// The page `docs/rules.md`.
pub(crate) fn docs() -> String {
    rules().fold(INTRODUCTION.to_owned(), |page, rule| page + &section(rule))
}

const INTRODUCTION: &str = "<!-- Printed from the table in src/lint/ by `just docs`. -->
# Rules

What `vault-render check` finds. Errors and warnings make it exit with 1; a note is worth knowing and does not count.
Rules that are marked so need `--online`: only the store knows. `check --list-rules` lists them, `check --explain RULE` prints one.
A `vault-render.toml` in the repository switches rules off or gives them another level: [ci.md](ci.md#choose-what-counts).

10,000 documents (6.1 MB) take a third of a second offline on one core: `cargo bench --bench check`.
";

fn section(rule: &Rule) -> String {
    let Rule { id, doc, explanation, .. } = rule;
    let example = match rule.example.trim_end() {
        "" => String::new(),
        example => format!("\n```yaml\n{example}\n```\n"),
    };
    format!("\n## `{id}`\n\n{}: {doc}.\n\n{explanation}\n{example}", sentence(&kind(rule)))
}

/// `error`, `note, with --online`.
fn kind(rule: &Rule) -> String {
    let level = match rule.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let online = matches!(rule.detector, Detector::Online(_)) || ONLINE.contains(&rule.id);
    if online { format!("{level}, with `--online`") } else { level.to_owned() }
}

/// The rules of the pass that need a store.
const ONLINE: [&str; 6] = ["denied", "missing", "not-read", "setting", "store", "value"];

fn example(rule: &Rule) -> Option<String> {
    let lines = rule.example.lines().map(|line| format!("  {line}\n"));
    (!rule.example.is_empty()).then(|| lines.collect())
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
