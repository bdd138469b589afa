//! Writes the sidebar: the counts, and a link to each change, by folder.

use std::fmt::Write as _;

use crate::compare::{Change, Comparison};

use super::change::mark;
use super::escape::escape;
use super::number;

/// Writes the counts. A script makes filters of those that count changes.
pub(super) fn counts(comparison: &Comparison) -> String {
    let counts = comparison.counts();
    let numbers = [
        ("changed", counts.changed, "changed"),
        ("added", counts.added, "added"),
        ("removed", counts.removed, "removed"),
        ("unchanged", counts.unchanged, "unchanged"),
        ("secret", counts.only_secrets, "secret values only"),
    ];
    let mut out = "<ul class=\"counts\">".to_owned();
    for (class, count, words) in numbers.into_iter().filter(|(class, count, _)| *class != "secret" || *count > 0) {
        let (open, close) = match class == "unchanged" || count == 0 {
            true => ("<span>".to_owned(), "</span>"),
            false => (format!("<button type=\"button\" data-show=\"{class}\" disabled>"), "</button>"),
        };
        let _ = write!(out, "<li class=\"{class}\">{open}<b>{}</b> {words}{close}</li>", number(count));
    }
    out + "</ul>"
}

/// Writes a link to each change, under the folder of its file if there are several folders.
pub(super) fn list(comparison: &Comparison) -> String {
    let changes: Vec<(usize, &Change)> = comparison.changes.iter().enumerate().collect();
    let groups: Vec<&[(usize, &Change)]> = changes.chunk_by(|a, b| folder(a.1) == folder(b.1)).collect();
    let mut out = String::new();
    for group in &groups {
        if let Some((_, first)) = group.first().filter(|_| groups.len() > 1) {
            let _ = writeln!(out, "<h2><bdi>{}</bdi></h2>", escape(folder(first)));
        }
        let items: String = group.iter().map(|(index, change)| item(change, index + 1)).collect();
        let _ = writeln!(out, "<ul class=\"list\">{items}</ul>");
    }
    out
}

fn item(change: &Change, index: usize) -> String {
    let Some(resource) = change.resource() else { return String::new() };
    let fate = change.kind().word();
    let (class, words) = if change.only_secrets { (" secret", ", secret values only") } else { ("", "") };
    let name = resource.identity.to_string();
    let (kind, name) = name.split_once(' ').unwrap_or(("", &name));
    format!(
        "<li class=\"{fate}{class}\"><a href=\"#c{index}\">{}<span class=\"w\"><span class=\"aside\">{fate}{words}: </span>\
         <span class=\"k\">{}</span> <bdi>{}</bdi></span></a></li>\n",
        mark(change),
        escape(kind),
        escape(name)
    )
}

/// The folder of the file in which a change is.
fn folder(change: &Change) -> &str {
    let file = change.resource().map_or("", |resource| &resource.file);
    file.rsplit_once('/').map_or("./", |(folder, _)| folder)
}
