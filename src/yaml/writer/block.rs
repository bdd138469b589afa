//! Literal block scalars: new ones, and replacements for a block scalar of the source.

use super::{kept, scalar};
use crate::budget::Limit;
use crate::yaml::token::{self, BREAKS, Block, Chomp};

/// Whether a text of several lines can be a new block scalar at column `indent` that ends with the line's own line break.
pub(super) fn fits(text: &str, indent: usize) -> bool {
    text.contains('\n')
        && !text.ends_with("\n\n")
        && !text.starts_with(' ')
        && !is_too_wide(text, indent)
        && can_be_literal(text)
}

/// Whether the indentation of a text's lines would take more bytes than one value may.
fn is_too_wide(text: &str, indent: usize) -> bool {
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    lines.saturating_mul(indent) as u64 > Limit::Value.most()
}

/// Appends a text that [`fits`] as a literal block with its lines at column `indent`, without a line break after it.
pub(super) fn literal(text: &str, indent: usize, line_break: &str, out: &mut String) {
    out.push_str(if text.ends_with('\n') { "|" } else { "|-" });
    out.push_str(line_break);
    lines(text.trim_end_matches('\n'), indent, line_break, out);
}

/// Appends a text in place of the block scalar `block`, whose decoded text is `old`. It becomes a literal block with the same
/// header and indentation if that preserves every character, else a double-quoted scalar.
pub(in crate::yaml) fn rewrite(source: &str, block: &Block, old: &str, text: &str, out: &mut String) {
    match BlockLayout::of(source, block, old, text) {
        Some(layout) => layout.write(source, block, old, text, out),
        None => on_one_line(source, block, |out| scalar::double(text, out), out),
    }
}

/// Appends the output of `write` in place of a block scalar, with the comment of its header.
pub(in crate::yaml) fn on_one_line(source: &str, block: &Block, write: impl FnOnce(&mut String), out: &mut String) {
    write(out);
    let comment = source[block.indicators_end..block.header_end].trim_end();
    out.push_str(if comment.starts_with('#') { " " } else { "" });
    out.push_str(comment);
    if ends_line(source, block) {
        out.push_str(token::line_break(source, block.header_end));
    }
}

/// The indentation and blank lines of a literal block for a text.
struct BlockLayout {
    indent: usize,
    chomp: Chomp,
    /// Blank lines to write after the text; others may follow in the source already.
    blank_lines: usize,
    ends_line: bool,
}

impl BlockLayout {
    fn of(source: &str, block: &Block, old: &str, text: &str) -> Option<Self> {
        let indent = block.text_indent(source, old).filter(|indent| *indent > 0)?;
        if is_too_wide(text, indent) || !can_stay_literal(text, block.indent.is_some()) {
            return None;
        }
        let breaks = text.len() - text.trim_end_matches('\n').len();
        let (chomp, blank_lines) = match (breaks, block.chomp) {
            (0, _) => (Chomp::Strip, 0),
            (_, Chomp::Keep) => (Chomp::Keep, breaks - 1),
            (1, _) => (Chomp::Clip, 0),
            _ => (Chomp::Keep, (breaks - 1).checked_sub(blank_lines_after(source, block, indent)?)?),
        };
        // At the end of the source, a block's last line may lack its line break.
        let implied = breaks == 1 && old.ends_with('\n');
        let ends_line = ends_line(source, block) || (breaks > 0 && !implied);
        Some(Self { indent, chomp, blank_lines, ends_line })
    }

    fn write(&self, source: &str, block: &Block, old: &str, text: &str, out: &mut String) {
        let line_break = match token::line_break(source, block.header_end) {
            line_break @ ("\n" | "\r" | "\r\n") => line_break,
            _ => "\n",
        };
        out.push('|');
        if self.chomp == block.chomp {
            out.push_str(&source[block.span.start + 1..block.indicators_end]);
        } else {
            out.extend(block.indent.map(|indent| char::from(b'0' + indent)));
            out.push_str(match self.chomp {
                Chomp::Clip => "",
                Chomp::Strip => "-",
                Chomp::Keep => "+",
            });
        }
        out.push_str(&source[block.indicators_end..block.header_end]);
        out.push_str(line_break);
        let mut new: Vec<&str> = text.trim_end_matches('\n').split('\n').collect();
        new.extend(std::iter::repeat_n("", self.blank_lines));
        let last = new.len() - 1;
        for (index, (line, written)) in new.iter().zip(kept::lines(source, block, old, &new)).enumerate() {
            match written {
                Some(written) => out.push_str(written.text),
                None => push_line(line, self.indent, out),
            }
            let own_break = written.map_or("", |written| written.line_break);
            if index < last || self.ends_line {
                out.push_str(if own_break.is_empty() { line_break } else { own_break });
            }
        }
    }
}

/// Whether every reader gets the text back from a literal block, apart from its last line breaks.
fn can_be_literal(text: &str) -> bool {
    let body = text.trim_end_matches('\n');
    !body.is_empty() && !body.starts_with(['\t', '\n']) && body.split('\n').all(is_literal_line)
}

fn is_literal_line(line: &str) -> bool {
    let is_blank = || line.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
    let is_simple = || line.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'));
    let is_printable = || line.chars().all(|char| char == '\t' || scalar::is_printable(char));
    line.is_empty() || !is_blank() && (is_simple() || is_printable())
}

/// Whether a text that a block scalar of the source becomes can be literal: its blank lines may hold blanks, and come first. Only
/// an indicated indentation allows blanks before its first word.
fn can_stay_literal(text: &str, is_indicated: bool) -> bool {
    let body = text.trim_matches('\n');
    let is_blank = |line: &str| line.trim_start_matches([' ', '\t']).is_empty();
    !body.is_empty()
        && !body.starts_with('\t')
        && (is_indicated || !body.starts_with(' '))
        && body.split('\n').all(|line| is_blank(line) || is_literal_line(line))
}

/// The number of blank lines after a block, which a `+` header would include; `None` if one of them has more than indentation.
fn blank_lines_after(source: &str, block: &Block, indent: usize) -> Option<usize> {
    let rest = &source[block.span.end..];
    let (mut at, mut count) = (0, 0);
    loop {
        let end = token::skip_blanks(rest.as_bytes(), at);
        match token::line_break(rest, end) {
            "" => return (end == at || end < rest.len()).then_some(count),
            "\n" | "\r" | "\r\n" if end - at <= indent && !rest[at..end].contains('\t') => count += 1,
            _ => return None,
        }
        at = end + token::line_break(rest, end).len();
    }
}

fn ends_line(source: &str, block: &Block) -> bool {
    source[..block.span.end].ends_with(BREAKS)
}

fn lines(text: &str, indent: usize, line_break: &str, out: &mut String) {
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push_str(line_break);
        }
        push_line(line, indent, out);
    }
}

fn push_line(line: &str, indent: usize, out: &mut String) {
    if !line.is_empty() {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str(line);
    }
}
