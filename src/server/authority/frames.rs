//! The frames of an HTTP/2 client (RFC 9113), of which only headers are looked into: they leave without padding, in as few frames as hold them.

use std::fmt;

use super::header_block::{DynamicTable, with_authority};

/// How many bytes begin a connection before its first frame.
const PREFACE: usize = 24;

/// How many bytes begin a frame: its length, kind, flags and stream.
const HEAD: usize = 9;

/// How many bytes a frame holds at most: the server allows no more.
const LONGEST_FRAME: usize = 1 << 14;

/// How long a block of headers may be; Argo CD's own have some hundred bytes.
const LONGEST_BLOCK: usize = 1 << 16;

const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;

const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;
const PRIORITY: u8 = 32;

/// The bytes of one connection, in the order in which they come, in whatever slices.
#[derive(Debug)]
pub struct Frames {
    /// How many of the next bytes pass as they are.
    passing: usize,
    /// The beginning of a frame that is not complete yet.
    frame: Vec<u8>,
    /// The block of headers whose end has not come yet.
    block: Option<Block>,
    table: DynamicTable,
}

/// A client that breaks the rules of HTTP/2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// A block of headers.
#[derive(Debug)]
struct Block {
    /// The first frame's flags that still count.
    flags: u8,
    stream: [u8; 4],
    /// The stream's priority, if the flags say that there is one.
    priority: Vec<u8>,
    bytes: Vec<u8>,
}

impl Default for Frames {
    fn default() -> Self {
        Self { passing: PREFACE, frame: Vec::new(), block: None, table: DynamicTable::default() }
    }
}

impl Frames {
    /// Takes the client's next bytes and appends to `passed` what the server is to read. After an error the connection is of no use.
    pub fn pass(&mut self, mut bytes: &[u8], passed: &mut Vec<u8>) -> Result<(), Malformed> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(self.wanted().min(bytes.len()));
            if self.passing > 0 {
                passed.extend_from_slice(now);
                self.passing -= now.len();
            } else {
                self.frame.extend_from_slice(now);
                self.advance(passed)?;
            }
            bytes = later;
        }
        Ok(())
    }

    /// How many of the next bytes belong together.
    fn wanted(&self) -> usize {
        match self.passing {
            0 if self.frame.len() < HEAD => HEAD - self.frame.len(),
            0 => HEAD + length(&self.frame) - self.frame.len(),
            passing => passing,
        }
    }

    /// Passes the frame on once it is known what it is.
    fn advance(&mut self, passed: &mut Vec<u8>) -> Result<(), Malformed> {
        if self.frame.len() < HEAD {
            return Ok(());
        }
        let is_of_block = matches!(self.frame[3], HEADERS | CONTINUATION);
        let is_expected = (self.frame[3] == CONTINUATION) == self.block.is_some();
        if !is_expected || is_of_block && length(&self.frame) > LONGEST_FRAME {
            return Err(Malformed);
        }
        if !is_of_block {
            self.passing = length(&self.frame);
            passed.append(&mut self.frame);
        } else if self.frame.len() == HEAD + length(&self.frame) {
            let frame = std::mem::take(&mut self.frame);
            self.take_headers(&frame, passed)?;
        }
        Ok(())
    }

    /// Adds a whole frame to the block of headers, which passes on once it is complete.
    fn take_headers(&mut self, frame: &[u8], passed: &mut Vec<u8>) -> Result<(), Malformed> {
        let block = match self.block.take() {
            None => Block::begin(frame).ok_or(Malformed)?,
            Some(block) => block.continued(frame).ok_or(Malformed)?,
        };
        if frame[4] & END_HEADERS == 0 {
            self.block = Some(block);
            return Ok(());
        }
        let bytes = with_authority(&block.bytes, &mut self.table).ok_or(Malformed)?;
        Block { bytes, ..block }.write(passed);
        Ok(())
    }
}

impl Block {
    /// The block that a frame of headers begins.
    fn begin(frame: &[u8]) -> Option<Self> {
        let (flags, mut content) = (frame[4], &frame[HEAD..]);
        if flags & PADDED != 0 {
            let (padding, rest) = content.split_first()?;
            content = rest.get(..rest.len().checked_sub(usize::from(*padding))?)?;
        }
        let (priority, bytes) = content.split_at_checked(if flags & PRIORITY == 0 { 0 } else { 5 })?;
        let flags = flags & !(PADDED | END_HEADERS);
        Some(Self { flags, stream: stream(frame)?, priority: priority.to_vec(), bytes: bytes.to_vec() })
    }

