//! `keep list`: a line for each entry, without its content.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::super::environment::Environment;
use super::super::output;
use super::{Format, TIME, entries};
use crate::client::Deadline;
use crate::error::{Error, Kind};
use crate::keep::{Entry, EntryLabel, EntryName, Keep, StoredEntry};
use crate::{moment, visible};

/// Prints the entries that a key opens, and reports how many there are that none opens.
pub(super) async fn run(keep: &Keep, format: Format, environment: &Environment) -> anyhow::Result<ExitCode> {
    let all = keep.entries(Deadline::after(TIME)).await.map_err(|trouble| trouble.into_error())?;
    let unreadable = all.iter().filter(|(_, opened)| opened.is_err()).count();
    let mut opened: Vec<(EntryName, Entry)> =
        all.into_iter().filter_map(|(_, opened): StoredEntry| opened.ok()).collect();
    opened.sort_by(|(_, a), (_, b)| (&a.label.namespace, &a.label.path).cmp(&(&b.label.namespace, &b.label.path)));
    let text = match format {
        Format::Text => table(&opened),
        Format::Json => opened.iter().map(|(name, entry)| line(&name.kind, entry)).collect(),
    };
    if unreadable > 0 {
        output::report(&[sealed_by_another(unreadable)], environment);
    }
    output::finish(&text)
}

fn sealed_by_another(count: usize) -> Error {
    let detail = format!("{} cannot be opened by any key", entries(count));
    Error::warning(Kind::Setting, detail)
        .hint("another key of `AVP_KEEP_KEY_FILE` has sealed them; they end by themselves")
}

/// The entries below each other, in columns.
fn table(entries: &[(EntryName, Entry)]) -> String {
    let heading = ["KIND", "PATH", "NAMESPACE", "ACCESSOR", "MADE", "ENDS"].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(heading).chain(entries.iter().map(cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4, 5].map(width);
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn cells((name, entry): &(EntryName, Entry)) -> [String; 6] {
    let EntryLabel { path, namespace, accessor } = &entry.label;
    let shown = |text: Option<&str>| visible::escaped(text.unwrap_or("-"));
    let texts = [Some(&*name.kind), Some(path), namespace.as_deref(), accessor.as_deref()].map(shown);
    let [kind, path, namespace, accessor] = texts;
    let [made, ends] = [entry.made, entry.ends].map(|time| moment::shown(seconds(time)));
    [kind, path, namespace, accessor, made, ends]
}

/// An entry as JSON; what it does not have is left out.
fn line(kind: &str, entry: &Entry) -> String {
    let EntryLabel { path, namespace, accessor } = &entry.label;
    let mut line = json!({"kind": kind, "path": path, "made": seconds(entry.made), "ends": seconds(entry.ends)});
    for (name, text) in [("namespace", namespace), ("accessor", accessor)] {
        if let Some(text) = text {
            line[name] = text.as_str().into();
        }
    }
    visible::json(&line.to_string()).into_owned() + "\n"
}

fn seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
