//! Texts in chunks of about a megabyte, cut between two documents: what `--stream` reads, in constant memory.
//! Knows no YAML: the caller's function says where a document begins.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::sync::Arc;

use super::marker::is_marked_text;
use super::{InputText, list};
use crate::error::{Error, Errors, Kind};
use crate::source::Source;
use crate::workspace::Workspace;

/// How many bytes are read before a cut is looked for.
const CHUNK: usize = 1 << 20;

/// Finds the last place in some bytes where a document begins, other than their start.
type Boundary = fn(&[u8]) -> Option<usize>;

/// The chunks of some texts, one after the other. A text that fails gives one error and ends.
pub(crate) struct Chunks {
    workspace: Workspace,
    texts: VecDeque<InputText>,
    open: Option<OpenText>,
    boundary: Boundary,
    size: usize,
}

/// The text that is being read.
struct OpenText {
    reader: Box<dyn Read + Send>,
    name: String,
    /// Bytes that were read and not handed out yet.
    bytes: Vec<u8>,
    /// The line of its first byte.
    line: usize,
}

/// The chunks of the texts that `paths` name, and the errors of the paths. A folder without manifests is an error unless it `may_be_empty`.
pub(crate) fn chunks(
    paths: &[String],
    may_be_empty: bool,
    boundary: Boundary,
    workspace: &Workspace,
) -> (Chunks, Errors) {
    let (texts, errors) = list(paths, may_be_empty, workspace);
    (Chunks { workspace: workspace.clone(), texts: texts.into(), open: None, boundary, size: CHUNK }, errors)
}

impl Iterator for Chunks {
    type Item = Result<Arc<Source>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => match OpenText::new(&self.next_text()?, &self.workspace) {
                Ok(open) => open,
                Err(error) => return Some(Err(error)),
            },
        };
        let (source, ended) = match open.chunk(self.size, self.boundary) {
            Ok(chunk) => chunk,
            Err(error) => return Some(Err(error)),
        };
        self.open = (!ended).then_some(open);
        Some(Ok(Arc::new(source)))
    }
}

impl Chunks {
    /// The next text that does not ask to be left out.
    fn next_text(&mut self) -> Option<InputText> {
        let is_marked = |text: &InputText| text.open(&self.workspace).is_ok_and(is_marked_text);
        loop {
            let text = self.texts.pop_front()?;
            if !(text.is_found() && is_marked(&text)) {
                return Some(text);
            }
        }
    }
}

impl OpenText {
    fn new(text: &InputText, workspace: &Workspace) -> Result<Self, Error> {
        Ok(Self { reader: text.open(workspace)?, name: text.name(), bytes: Vec::new(), line: 1 })
    }

    /// The next chunk, and whether the text ends with it. A document longer than `size` makes its chunk longer.
    fn chunk(&mut self, size: usize, boundary: Boundary) -> Result<(Source, bool), Error> {
        let mut wanted = size;
        loop {
            let ended = self.fill(wanted)?;
            let cut = if ended { Some(self.bytes.len()) } else { boundary(&self.bytes).filter(|at| *at > 0) };
            match cut {
                Some(cut) => return Ok((self.cut(cut), ended)),
                None => wanted *= 2,
            }
        }
    }

    /// Reads until there are `wanted` bytes. Returns whether the text ended before.
    fn fill(&mut self, wanted: usize) -> Result<bool, Error> {
        while self.bytes.len() < wanted {
            let held = self.bytes.len();
            self.bytes.resize(wanted, 0);
            let read = self.reader.read(&mut self.bytes[held..]);
            self.bytes.truncate(held + read.as_ref().map_or(0, |count| *count));
            match read {
                Ok(0) => return Ok(true),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    let detail = format!("cannot read `{}`", self.name);
                    return Err(Error::new(Kind::Input, detail).cause(error.to_string()));
                }
            }
        }
        Ok(false)
    }

    fn cut(&mut self, at: usize) -> Source {
        let rest = self.bytes.split_off(at);
        let bytes = std::mem::replace(&mut self.bytes, rest);
        let source = Source::window(self.name.clone(), bytes, self.line);
        self.line = source.lines().number(source.bytes.len());
        source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last `---` at the start of a line.
    fn last_separator(bytes: &[u8]) -> Option<usize> {
        memchr::memmem::rfind(bytes, b"\n---\n").map(|at| at + 1)
    }

    fn cut(text: &'static str, size: usize) -> Vec<(usize, String)> {
        let open = OpenText { reader: Box::new(text.as_bytes()), name: "x".into(), bytes: Vec::new(), line: 1 };
        let chunks = Chunks {
            workspace: Workspace::default(),
            texts: VecDeque::new(),
            open: Some(open),
            boundary: last_separator,
            size,
        };
        let text = |source: &Source| String::from_utf8(source.bytes.clone()).unwrap();
        chunks.map(|chunk| chunk.map(|source| (source.first_line, text(&source))).unwrap()).collect()
    }

    #[test]
    fn a_window_ends_between_two_documents_and_knows_its_line() {
        let chunks = cut("a: 1\n---\nb: 2\n---\nc: 3\n", 20);
        assert_eq!(chunks, [(1, "a: 1\n---\nb: 2\n".into()), (4, "---\nc: 3\n".into())]);
    }

    #[test]
    fn the_windows_together_are_the_text_whatever_the_size() {
        let text = "---\na: 1\n---\nlong: document that is longer than a chunk\n---\n---\nb: 2";
        for size in 1..80 {
            let chunks = cut(text, size);
            assert_eq!(chunks.iter().map(|(_, text)| text.as_str()).collect::<String>(), text, "{size}");
            assert!(chunks.iter().all(|(_, text)| !text.is_empty()), "{size}");
        }
    }
}
