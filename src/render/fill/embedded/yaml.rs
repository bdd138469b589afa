//! YAML inside a block of text: whether it has the keys and items that its author wrote once it is filled. Knows no placeholder.

use super::super::insertion::joined;
use super::pieces::Pieces;
use crate::yaml::reader;
use crate::yaml::split::split;
use crate::yaml::tree::{Content, NodeId, Style, Tree};

/// The word that stands in for a value.
const STAND_IN: &str = "placeholder";

/// The first insertion that may change the YAML around it, if it or another does. A text that is a lone scalar is never YAML.
pub(super) fn broken(pieces: Pieces<'_>) -> Option<usize> {
    let is_suspect = |index: &usize| !is_a_word(&pieces.insertions[*index].bytes) && !is_in_a_block(pieces, *index);
    let suspect = (0..pieces.insertions.len()).find(is_suspect)?;
    if !pieces.text.lines().any(may_have_members) {
        return None;
    }
    let template = pieces.template(|_| STAND_IN);
    let written = trees(&template)?;
    let has_members =
        |tree: &Tree<'_>| tree.root().is_some_and(|root| !matches!(tree.node(root).content, Content::Scalar(..)));
    if !written.iter().any(has_members) {
        return None;
    }
    let filled = joined(pieces.text, pieces.insertions);
    let filled = std::str::from_utf8(&filled).ok().and_then(trees);
    let is_same = filled.is_some_and(|filled| {
        written.len() == filled.len() && written.iter().zip(&filled).all(|(written, filled)| is_same(written, filled))
    });
    (!is_same).then_some(suspect)
}

/// Whether a line of YAML may begin a map or a list, or belong to one: what has none is a lone scalar, and not worth reading.
fn may_have_members(line: &str) -> bool {
    let line = line.trim();
    line.contains(": ")
        || line.contains(":\t")
        || line.ends_with(':')
        || matches!(line.as_bytes(), [b'{' | b'[' | b'?' | b'&' | b'!', ..] | [b'-'] | [b'-', b' ' | b'\t', ..])
}

/// Whether a value is the same scalar wherever it stands in YAML.
fn is_a_word(value: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./+=~".contains(byte);
    !value.is_empty() && value.iter().all(plain) && !value.starts_with(b"---") && !value.starts_with(b"...")
}

/// Whether a value is all of a block inside the YAML, and each of its lines is in the block's column: there it may be any text. Most
/// certificates stand so, which are not worth two readings of the text around them.
fn is_in_a_block(pieces: Pieces<'_>, insertion: usize) -> bool {
    const HEADERS: [&str; 6] = [" |", " |-", " |+", " >", " >-", " >+"];
    let (span, text) = (pieces.insertions[insertion].span, pieces.text);
    let Some((above, column)) = text[..span.start].rsplit_once('\n') else { return false };
    let header = above.rsplit('\n').next().unwrap_or_default();
    let is_header = HEADERS.iter().any(|mark| header.ends_with(mark)) && !header.contains('#');
    let is_deeper = header.len() - header.trim_start_matches(' ').len() < column.len();
    let is_alone =
        column.bytes().all(|byte| byte == b' ') && matches!(text.as_bytes().get(span.end), None | Some(b'\n'));
    is_header && is_deeper && is_alone && is_in_column(&pieces.insertions[insertion].bytes, column)
}

/// Whether a value begins with a letter or a sign, and its further lines begin with `column`.
fn is_in_column(value: &[u8], column: &str) -> bool {
    let mut lines = value.split(|byte| *byte == b'\n');
    lines.next().is_some_and(|first| first.first().is_some_and(u8::is_ascii_graphic))
        && lines.all(|line| line.is_empty() || line.starts_with(column.as_bytes()))
}

/// The documents of a text; `None` if one does not parse.
fn trees(text: &str) -> Option<Vec<Tree<'_>>> {
    split(text.as_bytes()).map(|document| reader::read(text, document).ok()).collect()
}

/// Whether a document has the keys and items that are written.
fn is_same(written: &Tree<'_>, filled: &Tree<'_>) -> bool {
    match (written.root(), filled.root()) {
        (Some(a), Some(b)) => Comparison { written, filled }.is_same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

struct Comparison<'c, 's, 'f> {
    written: &'c Tree<'s>,
    filled: &'c Tree<'f>,
}

impl Comparison<'_, '_, '_> {
    fn is_same(&self, a: NodeId, b: NodeId) -> bool {
        match (&self.written.node(a).content, &self.filled.node(b).content) {
            // A value that is all of a node may have members of its own.
            (Content::Scalar(Style::Plain, text), _) if text == STAND_IN => true,
            (Content::Scalar(..), Content::Scalar(..)) | (Content::Alias(_), Content::Alias(_)) => true,
            (Content::List, Content::List) => {
                let (items, filled): (Vec<_>, Vec<_>) =
                    (self.written.items(a).collect(), self.filled.items(b).collect());
                items.len() == filled.len() && items.into_iter().zip(filled).all(|(a, b)| self.is_same(a, b))
            }
            (Content::Map, Content::Map) => {
                let entries: Vec<_> = self.written.entries(a).collect();
                let filled: Vec<_> = self.filled.entries(b).collect();
                let mut pairs = entries.iter().zip(&filled);
                entries.len() == filled.len()
                    && pairs.all(|((key, a), (filled, b))| self.has_key(*key, *filled) && self.is_same(*a, *b))
            }
            _ => false,
        }
    }

    /// Whether a key is the written one. A key with a placeholder in it may be any.
    fn has_key(&self, written: NodeId, filled: NodeId) -> bool {
        let text = self.written.text(written);
        text.is_some_and(|text| text.contains(STAND_IN)) || text == self.filled.text(filled)
    }
}
