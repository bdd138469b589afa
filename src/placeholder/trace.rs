//! Traces: which bytes announce a placeholder in a text that nobody has read yet. Knows no dialect and no encoding.

use memchr::memmem;

/// What announces a way to write placeholders: it stands in every text that holds one, before anything is decoded.
#[derive(Clone, Copy)]
pub(super) struct Trace {
    signal: Signal,
    /// Whether the signal at an offset of the bytes is one indeed.
    confirm: fn(&[u8], usize) -> bool,
}

/// What the eye can catch at memory speed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Byte(u8),
    Word(&'static str),
}

impl Trace {
    /// A byte, where `confirm` agrees.
    pub(super) const fn byte(byte: u8, confirm: fn(&[u8], usize) -> bool) -> Self {
        Self { signal: Signal::Byte(byte), confirm }
    }

    /// A word, where `confirm` agrees.
    pub(super) const fn word(word: &'static str, confirm: fn(&[u8], usize) -> bool) -> Self {
        Self { signal: Signal::Word(word), confirm }
    }

    /// The byte that it begins with, if it is not a word.
    pub(super) fn first_byte(&self) -> Option<u8> {
        match self.signal {
            Signal::Byte(byte) => Some(byte),
            Signal::Word(_) => None,
        }
    }
}

/// Finds several traces in one look.
#[expect(clippy::large_enum_variant, reason = "a process has a handful of them")]
pub(super) enum Finder {
    /// The traces that begin with these bytes, three at most.
    Bytes(Bytes, Vec<Trace>),
    Word(memmem::Finder<'static>, Trace),
}

impl Finder {
    /// Finders of all `traces`, as few as there can be.
    pub(super) fn of(traces: &[Trace]) -> Vec<Self> {
        let groups = Bytes::of(traces.iter().filter_map(Trace::first_byte));
        let bytes = groups.into_iter().map(|bytes| {
            let begins = |trace: &&Trace| trace.first_byte().is_some_and(|byte| bytes.0.contains(&byte));
            let traces = traces.iter().filter(begins).copied().collect();
            Self::Bytes(bytes, traces)
        });
        let words = traces.iter().filter_map(|trace| match trace.signal {
            Signal::Word(word) => Some(Self::Word(memmem::Finder::new(word), *trace)),
            Signal::Byte(_) => None,
        });
        bytes.chain(words).collect()
    }

    /// Where the first trace begins, from an offset on.
    pub(super) fn next(&self, bytes: &[u8], mut from: usize) -> Option<usize> {
        loop {
            let at = match self {
                Self::Bytes(first, _) => first.next(bytes, from)?,
                Self::Word(word, _) => from + word.find(&bytes[from..])?,
            };
            if self.confirms(bytes, at) {
                return Some(at);
            }
            from = at + 1;
        }
    }

    fn confirms(&self, bytes: &[u8], at: usize) -> bool {
        match self {
            Self::Bytes(_, traces) => {
                traces.iter().any(|trace| trace.signal == Signal::Byte(bytes[at]) && (trace.confirm)(bytes, at))
            }
            Self::Word(_, trace) => (trace.confirm)(bytes, at),
        }
    }
}

/// Up to three bytes, looked for together.
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

    /// Where the first of them stands, from an offset on.
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
