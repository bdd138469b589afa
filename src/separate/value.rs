//! Values as bytes between reader and broker: exact in size before they are made, so that no copy of a value is left behind.
//! Knows no message.

use zeroize::Zeroizing;

use crate::budget::DEPTH;
use crate::value::Value;

/// The kinds of values, by the byte that a value begins with.
const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const TEXT: u8 = 3;
const BYTES: u8 = 4;
const NUMBER: u8 = 5;
const LIST: u8 = 6;
const MAP: u8 = 7;

/// The bytes of a length.
const LENGTH: usize = size_of::<u32>();

/// The value as bytes; `None` if it is longer than a length can say.
pub(super) fn encode(value: &Value) -> Option<Zeroizing<Vec<u8>>> {
    let size = size(value);
    u32::try_from(size).ok()?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    write(value, &mut bytes);
    Some(bytes)
}

/// The value that these bytes are, if they are exactly one.
pub(super) fn decode(bytes: &[u8]) -> Option<Value> {
    let mut rest = Bytes(bytes);
    rest.value(DEPTH).filter(|_| rest.0.is_empty())
}

/// How many bytes a value becomes.
fn size(value: &Value) -> usize {
    let tail = match value {
        Value::Null | Value::Bool(_) => 0,
        Value::Text(text) | Value::Number(text) => LENGTH + text.len(),
        Value::Bytes(bytes) => LENGTH + bytes.len(),
        Value::List(items) => LENGTH + items.iter().map(size).sum::<usize>(),
        Value::Map(entries) => {
            LENGTH + entries.iter().map(|(key, value)| LENGTH + key.len() + size(value)).sum::<usize>()
        }
    };
    1 + tail
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(value) => out.push(if *value { TRUE } else { FALSE }),
        Value::Text(text) => write_tagged(TEXT, text.as_bytes(), out),
        Value::Bytes(bytes) => write_tagged(BYTES, bytes, out),
        Value::Number(digits) => write_tagged(NUMBER, digits.as_bytes(), out),
        Value::List(items) => {
            out.push(LIST);
            write_length(items.len(), out);
            items.iter().for_each(|item| write(item, out));
        }
        Value::Map(entries) => {
            out.push(MAP);
            write_length(entries.len(), out);
            for (key, value) in entries {
                write_length(key.len(), out);
                out.extend_from_slice(key.as_bytes());
                write(value, out);
            }
        }
    }
}

fn write_tagged(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    write_length(bytes.len(), out);
    out.extend_from_slice(bytes);
}

/// Appends a length. [`encode`] has made sure that it fits.
fn write_length(length: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(length as u32).to_le_bytes());
}

/// The bytes that are left to read.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    /// The next value, in which lists and maps nest at most `depth` levels deep.
    fn value(&mut self, depth: usize) -> Option<Value> {
        Some(match self.take(1)?[0] {
            NULL => Value::Null,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            TEXT => Value::Text(self.text()?),
            BYTES => Value::Bytes(Zeroizing::new(self.counted()?.to_vec())),
            NUMBER => Value::Number(self.text()?),
            LIST => Value::List(self.many(|bytes| bytes.value(depth.checked_sub(1)?))?),
            MAP => Value::Map(self.many(|bytes| Some((bytes.text()?, bytes.value(depth.checked_sub(1)?)?)))?),
            _ => return None,
        })
    }

    /// As many items as the next length says. The list grows with what is there, not with what is promised.
    fn many<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.length()?;
        (0..count).map(|_| item(self)).collect()
    }

    fn text(&mut self) -> Option<Zeroizing<String>> {
        let text = std::str::from_utf8(self.counted()?).ok()?;
        Some(Zeroizing::new(text.to_owned()))
    }

    /// The bytes behind the next length.
    fn counted(&mut self) -> Option<&'b [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    fn length(&mut self) -> Option<usize> {
        let bytes = self.take(LENGTH)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes) as usize)
    }

    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        let scalars = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            "-?[0-9]{1,3}(\\.[0-9]{1,2})?".prop_map(Value::number),
            any::<String>().prop_map(Value::text),
            any::<Vec<u8>>().prop_map(|bytes| Value::Bytes(Zeroizing::new(bytes))),
        ];
        scalars.prop_recursive(4, 32, 4, |inner| {
            let entries = prop::collection::vec((any::<String>().prop_map(Zeroizing::new), inner.clone()), 0..4);
            prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Value::List), entries.prop_map(Value::Map)]
        })
    }

    proptest! {
        #[test]
        fn a_value_comes_back_as_it_was(value in values()) {
            let bytes = encode(&value).unwrap();
            prop_assert_eq!(bytes.len(), bytes.capacity());
            prop_assert!(decode(&bytes) == Some(value));
        }

        #[test]
        fn no_bytes_panic(bytes in any::<Vec<u8>>()) {
            let _ = decode(&bytes);
        }
    }

    #[test]
    fn a_part_or_more_than_a_value_is_refused() {
        let bytes = encode(&Value::List(vec![Value::text("abc"), Value::Null])).unwrap();
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_none(), "{end}");
        }
        assert!(decode(&[&bytes[..], &[NULL]].concat()).is_none());
        // A list that promises four thousand million items holds none.
        assert!(decode(&[LIST, 255, 255, 255, 255]).is_none());
        let deep = [[LIST, 1, 0, 0, 0].repeat(DEPTH + 1), vec![NULL]].concat();
        assert!(decode(&deep).is_none() && decode(&deep[5..]).is_some());
    }
}
