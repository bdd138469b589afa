//! Buffers of secrets that grow: what they outgrow is zeroed too, which a `Vec` or a `String` alone does not do. Knows no secret.

use std::io::{self, Read, Write};

use serde::Serialize;
use zeroize::Zeroizing;

/// How much is read at once.
const CHUNK: usize = 8 << 10;

/// Appends bytes. If there is no room for them, the buffer moves, and its old place is zeroed.
pub(crate) fn append(buffer: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) {
    let length = buffer.len() + bytes.len();
    if length > buffer.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(length.max(2 * buffer.capacity())));
        larger.extend_from_slice(buffer);
        *buffer = larger;
    }
    buffer.extend_from_slice(bytes);
}

/// Appends text, as [`append`] does bytes.
pub(crate) fn append_text(buffer: &mut Zeroizing<String>, text: &str) {
    let length = buffer.len() + text.len();
    if length > buffer.capacity() {
        let mut larger = Zeroizing::new(String::with_capacity(length.max(2 * buffer.capacity())));
        larger.push_str(buffer);
        *buffer = larger;
    }
    buffer.push_str(text);
}

/// Everything that `reader` holds.
pub(crate) fn read_all(mut reader: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let (mut all, mut chunk) = (Zeroizing::new(Vec::new()), Zeroizing::new([0; CHUNK]));
    loop {
        match reader.read(&mut *chunk) {
            Ok(0) => return Ok(all),
            Ok(length) => append(&mut all, &chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Zeroizing<String> {
    let mut json = Growing::default();
    serde_json::to_writer(&mut json, value).expect("it is written to memory, and its keys are texts");
    Zeroizing::new(String::from_utf8(std::mem::take(&mut *json.0)).expect("JSON is text"))
}

/// A buffer that grows by [`append`].
#[derive(Default)]
struct Growing(Zeroizing<Vec<u8>>);

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        append(&mut self.0, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_moves_before_it_would_be_reallocated() {
        let (mut bytes, mut text) = (Zeroizing::new(Vec::new()), Zeroizing::new(String::new()));
        let mut moves = 0;
        for number in 0..1000 {
            let (capacity, place) = (bytes.capacity(), bytes.as_ptr());
            let has_room = bytes.len() + 3 <= capacity;
            append(&mut bytes, b"abc");
            append_text(&mut text, "abc");
            assert!(!has_room || (bytes.capacity(), bytes.as_ptr()) == (capacity, place), "{number}");
            moves += usize::from(!has_room);
        }
        assert_eq!((bytes.as_slice(), text.as_bytes()), ("abc".repeat(1000).as_bytes(), "abc".repeat(1000).as_bytes()));
        assert!(moves < 20, "{moves}");
    }

    #[test]
    fn all_is_read_and_written() {
        let long = vec![7; 3 * CHUNK + 1];
        assert_eq!(*read_all(&*long).unwrap(), long);
        assert_eq!(*json(&[("a", "\"ë\"")]), r#"[["a","\"ë\""]]"#);
    }
}