    /// The block with another frame of it.
    fn continued(mut self, frame: &[u8]) -> Option<Self> {
        self.bytes.extend_from_slice(&frame[HEAD..]);
        (stream(frame)? == self.stream && self.bytes.len() <= LONGEST_BLOCK).then_some(self)
    }

    /// Appends its frames.
    fn write(&self, passed: &mut Vec<u8>) {
        let (first, mut rest) = self.bytes.split_at(self.bytes.len().min(LONGEST_FRAME - self.priority.len()));
        self.write_frame(HEADERS, self.flags | end(rest), &[&self.priority, first], passed);
        while !rest.is_empty() {
            let (next, later) = rest.split_at(rest.len().min(LONGEST_FRAME));
            self.write_frame(CONTINUATION, end(later), &[next], passed);
            rest = later;
        }
    }

    fn write_frame(&self, kind: u8, flags: u8, content: &[&[u8]], passed: &mut Vec<u8>) {
        let length: usize = content.iter().map(|slice| slice.len()).sum();
        // A frame holds no more than 2^14 bytes.
        passed.extend_from_slice(&(length as u32).to_be_bytes()[1..]);
        passed.extend_from_slice(&[kind, flags]);
        passed.extend_from_slice(&self.stream);
        content.iter().for_each(|slice| passed.extend_from_slice(slice));
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client's headers are malformed")
    }
}

impl std::error::Error for Malformed {}

/// The flag of a block's last frame, if nothing of it is left.
fn end(rest: &[u8]) -> u8 {
    if rest.is_empty() { END_HEADERS } else { 0 }
}

/// How many bytes a frame holds after its first nine.
fn length(frame: &[u8]) -> usize {
    frame[..3].iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
}

