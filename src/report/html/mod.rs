//! Shows a comparison as one page for a browser. The page loads nothing, and no text of a manifest can run in it.

mod change;
mod escape;
mod line;
mod lines;
mod list;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::legend::legend;
use crate::compare::Comparison;
use crate::words::count;
use escape::escape;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page about a comparison.
pub(crate) fn page(comparison: &Comparison) -> String {
    let (heading, changes) = (heading(comparison), changes(comparison));
    let base = Some(escape(&comparison.base)).filter(|base| !base.is_empty());
    fill(|name| match name {
        "policy" => policy(),
        "style" => STYLE.to_owned(),
        "script" => SCRIPT.to_owned(),
        "title" => base.iter().fold(heading.clone(), |heading, base| format!("{heading} · {base}")),
        "heading" => heading.clone(),
        "base" => base.iter().map(|base| format!("against <code>{base}</code>")).collect(),
        "counts" => list::counts(comparison),
        "list" => list::list(comparison),
        "notes" => notes(comparison),
        "changes" => changes.clone(),
        "unchanged" => unchanged(comparison),
        "legend" => legend(&changes).map(note).unwrap_or_default(),
        _ => unreachable!("page.html has no {name}"),
    })
}

/// `page.html` with its marks replaced. Marks in the replacements stay as they are.
fn fill(part: impl Fn(&str) -> String) -> String {
    let mut pieces = PAGE.split("{{");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or((piece, ""));
        out.push_str(&part(name));
        out.push_str(rest);
    }
    out
}

/// The content security policy: only the style and the script of this page, known by their digests, count. Nothing is loaded,
/// framed or sent, and the script cannot run a text as code.
fn policy() -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        digest(STYLE),
        digest(SCRIPT)
    )
}

fn heading(comparison: &Comparison) -> String {
    let changed = comparison.changes.len();
    let all = changed + comparison.unchanged;
    match changed {
        0 => "Nothing changes".to_owned(),
        1 => format!("1 of {} changes", resources(all)),
        _ => format!("{} of {} change", number(changed), resources(all)),
    }
}

fn changes(comparison: &Comparison) -> String {
    let mut out = String::new();
    for (index, change) in comparison.changes.iter().enumerate() {
        change::write(&mut out, change, index + 1);
    }
    out
}

fn notes(comparison: &Comparison) -> String {
    let items: String = comparison.notes.iter().map(|note| format!("<li>{}</li>", escape(note))).collect();
    if items.is_empty() { items } else { format!("<ul class=\"notes\" aria-label=\"Notes\">{items}</ul>") }
}

/// A sentence at the end, in which backticks mark code.
fn note(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let shown = parts.map(|(index, part)| match index % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    });
    format!("<p class=\"legend\">{}.</p>", shown.collect::<String>())
}

fn unchanged(comparison: &Comparison) -> String {
    match (comparison.changes.len(), comparison.unchanged) {
        (0, 0) => "<p class=\"none\"><b>Nothing to compare</b>There is no resource on either side.</p>".to_owned(),
        (0, 1) => "<p class=\"none\"><b>Nothing changes</b>The one resource stays as it is.</p>".to_owned(),
        (0, all) => format!("<p class=\"none\"><b>Nothing changes</b>All {} stay as they are.</p>", resources(all)),
        (_, 0) => String::new(),
        (_, 1) => "<p class=\"same\">1 other resource stays as it is.</p>".to_owned(),
        (_, rest) => format!("<p class=\"same\">{} other resources stay as they are.</p>", number(rest)),
    }
}

/// `1 resource`, `10,412 resources`.
fn resources(count: usize) -> String {
    format!("{} {}", number(count), count::noun_for(count, "resource"))
}

/// `10,412`
fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        let _ = write!(out, "{digit}");
    }
    out
}

#[cfg(test)]
mod tests;
