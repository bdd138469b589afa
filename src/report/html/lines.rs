//! Writes the lines of a change as tables: hunks, and between them the unchanged lines, which a script can fold and unfold.

use std::fmt::Write as _;

use crate::compare::{Change, Resource};
use crate::diff::{Hunk, Sign};

use super::{line, number};

/// The most rows of a table. A browser lays out only the tables in view, so several are quicker than one.
const LONGEST: usize = 500;

/// The most unchanged lines that are not folded: the label of a fold would take as much room.
const WORTH_A_LINE: usize = 2;

/// The row for folded lines, up to its label.
const GAP: &str =
    "<tbody class=\"gap\"><tr><td class=\"t\" colspan=\"3\"><button type=\"button\" aria-expanded=\"false\">";

/// The deepest indentation that `style.css` knows.
const DEEPEST: usize = 40;

/// Writes rows, and a new table where one is full.
struct Tables<'o> {
    out: &'o mut String,
    label: &'o str,
    rows: usize,
    /// For each side, the number of lines above its text in the file.
    above: (usize, usize),
}

/// Appends the lines of a change. `label` is the accessible name of its tables, already escaped.
pub(super) fn write(out: &mut String, change: &Change, hunks: &[Hunk], label: &str) {
    let above = |side: &Option<Resource>| side.as_ref().map_or(0, |resource| resource.line.saturating_sub(1));
    let after: Vec<&str> = change.after.iter().flat_map(|resource| resource.text.lines()).collect();
    let mut tables = Tables { out, label, rows: 0, above: (above(&change.before), above(&change.after)) };
    let size = hunks.iter().map(|hunk| hunk.lines.len()).sum();
    tables.open(size);
    let (mut left, mut right) = (1, 1);
    for hunk in hunks {
        let (before_range, after_range) = hunk.ranges();
        // An empty range has no line of its own: it starts after the line before it.
        if !before_range.is_empty() && !after_range.is_empty() {
            tables.unchanged(&after, left, right, after_range.start);
            left = before_range.end;
            right = after_range.end;
        }
        tables.hunk(hunk);
    }
    if left > 1 {
        tables.unchanged(&after, left, right, after.len() + 1);
    }
    tables.close();
}

impl Tables<'_> {
    fn open(&mut self, size: usize) {
        let size = size.clamp(1, LONGEST).ilog2() + 1;
        let _ = write!(
            self.out,
            "<div class=\"chunk z{size}\"><table class=\"inline\" aria-label=\"{}\">\
             <colgroup><col class=\"n\"><col class=\"n\"><col></colgroup>",
            self.label
        );
        self.rows = 0;
    }

    fn close(&mut self) {
        self.out.push_str("</table></div>\n");
    }

    /// Writes unchanged lines: those from `right` to `end` of the text after, which start at `left` in the text before.
    fn unchanged(&mut self, after: &[&str], left: usize, right: usize, end: usize) {
        let lines = after.get(right - 1..end - 1).unwrap_or_default();
        match lines.len() {
            0 => return,
            1..=WORTH_A_LINE => self.out.push_str("<tbody>"),
            count => {
                let _ = write!(
                    self.out,
                    "{GAP}▸ {} unchanged lines</button></td></tr></tbody><tbody class=\"fold\">",
                    number(count)
                );
            }
        }
        for (index, text) in lines.iter().enumerate() {
            self.row(Sign::Same, (Some(left + index), Some(right + index)), text);
            line::write(self.out, text, &[]);
        }
        self.out.push_str("</tbody>");
    }

    fn hunk(&mut self, hunk: &Hunk) {
        self.out.push_str("<tbody>");
        for one in &hunk.lines {
            if self.rows == LONGEST {
                self.out.push_str("</tbody>");
                self.close();
                self.open(LONGEST);
                self.out.push_str("<tbody>");
            }
            self.row(one.sign, (one.before, one.after), &one.text);
            line::write(self.out, &one.text, &one.emphasis);
            self.rows += 1;
        }
        self.out.push_str("</tbody>");
    }

    /// Writes a row up to its text. HTML does not need the end tags, and there are many rows.
    fn row(&mut self, sign: Sign, (before, after): (Option<usize>, Option<usize>), text: &str) {
        self.out.push_str(match sign {
            Sign::Same => "<tr>",
            Sign::Removed => "<tr class=d>",
            Sign::Added => "<tr class=a>",
        });
        self.number(before, self.above.0);
        self.number(after, self.above.1);
        let _ = match (text.len() - text.trim_start_matches(' ').len()).min(DEEPEST) / 2 {
            0 => self.out.write_str("<td class=t>"),
            half => write!(self.out, "<td class=\"t i{}\">", 2 * half),
        };
    }

    fn number(&mut self, line: Option<usize>, above: usize) {
        self.out.push_str("<td>");
        if let Some(line) = line {
            let _ = write!(self.out, "{}", line + above);
        }
    }
}