fn stream(frame: &[u8]) -> Option<[u8; 4]> {
    frame.get(5..HEAD)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// A frame's kind, flags and content.
    type Frame<'a> = (u8, u8, &'a [u8]);

    /// The preface and these frames.
    fn sent(frames: &[Frame<'_>]) -> Vec<u8> {
        let mut sent = vec![b'.'; PREFACE];
        let block = Block { flags: 0, stream: [0, 0, 0, 1], priority: Vec::new(), bytes: Vec::new() };
        frames.iter().for_each(|(kind, flags, content)| block.write_frame(*kind, *flags, &[content], &mut sent));
        sent
    }

    /// What comes out for what goes in, in slices of so many bytes.
    fn passed(sent: &[u8], slice: usize) -> Result<Vec<u8>, Malformed> {
        let (mut frames, mut passed) = (Frames::default(), Vec::new());
        sent.chunks(slice).try_for_each(|slice| frames.pass(slice, &mut passed))?;
        Ok(passed)
    }

    /// Whatever the slices are, the same comes out.
    #[track_caller]
    fn assert_passes(frames: &[Frame<'_>], expected: Result<&[Frame<'_>], Malformed>) {
        let sent = self::sent(frames);
        for slice in [1, 2, 9, 10, 1000, sent.len()] {
            assert!(
                passed(&sent, slice) == expected.map(self::sent),
                "in slices of {slice}: {:x?}",
                &sent[..sent.len().min(100)]
            );
        }
    }

    #[test]
    fn headers_lose_their_authority_s_value_and_their_padding_and_keep_the_rest() {
        let block = b"\x41\x03a%2\x83";
        let (head, tail) = block.split_at(3);
        let kept = &b"\x41\x01p\x83"[..];
        let padded = [&[2][..], block, &[0, 0]].concat();
        let urgent = [&[9, 9, 9, 9, 9][..], block].concat();
        let both = [&[1, 9, 9, 9, 9, 9][..], block, &[0]].concat();
        let still_urgent = [&[9, 9, 9, 9, 9][..], kept].concat();
        assert_passes(&[(HEADERS, 5, block)], Ok(&[(HEADERS, 5, kept)]));
        assert_passes(&[(HEADERS, 4 | PADDED, &padded)], Ok(&[(HEADERS, 4, kept)]));
        assert_passes(&[(HEADERS, 4 | PRIORITY, &urgent)], Ok(&[(HEADERS, 4 | PRIORITY, &still_urgent)]));
        assert_passes(&[(HEADERS, 5 | PRIORITY | PADDED, &both)], Ok(&[(HEADERS, 5 | PRIORITY, &still_urgent)]));
        assert_passes(
            &[(HEADERS, 1, head), (CONTINUATION, 0, b""), (CONTINUATION, 4, tail)],
            Ok(&[(HEADERS, 5, kept)]),
        );
        assert_passes(&[(HEADERS, 4, b"")], Ok(&[(HEADERS, 4, b"")]));
    }

    #[test]
    fn other_frames_pass_as_they_are() {
        let frames: [(u8, u8, &[u8]); 4] =
            [(4, 0, &[0; 36]), (0, 8, b"\x02data\0\0"), (6, 0, &[1; 8]), (200, 255, b"\x41\x03a%2")];
        assert_passes(&frames, Ok(&frames));
    }

    #[test]
    fn a_long_block_leaves_in_frames_of_the_size_that_the_server_allows() {
        let long = [&b"\x00\x01x\x7f\xa1\x9b\x01"[..], &[b'y'; 20_000]].concat();
        assert_eq!(long.len(), 20_007);
        let (head, tail) = long.split_at(10_000);
        let (first, second) = long.split_at(LONGEST_FRAME);
        assert_passes(
            &[(HEADERS, 0, head), (CONTINUATION, 4, tail)],
            Ok(&[(HEADERS, 0, first), (CONTINUATION, 4, second)]),
        );
    }

    #[test]
    fn who_breaks_the_rules_is_not_listened_to() {
        let long = vec![0x83; LONGEST_FRAME + 1];
        let many: Vec<_> = (0..5).map(|_| (CONTINUATION, 0, &long[1..])).collect();
        assert_passes(&[(CONTINUATION, 4, b"")], Err(Malformed));
        assert_passes(&[(HEADERS, 0, b""), (0, 0, b"")], Err(Malformed));
        assert_passes(&[(HEADERS, 0, b""), (HEADERS, 4, b"")], Err(Malformed));
        assert_passes(&[(HEADERS, 4, &long)], Err(Malformed));
        assert_passes(&[&[(HEADERS, 0, &b""[..])], &many[..]].concat(), Err(Malformed));
        assert_passes(&[(HEADERS, 4 | PADDED, b"")], Err(Malformed));
        assert_passes(&[(HEADERS, 4 | PADDED, b"\x02a")], Err(Malformed));
        assert_passes(&[(HEADERS, 4 | PRIORITY, b"abcd")], Err(Malformed));
        assert_passes(&[(HEADERS, 4, b"\x41\x05ab")], Err(Malformed));
    }

    /// Frames as a fuzzer makes them: of headers mostly, with flags, lengths and fields that may be wrong.
    fn anything() -> impl Strategy<Value = Vec<(u8, u8, Vec<u8>)>> {
        let field = prop_oneof![
            Just(b"\x41\x03a%2".to_vec()),
            Just(b"\x40\x0a:authority\x82ab".to_vec()),
            Just(b"\x40\x01x\x01y".to_vec()),
            Just(b"\x7f\x00\x02b%".to_vec()),
            Just(b"\xbe\x83\x3f\x00".to_vec()),
            vec(any::<u8>(), 0..4),
        ];
        let content = vec(field, 0..6).prop_map(|fields| fields.concat());
        let kind = prop_oneof![4 => Just(HEADERS), 2 => Just(CONTINUATION), 1 => any::<u8>()];
        let flags = prop_oneof![4 => Just(END_HEADERS), 2 => Just(0), 1 => any::<u8>()];
        vec((kind, flags, content), 0..8)
    }

    proptest! {
        /// fuzz/fuzz_targets/authority.rs holds it for any bytes.
        #[test]
        fn what_passes_depends_on_no_slices_is_never_longer_and_passes_again(frames in anything(), slice in 1..40_usize) {
            let frames: Vec<(u8, u8, &[u8])> = frames.iter().map(|(kind, flags, content)| (*kind, *flags, &content[..])).collect();
            let sent = sent(&frames);
            let whole = passed(&sent, sent.len());
            prop_assert_eq!(&whole, &passed(&sent, slice));
            if let Ok(whole) = whole {
                prop_assert!(whole.len() <= sent.len());
                prop_assert_eq!(passed(&whole, whole.len()), Ok(whole.clone()));
            }
        }
    }
}
