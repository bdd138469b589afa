//! The marker with which a file of a folder says that it is not a manifest, as Argo CD reads it: anywhere in the file.

use std::io::{ErrorKind, Read};

use memchr::memmem;

/// Argo CD's marker, which stands in a comment.
const MARKER: &[u8] = b"+argocd:skip-file-rendering";

/// Whether a text is marked.
pub(super) fn is_marked(bytes: &[u8]) -> bool {
    memmem::find(bytes, MARKER).is_some()
}

/// Whether a text is marked that is read in constant memory. What cannot be read is not.
pub(super) fn is_marked_text(mut text: impl Read) -> bool {
    let (mut bytes, mut held) = (vec![0; 1 << 16], 0);
    loop {
        match text.read(&mut bytes[held..]) {
            Ok(0) => return false,
            Ok(count) if is_marked(&bytes[..held + count]) => return true,
            Ok(count) => {
                let end = held + count;
                held = end.min(MARKER.len() - 1);
                bytes.copy_within(end - held..end, 0);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_is_found_wherever_it_stands() {
        for before in [0, 1, (1 << 16) - 10, (1 << 16) - 1, 1 << 17] {
            let text = [&vec![b'a'; before], MARKER, b"\n"].concat();
            assert!(is_marked_text(&text[..]), "{before}");
            assert!(!is_marked_text(&text[..text.len() - 2]), "{before}");
        }
    }
}
