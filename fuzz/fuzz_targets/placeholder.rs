//! A text that holds placeholders, bare or encoded.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vault_render::placeholder::{Base64, Context, Found, What, find};

fuzz_target!(|text: &str| {
    for generic in [false, true] {
        for base64 in [Base64::No, Base64::Whole, Base64::InJson, Base64::Anywhere] {
            in_order(text, &find(text, Context { generic, base64 }));
        }
    }
});

/// What is found lies in the text, in order, nothing overlapping.
fn in_order(text: &str, found: &[Found]) {
    let mut end = 0;
    for Found { span, what } in found {
        assert!(end <= span.start && text.get(span.range()).is_some());
        end = span.end;
        if let What::Encoded { text, found, .. } = what {
            in_order(text, found);
        }
    }
}
