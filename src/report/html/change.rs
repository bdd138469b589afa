//! Writes the article about a resource that changed: its title, its place in the files, and its lines.

use std::fmt::Write as _;

use crate::compare::{Change, Identity, Resource};
use crate::diff::{Hunk, Sign};

use super::escape::escape;
use super::{lines, number};

/// Appends the article of a change. `index` is its number on the page.
pub(super) fn write(out: &mut String, change: &Change, index: usize) {
    let Some(resource) = change.resource() else { return };
    let hunks = change.hunks();
    let fate = change.kind().word();
    let secret = if change.only_secrets { " secret" } else { "" };
    let _ = writeln!(
        out,
        "<article id=\"c{index}\" class=\"{fate}{secret}\" aria-labelledby=\"t{index}\"><details open><summary>\
         {mark}<h2 id=\"t{index}\"><span class=\"aside\">{fate}: </span>{title}</h2>{badge}{sum}</summary>\
         <p class=\"where\">{place}</p>",
        mark = mark(change),
        title = title(&resource.identity),
        badge = if change.only_secrets { "<span class=\"badge\">secret values only</span>" } else { "" },
        sum = sum(&hunks),
        place = place(change),
    );
    lines::write(out, change, &hunks, &escape(&resource.identity.to_string()));
    out.push_str("</details></article>\n");
}

/// The sign for a kind of change. Screen readers skip it.
pub(super) fn mark(change: &Change) -> String {
    let mark = match change.kind().word() {
        "added" => '+',
        "removed" => '−',
        _ => '~',
    };
    format!("<span class=\"mark\" aria-hidden=\"true\">{mark}</span>")
}

/// Kind, name and namespace; the file for a document without a name.
fn title(identity: &Identity) -> String {
    let id = &identity.id;
    let Some(name) = id.name.as_ref().filter(|_| identity.file.is_none()) else {
        return format!("<b><bdi>{}</bdi></b>", escape(&identity.to_string()));
    };
    let space = id.namespace.as_ref().map(|namespace| {
        format!(" <span class=\"space\"><span class=\"aside\">in </span><bdi>{}</bdi></span>", escape(namespace))
    });
    format!(
        "<span class=\"kind\"><bdi>{}</bdi></span> <b><bdi>{}</bdi></b>{}",
        escape(&id.kind),
        escape(name),
        space.unwrap_or_default()
    )
}

/// `+4 −2`
fn sum(hunks: &[Hunk]) -> String {
    let count = |sign: Sign| hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.sign == sign).count();
    let (added, removed) = (count(Sign::Added), count(Sign::Removed));
    let mut parts = Vec::new();
    if added > 0 {
        parts.push(format!("<ins>+{}</ins>", number(added)));
    }
    if removed > 0 {
        parts.push(format!("<del>−{}</del>", number(removed)));
    }
    format!("<span class=\"sum\">{}</span>", parts.join(" "))
}

/// File and line on both sides, or once if they are equal.
fn place(change: &Change) -> String {
    let of = |side: &Option<Resource>| {
        side.as_ref().map(|resource| format!("<bdi>{}:{}</bdi>", escape(&resource.file), resource.line))
    };
    match (of(&change.before), of(&change.after)) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        (before, after) => after.or(before).unwrap_or_default(),
    }
}
