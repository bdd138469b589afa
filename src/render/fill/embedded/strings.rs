//! The strings of a JSON text that has insertions, read byte by byte.

use super::pieces::Pieces;
use super::site::Site;

/// The state between two bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Outside,
    Inside,
    Escape,
    /// In the digits of `\uXXXX`, with the number of those to come.
    Digits(u8),
}

/// The site of each insertion; `None` if a string is not JSON, or if the author wrote none.
pub(super) fn sites(pieces: Pieces<'_>) -> Option<Vec<Site>> {
    let (mut state, mut open, mut has_strings) = (State::Outside, Vec::new(), false);
    let mut sites = Vec::new();
    for written in pieces.written() {
        for &byte in written.as_bytes() {
            match byte {
                b'{' | b'[' if state == State::Outside => open.push(byte),
                b'}' | b']' if state == State::Outside => drop(open.pop()),
                b'"' => has_strings = true,
                _ => {}
            }
            state = state.after(byte)?;
        }
        if sites.len() < pieces.insertions.len() {
            let is_in_string = state != State::Outside;
            sites.push(if is_in_string { Site::String } else { Site::outside(pieces, sites.len(), open.last()) });
        }
    }
    has_strings.then_some(sites)
}

/// The insertions in strings after which a byte of the author's is outside of a string and was inside, or the other way round; and those
/// that no JSON string holds.
pub(super) fn broken(pieces: Pieces<'_>, sites: &[Site]) -> Vec<usize> {
    let (mut as_written, mut filled) = (State::Outside, State::Outside);
    let (mut last, mut broken) = (0, Vec::new());
    for (index, written) in pieces.written().enumerate() {
        for &byte in written.as_bytes() {
            as_written = as_written.after(byte).unwrap_or_default();
            filled =
                filled.after(byte).filter(|state| state.is_outside() == as_written.is_outside()).unwrap_or_else(|| {
                    broken.push(last);
                    as_written
                });
        }
        if sites.get(index) == Some(&Site::String) {
            last = index;
            filled = filled.after_value(&pieces.insertions[index].bytes).unwrap_or_else(|| {
                broken.push(index);
                as_written
            });
        }
    }
    broken.dedup();
    broken
}

impl State {
    fn is_outside(self) -> bool {
        self == Self::Outside
    }

    /// The state after a further byte; `None` if no JSON string holds it.
    fn after(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Outside, b'"') => Some(Self::Inside),
            (Self::Outside, _) | (Self::Inside, b'"') => Some(Self::Outside),
            (Self::Inside, b'\\') => Some(Self::Escape),
            (Self::Inside, b' '..) => Some(Self::Inside),
            (Self::Escape, b'u') => Some(Self::Digits(4)),
            (Self::Escape, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Some(Self::Inside),
            (Self::Digits(1), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => Some(Self::Inside),
            (Self::Digits(left), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => Some(Self::Digits(left - 1)),
            _ => None,
        }
    }

    /// The state after a value inside a string; `None` if the string ends in it, or does not hold it.
    fn after_value(self, value: &[u8]) -> Option<Self> {
        std::str::from_utf8(value).ok()?;
        value.iter().try_fold(self, |state, byte| state.after(*byte).filter(|state| !state.is_outside()))
    }
}
