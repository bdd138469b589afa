//! Shows a comparison as a comment on a pull request: a table, and a fold for each resource, within the size that GitHub takes.
//! No text of a manifest can break out of its fence or its cell.

use std::fmt::Write;

use super::diff::{counted, header, place, title};
use super::legend::legend;
use crate::compare::{Change, Comparison, Resource};
use crate::visible;
use crate::words::count;

/// The longest comment that GitHub takes, in characters. It is used as a number of bytes, which is never smaller.
const LIMIT: usize = 65_536;

/// The room for the table.
const TABLE: usize = 16_384;

/// The room kept for the sentences at the end.
const END: usize = 1024;

/// The least room that is worth a fold.
const SHORTEST: usize = 400;

/// The longest line that is not cut, in characters.
const LINE: usize = 1000;

/// The comment about a comparison.
pub(crate) fn comment(comparison: &Comparison) -> String {
    let base = if comparison.base.is_empty() { String::new() } else { format!(" against {}", code(&comparison.base)) };
    let mut out = format!("### Manifests{base}\n\n**{}**\n", counted(&comparison.counts()));
    for note in comparison.notes.iter().take(20) {
        let _ = write!(out, "\n- {}\n", sentence(cut(note, LINE)));
    }
    table(&mut out, &comparison.changes);
    let mut left = Left::default();
    for (index, change) in comparison.changes.iter().enumerate() {
        let room = LIMIT.saturating_sub(out.len() + END);
        let share = (room / (comparison.changes.len() - index)).max(SHORTEST);
        // Each change gets an equal share of the room that is left, which includes what earlier changes did not use.
        fold(&mut out, change, share.min(room), &mut left);
    }
    left.write(&mut out);
    if let Some(legend) = legend(&out) {
        let _ = write!(out, "\n{}\n", sentence(legend));
    }
    out
}

/// What did not fit into the comment.
#[derive(Default)]
struct Left {
    lines: usize,
    resources: usize,
}

impl Left {
    fn write(&self, out: &mut String) {
        let parts = [(self.lines, "line"), (self.resources, "resource")].into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, noun)| count::of(count, noun)).collect();
        if !parts.is_empty() {
            let _ = write!(out, "\n*Left out, for a comment has no more room: {}.*\n", parts.join(" and "));
        }
    }
}

/// Writes a row for each change, as many as there is room for.
fn table(out: &mut String, changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    out.push_str("\n| | resource | where |\n|---|---|---|\n");
    let (end, mut shown) = (out.len() + TABLE, 0);
    for change in changes {
        let row = row(change);
        if out.len() + row.len() > end {
            break;
        }
        out.push_str(&row);
        shown += 1;
    }
    if shown < changes.len() {
        let _ = writeln!(out, "| … | and {} more | |", changes.len() - shown);
    }
}

fn row(change: &Change) -> String {
    let only = if change.only_secrets { ", secret values only" } else { "" };
    let Some(resource) = change.resource() else { return String::new() };
    let name = code(cut(&resource.identity.to_string(), LINE));
    format!("| {}{only} | {name} | {} |\n", change.kind().word(), code(cut(&place(resource), LINE)))
}

/// Writes a change that unfolds, in at most `room` bytes.
fn fold(out: &mut String, change: &Change, room: usize, left: &mut Left) {
    let text = change_lines(change);
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    let place = change.resource().map(place_of).unwrap_or_default();
    let head = format!("\n<details><summary>{}{place}</summary>\n\n{fence}diff\n", code(cut(&title(change), LINE)));
    let tail = format!("{fence}\n\n</details>\n");
    let Some(room) = room.checked_sub(head.len() + tail.len()).filter(|room| *room >= SHORTEST.min(text.len())) else {
        left.resources += 1;
        return;
    };
    let shown = whole_lines(&text, room);
    left.lines += text[shown.len()..].lines().count();
    let _ = write!(out, "{head}{shown}{tail}");
}

fn place_of(resource: &Resource) -> String {
    format!(" {}", code(cut(&place(resource), LINE)))
}

fn change_lines(change: &Change) -> String {
    let mut text = String::new();
    for hunk in change.hunks() {
        let _ = writeln!(text, "{}", header(&hunk, change));
        for line in &hunk.lines {
            let shown = cut(&line.text, LINE);
            let more = if shown.len() < line.text.len() { "…" } else { "" };
            let _ = writeln!(text, "{}{}{more}", line.sign.mark(), visible::replaced(shown));
        }
    }
    text
}

