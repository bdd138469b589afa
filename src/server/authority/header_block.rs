//! A block of compressed headers (HPACK, RFC 7541) with another `:authority`. Nothing else in it is decoded: it stays as it is, byte for byte.

/// The value that takes the place of the client's: no server looks at it, and none is shorter.
const AUTHORITY: &[u8] = &[1, b'p'];

/// The header's name as it is spelled out, and in Huffman's code.
const NAMES: [&[u8]; 2] = [b":authority", &[0xb8, 0x3b, 0x53, 0x39, 0xec, 0x32, 0x7d, 0x7f]];

/// The header's name in the static table, and the first entry of the dynamic one.
const STATIC: usize = 1;
const FIRST_DYNAMIC: usize = 62;

/// Which entries of the dynamic table have the name `:authority`, one bit each, the newest first. The table of 4,096 bytes, which is the
/// server's, has room for 128 entries. Entries that the table has lost may still be here: no client refers to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DynamicTable(u128);

/// A header field's form in the block.
struct Field {
    /// The name's index; 0 if it is spelled out.
    name: usize,
    /// Whether it becomes an entry of the dynamic table.
    is_indexed: bool,
}

/// What is left of a block.
struct Reader<'b> {
    block: &'b [u8],
    position: usize,
}

impl DynamicTable {
    fn insert(&mut self, is_authority: bool) {
        self.0 = self.0 << 1 | u128::from(is_authority);
    }

    fn is_authority(&self, index: usize) -> bool {
        let place = index.checked_sub(FIRST_DYNAMIC).filter(|place| *place < 128);
        index == STATIC || place.is_some_and(|place| self.0 >> place & 1 == 1)
    }
}

/// The block with every `:authority` replaced that has a value; `None` if it is malformed. The other values' shorter entries leave the server's
/// table more room than the client's has: all that the client refers to is there, at the same place.
pub(super) fn with_authority(block: &[u8], table: &mut DynamicTable) -> Option<Vec<u8>> {
    let mut rewritten = Vec::with_capacity(block.len());
    let mut reader = Reader { block, position: 0 };
    while reader.position < block.len() {
        let start = reader.position;
        let Some(field) = reader.field()? else {
            rewritten.extend_from_slice(&block[start..reader.position]);
            continue;
        };
        let is_authority = match field.name {
            0 => {
                let (name, is_huffman) = reader.string()?;
                name == NAMES[usize::from(is_huffman)]
            }
            index => table.is_authority(index),
        };
        let name_end = reader.position;
        let (value, _) = reader.string()?;
        if field.is_indexed {
            table.insert(is_authority);
        }
        if is_authority && !value.is_empty() {
            rewritten.extend_from_slice(&block[start..name_end]);
            rewritten.extend_from_slice(AUTHORITY);
        } else {
            rewritten.extend_from_slice(&block[start..reader.position]);
        }
    }
    Some(rewritten)
}

impl<'b> Reader<'b> {
    /// The next field up to its name's index; `None` in it for what brings no value: a whole field of a table, or the table's size.
    fn field(&mut self) -> Option<Option<Field>> {
        let first = *self.block.get(self.position)?;
        let (bits, is_indexed) = match first {
            0x80.. => (7, None),
            0x40..0x80 => (6, Some(true)),
            0x20..0x40 => (5, None),
            0x00..0x20 => (4, Some(false)),
        };
        let name = self.integer(bits)?;
        Some(is_indexed.map(|is_indexed| Field { name, is_indexed }))
    }

    /// A string as it is in the block, and whether in Huffman's code.
    fn string(&mut self) -> Option<(&'b [u8], bool)> {
        let is_huffman = self.block.get(self.position)? & 0x80 != 0;
        let length = self.integer(7)?;
        let end = self.position.checked_add(length)?;
        let bytes = self.block.get(self.position..end)?;
        self.position = end;
        Some((bytes, is_huffman))
    }

    /// An integer that begins with so many bits of the next byte.
    fn integer(&mut self, bits: u32) -> Option<usize> {
        let most = (1 << bits) - 1;
        let mut number = usize::from(self.byte()?) & most;
        if number < most {
            return Some(number);
        }
        // More bytes than these are a number that no header has.
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            number += usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.block.get(self.position)?;
        self.position += 1;
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(blocks: &[&[u8]]) -> Vec<Option<Vec<u8>>> {
        let mut table = DynamicTable::default();
        blocks.iter().map(|block| with_authority(block, &mut table)).collect()
    }

    #[test]
    fn the_value_is_replaced_in_whatever_form_the_name_comes() {
        let huffman = [&[0x00, 0x88][..], NAMES[1], &[0x81, 0x1f]].concat();
        let kept = [&[0x00, 0x88][..], NAMES[1], &[1, b'p']].concat();
        for (block, expected) in [
            (&b"\x41\x03a%2"[..], &b"\x41\x01p"[..]),
            (b"\x01\x03a%2", b"\x01\x01p"),
            (b"\x11\x03a%2", b"\x11\x01p"),
            (b"\x41\x82\x12\x34", b"\x41\x01p"),
            (b"\x40\x0a:authority\x03a%2\x83", b"\x40\x0a:authority\x01p\x83"),
            (&huffman, &kept),
            (b"\x41\x00", b"\x41\x00"),
            (b"\x83\x86\x3f\x00\x44\x02/a\x00\x01a\x01b", b"\x83\x86\x3f\x00\x44\x02/a\x00\x01a\x01b"),
            (b"", b""),
        ] {
            assert_eq!(rewritten(&[block]), [Some(expected.to_vec())], "{block:x?}");
        }
    }

    #[test]
    fn a_name_in_the_dynamic_table_is_known() {
        let answers = rewritten(&[
            b"\x40\x0a:authority\x02a%\x40\x01x\x01y",
            // The newest is `x`, before it comes `:authority`: with a new value, and whole.
            b"\x7f\x00\x02b%\xbf",
            b"\x0f\x30\x02c%\x0f\x2f\x02d%",
        ]);
        let expected: [&[u8]; 3] = [
            b"\x40\x0a:authority\x01p\x40\x01x\x01y",
            b"\x7f\x00\x01p\xbf",
            // 63 is now `x`, and 62 the second `:authority`.
            b"\x0f\x30\x02c%\x0f\x2f\x01p",
        ];
        assert_eq!(answers, expected.map(|block| Some(block.to_vec())));
    }

    #[test]
    fn a_block_that_ends_too_early_is_malformed() {
        for block in [
            &b"\x41"[..],
            b"\x41\x05ab",
            b"\x40",
            b"\xff",
            b"\xff\x80\x80\x80\x80\x80",
            b"\x40\x01",
            b"\x41\x7f\xff\xff\xff",
        ] {
            assert_eq!(rewritten(&[block]), [None], "{block:x?}");
        }
    }

    #[test]
    fn an_entry_that_is_too_old_is_nobody_s() {
        let mut table = DynamicTable::default();
        table.insert(true);
        (0..127).for_each(|_| table.insert(false));
        assert!(table.is_authority(FIRST_DYNAMIC + 127) && !table.is_authority(FIRST_DYNAMIC + 128));
        table.insert(false);
        assert!(!table.is_authority(FIRST_DYNAMIC + 127) && !table.is_authority(usize::MAX) && !table.is_authority(2));
    }
}
