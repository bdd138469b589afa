//! The strength of a key for masks.

use crate::error::{Error, Kind};
use crate::words::count;

/// How a key is made.
pub(crate) const HINT: &str = "`openssl rand -hex 32` makes one";

/// How many bytes of a key nobody finds out by trying.
const ENOUGH: usize = 16;

/// The warning that a key is so short that it may be found out by trying.
pub(crate) fn weakness(key: &[u8], place: &str) -> Option<Error> {
    let length = without_line_breaks(key).len();
    let detail = format!(
        "the mask key in `{place}` has {}: whoever sees fingerprints may find it out",
        count::of(length, "byte")
    );
    (length < ENOUGH).then(|| Error::warning(Kind::Setting, detail).hint(HINT))
}

/// A key without the line breaks at its end.
pub(crate) fn without_line_breaks(key: &[u8]) -> &[u8] {
    let end = key.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    &key[..end]
}
