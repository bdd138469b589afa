//! A text over several lines of which only some words change: the others keep their lines. `None` where it has to be written anew.

use std::ops::Range;

use zeroize::Zeroizing;

use super::splice::Edit;
use super::token::{self, BREAKS};
use super::tree::{Content, Node, NodeId, ReadBy, Style, Tree};
use super::writer::scalar::{self, is_printable};
use crate::source::Span;
use crate::value::Value;

/// How many of the old words are searched for the one that a new word may be.
const WINDOW: usize = 64;

/// The edits that make the scalar `id` the text `value`, and leave every word that stays where it stands.
pub(super) fn edits(tree: &Tree, id: NodeId, value: &Value) -> Option<Vec<Edit>> {
    if matches!(tree.read_by, ReadBy::Json | ReadBy::Subset) {
        return None;
    }
    let node = tree.node(id);
    let (Content::Scalar(style, old), Value::Text(new)) = (&node.content, value) else { return None };
    let body = body(tree.text, node, *style)?;
    let written = words(&tree.text[body.range()]);
    let (old_words, new_words) = (words(old), words(new));
    let is_written = |(word, old_word): (&Range<usize>, &Range<usize>)| {
        decoded(&tree.text[body.range()][word.clone()], *style).is_some_and(|word| word == old[old_word.clone()])
    };
    if written.len() != old_words.len() || !written.iter().zip(&old_words).all(is_written) {
        return None;
    }
    let changes = changes(old, &old_words, new, &new_words)?;
    let mut edits = Vec::new();
    let (mut result, mut end) = (Zeroizing::new(String::new()), 0);
    for Change { gone, come } in changes {
        let text = &new[new_words[come.start].start..new_words[come.end - 1].end];
        let span = Span::new(written[gone.start].start, written[gone.end - 1].end).shifted(body.start);
        edits.push(Edit { span, text: encoded(text, *style, node.flow)? });
        result.push_str(&old[end..old_words[gone.start].start]);
        result.push_str(text);
        end = old_words[gone.end - 1].end;
    }
    result.push_str(&old[end..]);
    (*result == new.as_str()).then_some(edits)
}

/// The bytes that hold the words of a scalar over several lines. A literal block keeps its lines by itself.
fn body(text: &str, node: &Node<'_>, style: Style) -> Option<Span> {
    let Span { start, end } = node.span;
    let body = match style {
        Style::Literal => return None,
        Style::Folded => Span::new(token::block(text, node.span).header_end, end),
        Style::Single | Style::Double => Span::new(start + 1, end - 1),
        Style::Plain => node.span,
    };
    text[body.range()].contains(BREAKS).then_some(body)
}

/// Words that go, of the old text, and those of the new text that come in their place.
struct Change {
    gone: Range<usize>,
    come: Range<usize>,
}

/// What becomes of the old words, in order. Words are paired from both ends, and between those each with the next one that is
/// equal. `None` if no word stays, or if one comes or goes without another in its place.
fn changes(old: &str, old_words: &[Range<usize>], new: &str, new_words: &[Range<usize>]) -> Option<Vec<Change>> {
    let is_same = |at: usize, index: usize| old[old_words[at].clone()] == new[new_words[index].clone()];
    let (before, after) = (old_words.len(), new_words.len());
    let kept_end = (1..=before.min(after)).take_while(|back| is_same(before - back, after - back)).count();
    let (mut changes, mut at, mut from) = (Vec::new(), 0, 0);
    for index in 0..=after {
        let pair = match after - index {
            back if back <= kept_end => Some(before - back),
            _ => (at..before - kept_end).take(WINDOW).find(|at| is_same(*at, index)),
        };
        let Some(pair) = pair.filter(|pair| *pair >= at) else { continue };
        if pair > at || index > from {
            changes.push(Change { gone: at..pair, come: from..index });
        }
        (at, from) = (pair + 1, index + 1);
    }
    let stays = changes.iter().map(|change| change.gone.len()).sum::<usize>() < before;
    (stays && changes.iter().all(|change| !change.gone.is_empty() && !change.come.is_empty())).then_some(changes)
}

/// The words of a text: what stands between blanks and line breaks.
fn words(text: &str) -> Vec<Range<usize>> {
    let is_space = |char: char| matches!(char, ' ' | '\t') || BREAKS.contains(&char);
    let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let words = text.split(is_space).filter(|word| !word.is_empty());
    words.map(|word| start(word)..start(word) + word.len()).collect()
}

/// A word of the source as it is read; `None` for one with escapes.
fn decoded(word: &str, style: Style) -> Option<String> {
    match style {
        Style::Single => Some(word.replace("''", "'")),
        Style::Double if word.contains('\\') => None,
        _ => Some(word.to_owned()),
    }
}

/// Words as they are written in `style`; `None` if it cannot hold them on one line, or if they may not begin a line.
fn encoded(text: &str, style: Style, flow: bool) -> Option<Zeroizing<String>> {
    let ends_plain = text.starts_with('#')
        || text.ends_with(':')
        || [": ", " #"].iter().any(|sign| text.contains(sign))
        || flow && text.contains([',', '[', ']', '{', '}', '?', ':']);
    let begins_marker = ["---", "...", "%"].iter().any(|sign| text.starts_with(sign));
    let can_hold = text.chars().all(is_printable) && !begins_marker && (style != Style::Plain || !ends_plain);
    let mut out = Zeroizing::new(String::with_capacity(2 * text.len() + 2));
    if matches!(style, Style::Single | Style::Double) {
        scalar::text(text, style, flow, &mut out);
        out.pop();
        out.remove(0);
    } else {
        out.push_str(text);
    }
    can_hold.then_some(out)
}
