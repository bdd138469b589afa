//! The metrics as a table for people.

use super::table::METRICS;

/// A table in Markdown: docs/server.md has it.
pub(crate) fn docs() -> String {
    let rows = METRICS.iter().map(|metric| {
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        format!("| `{}` | {} | {} | {} |\n", metric.name, metric.kind.name(), labels.join(", "), metric.help)
    });
    rows.fold("| metric | kind | labels | what it says |\n|---|---|---|---|\n".to_owned(), |table, row| table + &row)
}
