//! Shows a comparison as `git diff` would. Knows no terminal: the caller says whether there are colours.

use std::fmt::Write;
use std::ops::Range;

use super::legend::legend;
use super::text::Colour;
use crate::compare::{Change, Comparison, Counts, Resource};
use crate::diff::{Hunk, Line, Sign};
use crate::visible;

/// Every change with its lines, then the notes, the counts and the legend.
pub(crate) fn text(comparison: &Comparison, colour: Colour) -> String {
    let mut out = String::new();
    for change in &comparison.changes {
        let _ = writeln!(out, "{}", colour.paint("1", &title(change)));
        lines(&mut out, change, colour);
        out.push('\n');
    }
    for note in &comparison.notes {
        let _ = writeln!(out, "note: {}", visible::replaced(note));
    }
    let _ = writeln!(out, "{}", colour.paint("1", &counted(&comparison.counts())));
    if let Some(legend) = legend(&out) {
        let _ = writeln!(out, "{}", legend.replace('`', ""));
    }
    // Text without colours may end up in a log that reads commands.
    if colour == Colour::None {
        out.lines().map(|line| visible::without_commands(line).into_owned() + "\n").collect()
    } else {
        out
    }
}

/// `2 added, 3 changed (1 in secret values only), 96 unchanged`.
pub(super) fn counted(counts: &Counts) -> String {
    let only = match counts.only_secrets {
        0 => String::new(),
        count => format!(" ({count} in secret values only)"),
    };
    let parts = [(counts.added, "added", ""), (counts.changed, "changed", &*only), (counts.removed, "removed", "")];
    let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
    let mut parts: Vec<String> = parts.map(|(count, word, rest)| format!("{count} {word}{rest}")).collect();
    if parts.is_empty() {
        parts.push("nothing changes".to_owned());
    }
    format!("{}, {} unchanged", parts.join(", "), counts.unchanged)
}

/// `changed ConfigMap shop/web: secret values only`.
pub(super) fn title(change: &Change) -> String {
    let name = change.resource().map(|resource| resource.identity.to_string()).unwrap_or_default();
    let only = if change.only_secrets { ": secret values only" } else { "" };
    format!("{} {}{only}", change.kind().word(), visible::replaced(&name))
}

fn lines(out: &mut String, change: &Change, colour: Colour) {
    for (mark, side) in [("---", &change.before), ("+++", &change.after)] {
        let named = side.as_ref().map_or("/dev/null".to_owned(), place);
        let _ = writeln!(out, "{}", colour.paint("1", &format!("{mark} {named}")));
    }
    for hunk in change.hunks() {
        let _ = writeln!(out, "{}", colour.paint("36", &header(&hunk, change)));
        hunk.lines.iter().for_each(|one| line(out, one, colour));
    }
}

/// `file:line`.
pub(super) fn place(resource: &Resource) -> String {
    format!("{}:{}", visible::replaced(&resource.file), resource.line)
}

/// A hunk's header with the lines of the files.
pub(super) fn header(hunk: &Hunk, change: &Change) -> String {
    let above = |side: &Option<Resource>| side.as_ref().map_or(0, |resource| resource.line.saturating_sub(1));
    hunk.header(above(&change.before), above(&change.after))
}

/// Writes a line in its colour, with the parts that differ in reverse video.
fn line(out: &mut String, line: &Line, colour: Colour) {
    let code = match line.sign {
        Sign::Same => None,
        Sign::Removed => Some("31"),
        Sign::Added => Some("32"),
    };
    let Some(code) = code.filter(|_| colour == Colour::Ansi) else {
        let _ = writeln!(out, "{}{}", line.sign.mark(), visible::replaced(&line.text));
        return;
    };
    let mut painted = String::new();
    let mut at = 0;
    let mut part = |range: Range<usize>, code: &str| {
        if !range.is_empty() {
            painted += &colour.paint(code, &visible::replaced(&line.text[range]));
        }
    };
    for range in &line.emphasis {
        part(at..range.start, code);
        part(range.clone(), &format!("{code};7"));
        at = range.end;
    }
    part(at..line.text.len(), code);
    let _ = writeln!(out, "{}{painted}", colour.paint(code, &line.sign.mark().to_string()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Side;

    fn comparison(before: &str, after: &str) -> Comparison {
        let side = |file: &str, text: &str| {
            let mut side = Side::new();
            side.add(file, "a.yaml", 1, text);
            side
        };
        Comparison { base: "main".into(), ..Comparison::new(side("main:a.yaml", before), side("a.yaml", after)) }
    }

    #[test]
    fn a_change_looks_as_git_shows_it() {
        let text_of = |data: &str| {
            format!(
                "kind: A\napiVersion: v1\nmetadata: {{name: a}}\n---\nkind: A\napiVersion: v1\nmetadata: {{name: b}}\ndata: {data}\n"
            )
        };
        let shown = text(&comparison(&text_of("one"), &text_of("two")), Colour::None);
        let expected = "changed A b\n--- main:a.yaml:5\n+++ a.yaml:5\n@@ -5,4 +5,4 @@\n kind: A\n apiVersion: v1\n metadata: {name: b}\n\
                        -data: one\n+data: two\n\n1 changed, 1 unchanged\n";
        assert_eq!(shown, expected);
        assert_eq!(text(&comparison("", ""), Colour::None), "nothing changes, 0 unchanged\n");
    }

    #[test]
    fn what_differs_in_a_line_is_reversed_on_a_terminal() {
        let shown = text(&comparison("a: 1.2\n", "a: 1.3\n"), Colour::Ansi);
        assert!(shown.contains("\u{1b}[31m-\u{1b}[0m\u{1b}[31ma: 1.\u{1b}[0m\u{1b}[31;7m2\u{1b}[0m\n"), "{shown:?}");
        assert!(shown.contains("\u{1b}[32;7m3\u{1b}[0m"), "{shown:?}");
    }

    #[test]
    fn nothing_in_a_manifest_steers_the_terminal() {
        let shown = text(&comparison("", "a: \u{1b}[2J\u{202e}\u{200b}x\r\n"), Colour::None);
        assert!(shown.contains("+a: \u{fffd}[2J\u{fffd}\u{fffd}x\n"), "{shown:?}");
    }

    #[test]
    fn nothing_in_a_manifest_is_a_command_to_a_runner() {
        let shown = text(&comparison("a: |\n ::add-mask::x\nb: 1", "a: |\n ::add-mask::x\nb: ##[error]"), Colour::None);
        assert!(shown.contains("  \u{fffd}:add-mask::x\n") && shown.contains("+b: #\u{fffd}[error]\n"), "{shown}");
    }
}
