//! A text that holds placeholders, bare or encoded.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vault_render::internals::placeholder::{Base64, Context, Match, MatchKind, find};

fuzz_target!(|text: &str| {
    for generic in [false, true] {
        for base64 in [Base64::No, Base64::Whole, Base64::InJson, Base64::Anywhere] {
            in_order(text, &find(text, Context { generic, base64 }));
        }
    }
});

/// What is found lies in the text, in order, nothing overlapping.
fn in_order(text: &str, found: &[Match]) {
    let mut end = 0;
    for Match { span, kind } in found {
        assert!(end <= span.start && text.get(span.range()).is_some());
        end = span.end;
        if let MatchKind::Encoded { text, matches, .. } = kind {
            in_order(text, matches);
        }
    }
}
