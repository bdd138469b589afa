//! Shows the reads to people: each path with the resources and fields that need its keys, and the counts.

use super::super::text::{Colour, one_line};
use super::ReadPlan;
use crate::placeholder::Key;
use crate::render::{PlaceholderUse, Read};
use crate::words::count;

/// A block for each read, and a last line with the counts.
pub(crate) fn text(plan: &ReadPlan<'_>, colour: Colour) -> String {
    let mut out = String::new();
    for read in &plan.reads {
        out += &block(plan, read, colour);
        out.push('\n');
    }
    out + &last_line(plan)
}

fn block(plan: &ReadPlan<'_>, read: &Read<'_>, colour: Colour) -> String {
    let mut out = colour.paint("1", &one_line(&read.id.written_path())) + &remarks(plan, read) + "\n";
    let rows: Vec<[String; 3]> = read.uses.iter().map(cells).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(60);
    let (key, field) = (width(0), width(1));
    let mut resource = String::new();
    for (usage, row) in read.uses.iter().zip(&rows) {
        let own = one_line(&usage.gap.resource.id.to_string());
        if own != resource {
            out += &format!("  {own}\n");
            resource = own;
        }
        out += &format!("    {:key$}  {:field$}  {}\n", row[0], row[1], row[2]);
    }
    out
}

fn cells(usage: &PlaceholderUse<'_>) -> [String; 3] {
    let key = match &usage.placeholder.key {
        Key::Whole => "*",
        Key::Named(key) => key,
    };
    let field = usage.gap.field.to_string();
    [one_line(key), one_line(&field), one_line(&usage.place.to_string())]
}

/// The remarks behind a path.
fn remarks(plan: &ReadPlan<'_>, read: &Read<'_>) -> String {
    let version = read.id.version.as_ref().map(|version| format!("version {version}"));
    let engine = plan.engine(read).map(|engine| format!("KV version {}", engine.number()));
    let namespace = plan.namespace(read).map(|namespace| format!("namespace {}", one_line(namespace)));
    let remarks: Vec<String> = [version, engine, namespace].into_iter().flatten().collect();
    if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join(", ")) }
}

fn last_line(plan: &ReadPlan<'_>) -> String {
    let [paths, placeholders, resources] = plan.counts();
    let mut line = match paths {
        0 => "nothing is read".to_owned(),
        _ => format!(
            "{} in {}, for {} in {}",
            count::of(paths, "path"),
            count::of(plan.requests(), "request"),
            count::of(placeholders, "placeholder"),
            count::of(resources, "resource"),
        ),
    };
    if !plan.is_complete {
        line += "; more may be missing from this list, for there are errors";
    }
    line + "\n"
}
