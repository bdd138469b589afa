//! Values inside longer text. In a literal block, the lines of a value take the column of its placeholder.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::composition::Composition;
use super::layers;
use super::wording::{no_text, value_name};
use crate::budget::{Budget, Limit};
use crate::error::{Error, Errors, Level};
use crate::placeholder::MatchKind;
use crate::source::Span;
use crate::value::NotText;
use crate::yaml::tree::{Content, Style, Tree};

/// The scalar's text with the values in place; where a value is `None`, its placeholder stays. No text if the values break it.
pub(super) fn compose(
    mut composition: Composition<'_>,
    tree: &Tree<'_>,
    errors: &mut Errors,
) -> Result<Option<Zeroizing<String>>, Error> {
    let (gap, budget) = (composition.gap, composition.filling.budget);
    let source = tree.text(gap.node).unwrap_or_default();
    let style = match tree.node(gap.node).content {
        Content::Scalar(style, _) => style,
        _ => Style::Plain,
    };
    let is_block = matches!(style, Style::Literal | Style::Folded);
    let bytes = composition.replace(source, is_block, &gap.matches, |composition, index, one| match &one.kind {
        MatchKind::Placeholder(placeholder) => match composition.values.next().flatten() {
            None => Ok(None),
            Some(value) => {
                value.count_text(budget)?;
                let no_text = |reason| no_text(gap, reason, &value_name(placeholder, gap)).at(gap.place_of(index));
                let text = value.to_text().map_err(no_text)?;
                let is_in_column = style == Style::Literal && !placeholder.chain.ends_with("indent");
                let column = if is_in_column { column(source, one.span) } else { None };
                Ok(Some(Zeroizing::new(indented(&text, column, budget)?.into_owned().into_bytes())))
            }
        },
        MatchKind::Raw(text) => Ok(Some(Zeroizing::new(text.clone().into_bytes()))),
        MatchKind::Encoded { encoding, text, matches } => {
            composition.layer = Some(index);
            let layer = layers::compose(composition, encoding, text, matches)?;
            composition.layer = None;
            Ok(Some(layer))
        }
        MatchKind::Wrong(_) | MatchKind::Malformed(_) => Ok(None),
    })?;
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| no_text(gap, NotText::Bytes, "the value"))?;
    let is_broken = composition.findings.iter().any(|finding| finding.level == Level::Error);
    errors.extend(composition.findings);
    Ok((!is_broken).then(|| Zeroizing::new(text)))
}

/// The indentation of a placeholder that stands alone on its line.
fn column(text: &str, span: Span) -> Option<&str> {
    const BLANKS: [char; 3] = [' ', '\t', '\r'];
    let (before, after) = (&text[..span.start], text[span.end..].trim_start_matches(BLANKS));
    let line_before = before.trim_end_matches(BLANKS);
    let indent = &before[line_before.len()..];
    let is_alone =
        (line_before.is_empty() || line_before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'));
    (!indent.is_empty() && is_alone).then_some(indent)
}

/// `text` with every line after the first indented to the column; blank lines stay blank.
fn indented<'t>(text: &'t str, column: Option<&str>, budget: &Budget) -> Result<Cow<'t, str>, Limit> {
    let Some(column) = column.filter(|_| text.contains('\n')) else {
        return Ok(Cow::Borrowed(text));
    };
    let added = memchr::memchr_iter(b'\n', text.as_bytes()).count() * column.len();
    budget.make(text.len() + added)?;
    let mut out = String::with_capacity(text.len() + added);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
            if !line.trim_matches('\r').is_empty() {
                out.push_str(column);
            }
        }
        out.push_str(line);
    }
    Ok(Cow::Owned(out))
}
