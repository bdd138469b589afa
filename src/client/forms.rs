//! The forms in which a credential may come back: as it is, as base64, as hex digits. Pure.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::credentials::LEAST;
use super::decode::Letters;

/// The forms in which a store may hold `text` inside a value.
pub(super) fn whole(text: &str) -> Vec<Vec<u8>> {
    let json = text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut forms = vec![text.to_owned(), hex(text), hex(text).to_uppercase()];
    forms.extend((json != text).then_some(json));
    forms.extend(base64(text));
    forms.into_iter().filter(|form| form.len() >= LEAST).map(String::into_bytes).collect()
}

/// Every piece of each form, to be found among the [`Letters`] of a text, which may be cut anywhere.
pub(super) fn pieces(text: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![text.to_owned(), hex(text)];
    forms.extend(base64(text));
    forms.extend(base64(&STANDARD_NO_PAD.encode(text)));
    let letters = forms.iter().map(|form| Letters::of(form).bytes().to_vec());
    letters.flat_map(|letters| letters.windows(LEAST).map(<[u8]>::to_vec).collect::<Vec<_>>()).collect()
}

/// The base64 letters of `text` that do not depend on the bytes around it, in both alphabets. A letter holds six bits, so the bytes
/// of the text may begin in three places within them.
fn base64(text: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let bytes = [&[0; 2][..before], text.as_bytes()].concat();
        let mixed_start = [0, 2, 3][before];
        let whole_letters = bytes.len() * 8 / 6;
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let form = encoded[mixed_start..whole_letters].to_owned();
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}
