//! What a client sends on the plugin's socket, after a first byte for the size of the slices in which it comes. Nothing may panic; what passes
//! depends on no slices, is never longer, and passes again as it is.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vault_render::internals::server::{Frames, Malformed};

fuzz_target!(|bytes: &[u8]| {
    let Some((slice, sent)) = bytes.split_first() else { return };
    let whole = passed(sent, sent.len().max(1));
    assert_eq!(whole, passed(sent, usize::from(*slice) + 1));
    if let Ok(whole) = whole {
        assert!(whole.len() <= sent.len(), "it has become longer");
        assert_eq!(passed(&whole, whole.len().max(1)), Ok(whole.clone()));
    }
});

fn passed(sent: &[u8], slice: usize) -> Result<Vec<u8>, Malformed> {
    let (mut frames, mut passed) = (Frames::default(), Vec::new());
    sent.chunks(slice).try_for_each(|slice| frames.pass(slice, &mut passed))?;
    Ok(passed)
}