/// The first lines of a text that fit into `room` bytes.
fn whole_lines(text: &str, room: usize) -> &str {
    if text.len() <= room {
        return text;
    }
    let end = text.as_bytes()[..room].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    &text[..end]
}

fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

/// The first characters of a text.
fn cut(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at])
}

/// A sentence in which backticks mark code.
fn sentence(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { code(part) } else { plain(part) }).collect()
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

/// Text with everything escaped that would be Markdown, HTML, a mention or a link.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for char in visible::replaced(text).chars() {
        match char {
            '-' | '/' | '.' | ' ' => out.push(char),
            char if char.is_alphanumeric() => out.push(char),
            char => {
                let _ = write!(out, "&#{};", u32::from(char));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Side;

    fn comparison(before: &[(&str, &str)], after: &[(&str, &str)]) -> Comparison {
        let side = |files: &[(&str, &str)]| {
            let mut side = Side::new();
            files.iter().for_each(|(name, text)| side.add(name, name, 1, text));
            side
        };
        Comparison { base: "main".into(), ..Comparison::new(side(before), side(after)) }
    }

    #[test]
    fn a_comment_has_a_table_and_a_fold_for_each_resource() {
        let text = |data: &str| format!("kind: A\napiVersion: v1\nmetadata: {{name: a, namespace: x}}\ndata: {data}\n");
        let shown = comment(&comparison(&[("a.yaml", &text("1"))], &[("a.yaml", &text("2"))]));
        let expected = "\
### Manifests against <code>main</code>

**1 changed, 0 unchanged**

| | resource | where |
|---|---|---|
| changed | <code>A x/a</code> | <code>a.yaml&#58;1</code> |

<details><summary><code>changed A x/a</code> <code>a.yaml&#58;1</code></summary>

```diff
@@ -1,4 +1,4 @@
 kind: A
 apiVersion: v1
 metadata: {name: a, namespace: x}
-data: 1
+data: 2
```

</details>
";
        assert_eq!(shown, expected);
        assert_eq!(
            comment(&comparison(&[], &[])),
            "### Manifests against <code>main</code>\n\n**nothing changes, 0 unchanged**\n"
        );
    }

    #[test]
    fn nothing_gets_out_of_its_fence_or_its_cell() {
        let text = "kind: A\napiVersion: v1\nmetadata: {name: \"`x`|</code>\\n@me #1 [a](b) *c*\"}\ndata: |\n  ```\n  ````\n  </details>\n";
        let shown = comment(&comparison(&[], &[("a`|.yaml", text)]));
        assert!(shown.contains("`````diff\n@@ -0,0 +1,7 @@\n+kind: A\n"), "{shown}");
        assert!(shown.contains("+  </details>\n`````\n\n</details>\n"), "{shown}");
        let outside = shown.split("`````").next().unwrap();
        let row = outside.lines().find(|line| line.starts_with("| added")).unwrap();
        assert_eq!(row.matches('|').count(), 4, "{row}");
        assert!(!row.contains(['`', '@', '[', '*']) && row.matches("</code>").count() == 2, "{row}");
    }

    #[test]
    fn a_comment_is_never_longer_than_github_takes() {
        let long = "x".repeat(200);
        let names: Vec<String> = (0..2000).map(|number| format!("{number}-{}.yaml", &long[..number % 190])).collect();
        let text = |lines: usize| {
            format!(
                "kind: A\napiVersion: v1\nmetadata: {{name: a}}\ndata:\n{}",
                format!("- \"{long}\"\n").repeat(lines)
            )
        };
        let (one, many) = (text(2000), text(10));
        let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), many.as_str())).collect();
        let line = format!("kind: A\napiVersion: v1\nmetadata: {{name: a}}\ndata: {}\n", "é`|".repeat(100_000));
        for (after, least, said) in [
            (vec![("a.yaml", &*one)], 60_000, "lines"),
            (many.clone(), 60_000, "resources"),
            ([&[("a.yaml", &*one)], &many[..20]].concat(), 60_000, "lines"),
            (vec![("a.yaml", &*line)], 1000, ""),
        ] {
            let shown = comment(&comparison(&[], &after));
            assert!(shown.len() <= LIMIT && shown.len() > least, "{} bytes", shown.len());
            assert!(shown.contains(said) && shown.matches("<details>").count() == shown.matches("</details>").count());
            assert_eq!(said.is_empty(), !shown.contains("Left out"), "{said}");
        }
    }
}
