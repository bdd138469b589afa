//! The check after an edit: what was changed, read again by another reader than the one that planned the edit, is the source's tree
//! with the changes and nothing else. JSON is read by `serde_json`. Of simple YAML an excerpt is read by the parser crate, of anything
//! else the whole document, as Kubernetes' decoder reads it.

mod comparison;
mod excerpt;
mod json;

use std::borrow::Cow;

use zeroize::Zeroize;

use super::flaw::Flaw;
use super::reader;
use super::remove::Removal;
use super::splice::{Edit, are_in_order, joined, slices};
use super::tree::{Content, ReadBy, Tree};
use crate::error::Kind;
use crate::source::Span;

use comparison::Comparison;
use excerpt::Excerpt;

pub(super) use comparison::NewValues;

/// A document with its edits, not yet checked.
pub(super) struct EditedDocument<'e> {
    pub(super) tree: &'e Tree<'e>,
    pub(super) document: Span,
    pub(super) values: NewValues<'e>,
    pub(super) removal: Removal,
    pub(super) edits: Vec<Edit>,
}

/// Checks the edits of each of `documents`. The flaws quote nothing: the text that is wrong holds values.
pub(super) fn verify(documents: &[&EditedDocument]) -> Vec<Result<(), Flaw>> {
    let excerpts: Vec<Option<Excerpt>> = documents.iter().map(|edited| Excerpt::of(edited)).collect();
    let all: Vec<&Excerpt> = excerpts.iter().flatten().collect();
    let are_all_expected = excerpt::are_expected(&all);
    let is_expected = |excerpt: &Excerpt| are_all_expected || all.len() > 1 && excerpt::are_expected(&[excerpt]);
    let check = |(edited, excerpt): (&&EditedDocument, &Option<Excerpt>)| {
        // An excerpt that is not as expected says little: the whole document decides.
        if !excerpt.as_ref().is_some_and(is_expected) {
            return verify_whole(edited);
        }
        debug_assert!(verify_whole(edited).is_ok(), "an excerpt hides an error");
        Ok(())
    };
    documents.iter().zip(&excerpts).map(check).collect()
}

/// Reads the whole document again, if anything is changed.
fn verify_whole(edited: &EditedDocument) -> Result<(), Flaw> {
    let EditedDocument { tree, document, values, removal, edits } = edited;
    let document = *document;
    if values.is_empty() && edits.is_empty() {
        return Ok(());
    }
    if !are_in_order(document, edits) {
        return Err(wrong(document, "two edits overlap"));
    }
    let edited = joined(slices(tree.text.as_bytes(), document, edits.iter().map(Edit::replacement)));
    if tree.read_by == ReadBy::Json && json::can_check(tree) {
        let is_expected = json::is_expected(tree, values, removal, &edited);
        return if is_expected { Ok(()) } else { Err(wrong(document, CHANGED)) };
    }
    let text = std::str::from_utf8(&edited).map_err(|_| wrong(document, "an edit would cut a character in two"))?;
    let read = match tree.read_by {
        // Deeper than `serde_json` goes.
        ReadBy::Json => reader::read,
        ReadBy::Subset | ReadBy::Parser | ReadBy::Libyaml => reader::parse,
    };
    let mut after = read(text, Span::new(0, text.len()))
        .map_err(|_| wrong(document, "the edited document would not be valid YAML"))?;
    let difference = Comparison::new(tree, &after, values, removal).roots();
    forget(&mut after);
    difference.map_err(|at| wrong(at.unwrap_or(document), CHANGED))
}

const CHANGED: &str = "the edit would change what the document means";

fn wrong(span: Span, what: &str) -> Flaw {
    Flaw::new(Kind::Bug, span, format!("{what}; nothing was written")).hint("please report this manifest")
}

/// Overwrites the values that the reader decoded.
fn forget(tree: &mut Tree) {
    for node in &mut tree.nodes {
        if let Content::Scalar(_, Cow::Owned(text)) = &mut node.content {
            text.zeroize();
        }
    }
}

#[cfg(test)]
mod tests;
