//! Sources and edits → the output: every document as it came, but for its edits; files joined by `---`. Pure.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::Rendered;
use crate::source::{Source, Span};
use crate::yaml::edit::{Edit, splice};
use crate::yaml::split::{is_json, split};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The whole output; none where the sources hold nothing but comments.
pub fn write(sources: &[Arc<Source>], rendered: &Rendered) -> Option<Zeroizing<Vec<u8>>> {
    let mut output = Output::default();
    let out = output.write_all(sources, rendered);
    output.has_content().then_some(out)
}

/// An output that grows source by source, or window by window: what it has to know of its end so far.
#[derive(Debug, Default)]
pub struct Output {
    begun: bool,
    content: bool,
    crlf: bool,
    open_line: bool,
    marker: bool,
    json: bool,
}

impl Output {
    /// The bytes that `sources` add.
    pub fn write_all(&mut self, sources: &[Arc<Source>], rendered: &Rendered) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::new());
        for source in sources {
            out.extend_from_slice(&self.write(source, rendered));
        }
        out
    }

    /// The bytes that `source` adds, with a separator before them if neither side brings one.
    pub fn write(&mut self, source: &Arc<Source>, rendered: &Rendered) -> Zeroizing<Vec<u8>> {
        let mut edits = rendered.of(source).cloned().collect::<Vec<Edit>>();
        separate_json(&source.bytes, &mut edits);
        let text = splice(&source.bytes, &edits);
        let text = if self.begun { text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text) } else { &text[..] };
        let mut out = Zeroizing::new(Vec::with_capacity(text.len() + "\r\n---\r\n".len()));
        let continues = source.first_line > 1 && !(self.json && is_json(text));
        if self.begun && !continues && !text.is_empty() {
            self.join(text, &mut out);
        }
        out.extend_from_slice(text);
        self.content |= has_content(&source.bytes);
        self.remember(&out);
        out
    }

    /// Whether anything but comments was written.
    pub fn has_content(&self) -> bool {
        self.content
    }

    fn join(&self, text: &[u8], out: &mut Vec<u8>) {
        let line_end: &[u8] = if self.crlf { b"\r\n" } else { b"\n" };
        if self.open_line {
            out.extend_from_slice(line_end);
        }
        if !self.marker && !begins_with_marker(text) {
            out.extend_from_slice(b"---");
            out.extend_from_slice(line_end);
        }
    }

    fn remember(&mut self, written: &[u8]) {
        if written.is_empty() {
            return;
        }
        let last_line = written.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        self.begun = true;
        self.crlf = memchr::memrchr(b'\n', written).is_some_and(|at| at > 0 && written[at - 1] == b'\r');
        self.open_line = !written.ends_with(b"\n");
        self.marker = is_marker(last_line);
        self.json = written.trim_ascii_end().ends_with(b"}") && is_json(written);
    }
}

/// Whether anything but blanks, comments and document markers is there.
fn has_content(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    bytes.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii).any(|line| {
        let rest = [&b"---"[..], b"..."].iter().find_map(|marker| line.strip_prefix(*marker)).unwrap_or(line);
        let rest = rest.trim_ascii_start();
        !rest.is_empty() && !rest.starts_with(b"#")
    })
}

/// JSON documents that follow each other without a separator get one.
fn separate_json(bytes: &[u8], edits: &mut Vec<Edit>) {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return;
    }
    let documents: Vec<Span> = split(bytes).map(|document| document.span).collect();
    for pair in documents.windows(2) {
        let [before, after] = [&bytes[pair[0].range()], &bytes[pair[1].range()]];
        if is_json(before) && is_json(after) && !begins_with_marker(after) {
            let at = pair[1].start;
            let text = if before.ends_with(b"\n") { "---\n" } else { "\n---\n" };
            let place = edits.partition_point(|edit| edit.span.start < at);
            edits.insert(place, Edit { span: Span::new(at, at), text: Zeroizing::new(text.to_owned()) });
        }
    }
}

/// Whether the first line that is neither blank nor a comment is a marker.
fn begins_with_marker(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    lines.find(|line| !line.trim_ascii().is_empty() && !line.starts_with(b"#")).is_some_and(is_marker)
}

fn is_marker(line: &[u8]) -> bool {
    line.strip_prefix(b"---").is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
}
