//! Traces: the bytes that announce a placeholder in a text that is not parsed yet. Knows no dialect and no encoding.

use aho_corasick::packed;
use memchr::memmem;

/// The bytes that announce a dialect or an encoding: they stand in every text that uses it, before anything is decoded.
#[derive(Clone, Copy)]
pub(super) struct Trace {
    signal: Signal,
    /// Whether the bytes around the signal at an offset confirm it.
    confirm: fn(&[u8], usize) -> bool,
}

/// A byte or a word, which `memchr` finds at the speed of memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Byte(u8),
    Word(&'static str),
}

impl Trace {
    /// A trace of one byte, if `confirm` agrees.
    pub(super) const fn byte(byte: u8, confirm: fn(&[u8], usize) -> bool) -> Self {
        Self { signal: Signal::Byte(byte), confirm }
    }

    /// A trace of a word, if `confirm` agrees.
    pub(super) const fn word(word: &'static str, confirm: fn(&[u8], usize) -> bool) -> Self {
        Self { signal: Signal::Word(word), confirm }
    }

    /// The trace with its word; `None` if it is a byte.
    fn word_with_trace(&self) -> Option<(&'static str, Self)> {
        match self.signal {
            Signal::Byte(_) => None,
            Signal::Word(word) => Some((word, *self)),
        }
    }

    /// The trace's byte; `None` if it is a word.
    pub(super) fn first_byte(&self) -> Option<u8> {
        match self.signal {
            Signal::Byte(byte) => Some(byte),
            Signal::Word(_) => None,
        }
    }
}

/// Finds several traces in one search.
pub(super) enum Finder {
    /// Traces of one byte, for up to three different bytes.
    Bytes(Bytes, Vec<Trace>),
    /// Traces of words, each with its pattern's number.
    Words(Words, Vec<Trace>),
}

impl Finder {
    /// Finders of all `traces`, as few as possible.
    pub(super) fn of(traces: &[Trace]) -> Vec<Self> {
        let groups = Bytes::of(traces.iter().filter_map(Trace::first_byte));
        let bytes = groups.into_iter().map(|bytes| {
            let begins = |trace: &&Trace| trace.first_byte().is_some_and(|byte| bytes.0.contains(&byte));
            let traces = traces.iter().filter(begins).copied().collect();
            Self::Bytes(bytes, traces)
        });
        let (words, traces): (Vec<&str>, Vec<Trace>) = traces.iter().filter_map(Trace::word_with_trace).unzip();
        let words = (!words.is_empty()).then(|| Self::Words(Words::of(&words), traces));
        bytes.chain(words).collect()
    }

    /// The offset of the first trace at or after `from`.
    pub(super) fn next(&self, bytes: &[u8], mut from: usize) -> Option<usize> {
        loop {
            let (at, is_confirmed) = match self {
                Self::Bytes(first, traces) => {
                    let at = first.next(bytes, from)?;
                    let is_meant =
                        |trace: &Trace| trace.signal == Signal::Byte(bytes[at]) && (trace.confirm)(bytes, at);
                    (at, traces.iter().any(is_meant))
                }
                Self::Words(words, traces) => {
                    let (word, at) = words.next(bytes, from)?;
                    (at, (traces[word].confirm)(bytes, at))
                }
            };
            if is_confirmed {
                return Some(at);
            }
            from = at + 1;
        }
    }
}

/// Words, searched together.
pub(super) enum Words {
    /// By vectors of bytes: built at once, where the processor has them.
    Packed(packed::Searcher),
    /// One after the other.
    Each(Vec<memmem::Finder<'static>>),
}

impl Words {
    fn of(words: &[&'static str]) -> Self {
        let packed = packed::Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder().extend(words).build();
        packed.map_or_else(|| Self::Each(words.iter().map(|word| memmem::Finder::new(*word)).collect()), Self::Packed)
    }

    /// The number of the first word at or after `from`, and its offset.
    fn next(&self, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        let rest = &bytes[from..];
        let (word, at) = match self {
            Self::Packed(searcher) => searcher.find(rest).map(|found| (found.pattern().as_usize(), found.start()))?,
            Self::Each(finders) => {
                let found = finders.iter().enumerate().filter_map(|(word, finder)| Some((word, finder.find(rest)?)));
                found.min_by_key(|(_, at)| *at)?
            }
        };
        Some((word, from + at))
    }
}

/// Up to three bytes, searched together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bytes(Vec<u8>);

impl Bytes {
    /// All of `bytes`, in groups of three.
    pub(super) fn of(bytes: impl Iterator<Item = u8>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for byte in bytes {
            if groups.iter().any(|group| group.0.contains(&byte)) {
                continue;
            }
            match groups.last_mut().filter(|group| group.0.len() < 3) {
                Some(group) => group.0.push(byte),
                None => groups.push(Self(vec![byte])),
            }
        }
        groups
    }

    /// The offset of the first of the bytes at or after `from`.
    pub(super) fn next(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let rest = &bytes[from..];
        let at = match self.0.as_slice() {
            [one] => memchr::memchr(*one, rest),
            [one, two] => memchr::memchr2(*one, *two, rest),
            [one, two, three] => memchr::memchr3(*one, *two, *three, rest),
            _ => None,
        };
        at.map(|at| from + at)
    }
}
