//! The lines of a literal block that an edit leaves as they are written, with the blanks that decoding drops.

use crate::yaml::token::{self, Block};

/// A line of the source.
#[derive(Clone, Copy)]
pub(super) struct Line<'s> {
    /// The line with its indentation.
    pub(super) text: &'s str,
    /// Its line break; empty at the end of the source.
    pub(super) line_break: &'s str,
}

/// How many lines of the old text are searched for the one that a new line may be.
const WINDOW: usize = 64;

/// For each of the `new` lines the one in the source that it still is. `old` is the block's decoded text. Lines are paired from both
/// ends, and between those each with the next one that is equal: a line that is paired wrongly is still the same text.
pub(super) fn lines<'s>(source: &'s str, block: &Block, old: &str, new: &[&str]) -> Vec<Option<Line<'s>>> {
    let written = written(source, block);
    let mut kept = vec![None; new.len()];
    if written.iter().all(|line| !is_blank(line.text)) {
        // What is written anew is what was there.
        return kept;
    }
    let old: Vec<&str> = old.split('\n').take(written.len()).collect();
    let is_at = |index: usize, line: &str| old[index] == line && decodes_to(written[index].text, line);
    let end = old.len().min(new.len());
    let after = (0..end).take_while(|back| is_at(old.len() - 1 - back, new[new.len() - 1 - back])).count();
    let mut next = 0;
    for (index, line) in new.iter().enumerate() {
        let at = match new.len() - index {
            back if back <= after => Some(old.len() - back),
            _ => (next..old.len() - after).take(WINDOW).find(|at| is_at(*at, line)),
        };
        kept[index] = at.map(|at| written[at]);
        next = at.map_or(next, |at| at + 1);
    }
    kept
}

/// The lines of a literal block below its header; none of a folded one, whose lines are not those of its text.
fn written<'s>(source: &'s str, block: &Block) -> Vec<Line<'s>> {
    let text = &source[..block.span.end];
    let mut at = block.header_end + token::line_break(text, block.header_end).len();
    let mut lines = Vec::new();
    while text.as_bytes()[block.span.start] == b'|' && at < text.len() {
        let end = token::line_end(text.as_bytes(), at);
        let line_break = token::line_break(text, end);
        lines.push(Line { text: &text[at..end], line_break });
        at = end + line_break.len();
    }
    lines
}

/// Whether a line of the source is `decoded` after its indentation.
fn decodes_to(written: &str, decoded: &str) -> bool {
    match decoded {
        "" => is_indentation(written),
        _ => written.strip_suffix(decoded).is_some_and(is_indentation),
    }
}

fn is_indentation(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ')
}

/// Whether a line has blanks and nothing else.
fn is_blank(line: &str) -> bool {
    !line.is_empty() && is_indentation(line)
}
