//! Text that comes from manifests, as it may be shown: nothing in it steers a terminal or turns the direction of reading.

use std::borrow::Cow;

/// `text` with what cannot be seen as `�`; tabs stay.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    match text.chars().any(is_invisible) {
        true => Cow::Owned(text.chars().map(|char| if is_invisible(char) { '\u{fffd}' } else { char }).collect()),
        false => Cow::Borrowed(text),
    }
}

/// Whether a character steers a terminal, or turns the direction of reading.
pub(super) fn is_invisible(char: char) -> bool {
    let turns = matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    turns || (char.is_control() && char != '\t')
}
