//! Placeholders in the templates of charts. A template is text, and helm may make anything of it, so only what is wrong whatever helm makes
//! of the rest is found: in a part that no build has shown, too.

use std::sync::Arc;

use super::mistyped;
use super::placeholder::stays;
use crate::error::Error;
use crate::placeholder::{Base64, Context, MatchKind, find};
use crate::source::{Place, Source, Span};

const INLINE: Context = Context { generic: false, base64: Base64::No };

/// What helm puts into a text begins with this.
const ACTION: &str = "{{";

/// The placeholders in templates that cannot be filled.
pub(crate) fn check_templates(templates: &[Arc<Source>]) -> Vec<Error> {
    let mut found = Vec::new();
    for source in templates {
        let text = source.text();
        let is_whole = |span: Span| !text[span.range()].contains(ACTION);
        let place = |span: Span| Place::new(source.clone(), span);
        for one in find(text, INLINE).into_iter().filter(|one| is_whole(one.span)) {
            if let MatchKind::Wrong(error) = one.kind {
                found.push(error.at(place(one.span)));
            }
        }
        let typos = mistyped::find(text, false).into_iter().filter(|typo| is_whole(typo.span));
        found.extend(typos.map(|typo| stays(&text[typo.span.range()], &typo.reason).at(place(typo.span))));
    }
    found
}
