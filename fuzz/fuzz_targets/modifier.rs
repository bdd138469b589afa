//! Modifiers, one a line, an empty line, and a value: JSON, else text, else bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vault_render::internals::budget::Budget;
use vault_render::internals::modifier::{Chain, ChainContext};
use vault_render::internals::value::Value;

fuzz_target!(|data: &[u8]| {
    let cut = data.windows(2).position(|pair| pair == b"\n\n").unwrap_or(data.len());
    let (segments, value) = (String::from_utf8_lossy(&data[..cut]), data.get(cut + 2..).unwrap_or_default());
    let segments: Vec<&str> = segments.split('\n').collect();
    let Ok(chain) = Chain::parse(&segments) else { return };
    let budget = Budget::default();
    let _ = chain.apply(None, &ChainContext::new(&budget));
    let _ = chain.apply(Some(&Value::bytes(value.to_vec())), &ChainContext::new(&budget));
    if let Ok(value) = Value::from_json(value) {
        let _ = chain.apply(Some(&value), &ChainContext::new(&budget));
    }
});
