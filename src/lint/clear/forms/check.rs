//! Tells tokens from texts that only have their form. Each function takes the whole token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The least number of different characters in a token: `xxxxxxxx` and `00000000` are only placeholders.
const VARIETY: usize = 8;

/// Whether a token, without its mark, is more than a repetition of a few characters.
pub(in crate::lint::clear) fn is_varied(token: &str) -> bool {
    variety(token) >= VARIETY
}

/// Whether a token has at least two digits and letters of both cases, which random text has and names in code do not.
pub(super) fn is_random(token: &str) -> bool {
    let count = |test: fn(&u8) -> bool| token.bytes().filter(test).count();
    count(u8::is_ascii_digit) >= 2 && count(u8::is_ascii_uppercase) >= 2 && count(u8::is_ascii_lowercase) >= 3
}

/// Whether a token has a digit: `xoxb-your-token-here` does not.
pub(super) fn has_digits(token: &str) -> bool {
    token.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether the first part of a token is a header with an `alg` (RFC 7519).
pub(super) fn is_jwt(token: &str) -> bool {
    let header = token.split('.').next().and_then(|header| URL_SAFE_NO_PAD.decode(header).ok());
    let header = header.and_then(|header| serde_json::from_slice::<serde_json::Value>(&header).ok());
    header.is_some_and(|header| header.get("alg").is_some())
}

/// The number of different characters in a text.
fn variety(text: &str) -> usize {
    let seen = text.bytes().fold(0_u128, |seen, byte| seen | 1 << (byte & 0x7f));
    seen.count_ones() as usize
}
