//! A digest of what is kept of an archive, so of all that a rendering may have seen: contents and listings, by path. Knows no manifest.

use std::convert::Infallible;

use sha2::{Digest, Sha256};

use super::Archive;
use super::kept::Kept;

/// Whoever may execute a file.
const EXECUTABLE: u32 = 0o111;

impl Archive {
    /// The SHA-256 of what is kept. What else was sent, times and the order of entries do not count.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let each = self.each_kept::<Infallible>(&mut |path, kept| {
            let (kind, content): (u8, &[u8]) = match kept {
                Kept::Folder => (b'd', b""),
                Kept::GitMark => (b'g', b""),
                Kept::File(file, bytes) => (if file.mode & EXECUTABLE == 0 { b'f' } else { b'x' }, bytes),
                Kept::Link(target) => (b'l', target),
            };
            let path = path.join(&b'/');
            digest.update([kind]);
            // With their lengths before them no two parts can be taken for others.
            for part in [&path[..], content] {
                digest.update((part.len() as u64).to_le_bytes());
                digest.update(part);
            }
            Ok(())
        });
        match each {
            Ok(()) => digest.finalize().into(),
        }
    }
}
