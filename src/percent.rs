//! Percent-coding, as RFC 3986 has it. Knows no address.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, PercentEncode, percent_decode_str, percent_encode};

/// All but letters, digits and `-._~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a path may not hold: all of [`RESERVED`] but the slashes between segments.
const NOT_IN_PATHS: &AsciiSet = &RESERVED.remove(b'/');

/// What a parameter in a placeholder may not hold as it is.
const NOT_IN_PARAMETERS: &AsciiSet = &CONTROLS.add(b'%').add(b'&').add(b'#').add(b'<').add(b'>');

/// The pieces of a text in which each reserved byte is `%XX`.
pub(crate) fn encode(bytes: &[u8]) -> PercentEncode<'_> {
    percent_encode(bytes, RESERVED)
}

/// A path in which each reserved byte of its segments is `%XX`.
pub(crate) fn encode_path(path: &str) -> String {
    percent_encode(path.as_bytes(), NOT_IN_PATHS).to_string()
}

/// A name or a value of a parameter, with `%XX` for what would end it.
pub(crate) fn encode_parameter(text: &str) -> String {
    percent_encode(text.as_bytes(), NOT_IN_PARAMETERS).to_string()
}

/// A text with each `%XX` decoded; `None` if a `%` begins none, or the bytes are not UTF-8.
pub(crate) fn decode_all(text: &str) -> Option<String> {
    let is_escape = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let is_encoded = text.split('%').skip(1).all(is_escape);
    is_encoded.then(|| percent_decode_str(text).decode_utf8().ok().map(String::from)).flatten()
}

/// A text with each `%XX` decoded. Bytes that are not UTF-8 are replaced.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_slashes_and_a_text_does_not() {
        for (path, encoded) in
            [("secret/data/app", "secret/data/app"), ("a b/c+d/%2e%2e/é?x#y", "a%20b/c%2Bd/%252e%252e/%C3%A9%3Fx%23y")]
        {
            assert_eq!(encode_path(path), encoded);
        }
        assert_eq!(encode(b"a/b-._~\xff").to_string(), "a%2Fb-._~%FF");
    }

    #[test]
    fn what_is_not_an_escape_stays() {
        assert_eq!(decode("a%2Fb%zz%C3%A9%"), "a/b%zzé%");
    }
}
