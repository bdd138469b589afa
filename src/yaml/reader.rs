//! Reads a document's text into a tree: JSON and simple YAML by quick readers, anything else as Kubernetes' decoder reads it. Only
//! this file and `reader/` name the parser crate, which reads directives and says what is wrong with a text.

mod flaws;

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, StrInput, StructureStyle, Tag};

use super::builder::Builder;
use super::flaw::Flaw;
use super::token::{self, Chomp};
use super::tree::{Content, Node, NodeId, ReadBy, Style, Tree};
use super::{expand, json, libyaml, split, subset};
use crate::budget::{DEPTH, Limit};
use crate::error::Kind;
use crate::source::Span;

/// Reads the document at the bytes `document` of `text`. Duplicate keys stay; the last one counts. With its aliases resolved, the
/// tree is at most as large as one value may be.
pub fn read<'s>(text: &'s str, document: Span) -> Result<Tree<'s>, Flaw> {
    let body = split::body(text.as_bytes(), document);
    if split::is_json(&text.as_bytes()[document.range()])
        && let Some(tree) = json::read(text, body)
    {
        return Ok(tree);
    }
    let Some(tree) = subset::read(text, body) else { return parse_body(text, body) };
    debug_assert!(
        parse_body(text, body).is_ok_and(|parsed| parsed.nodes == tree.nodes && parsed.root == tree.root),
        "read in two ways"
    );
    Ok(tree)
}

/// Reads the document at `document` as Kubernetes' decoder does, even where a quicker reader could read it.
pub(super) fn parse<'s>(text: &'s str, document: Span) -> Result<Tree<'s>, Flaw> {
    parse_body(text, split::body(text.as_bytes(), document))
}

fn parse_body<'s>(text: &'s str, body: Span) -> Result<Tree<'s>, Flaw> {
    let tree = match libyaml::read(text, body) {
        Ok((tree, None)) => tree,
        Ok((_, Some(at))) => return Err(flaws::another_document(Span::new(at, token::line_end(text.as_bytes(), at)))),
        // What Kubernetes refuses is left to the parser crate, which reads directives and says what is wrong.
        Err(reach) => {
            Reader::new(text, body, reach).read().and_then(|tree| match libyaml::own_line_break(text, body) {
                Some(span) => Err(flaws::own_line_break(span)),
                None => Ok(tree),
            })?
        }
    };
    expand::check(&tree).map(|()| tree)
}

/// Reads `body` with the parser crate.
#[cfg(test)]
pub(super) fn by_parser<'s>(text: &'s str, body: Span) -> Result<Tree<'s>, Flaw> {
    Reader::new(text, body, body.start).read()
}

/// A token of the parser crate, as far as a check needs it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'s> {
    /// A document begins.
    Document,
    /// A map begins: its keys and values follow.
    Map,
    /// A list begins: its items follow.
    List,
    /// The innermost map or list ends.
    End,
    /// A scalar, and whether it is plain.
    Scalar(Cow<'s, str>, bool),
    /// A tag, an anchor, an alias, or text that is not YAML.
    Other,
}

/// The tokens of a text of one or more documents, read by the parser crate alone.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    parser(text).filter_map(|event| match event.map(|(event, _)| event) {
        Ok(Event::Scalar(text, style, 0, None)) => Some(Token::Scalar(text, style == ScalarStyle::Plain)),
        Ok(Event::MappingStart(_, 0, None)) => Some(Token::Map),
        Ok(Event::SequenceStart(_, 0, None)) => Some(Token::List),
        Ok(Event::MappingEnd | Event::SequenceEnd) => Some(Token::End),
        Ok(Event::DocumentStart(..)) => Some(Token::Document),
        Ok(Event::DocumentEnd | Event::StreamStart | Event::StreamEnd) => None,
        _ => Some(Token::Other),
    })
}

fn parser(text: &str) -> Parser<'_, StrInput<'_>> {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_anchor_events: true,
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
    };
    Parser::new_from_str_with_options(text, options)
}

/// Turns the parser's events for one document into nodes.
struct Reader<'s> {
    text: &'s str,
    body: Span,
    builder: Builder<'s>,
    /// The node of each anchor, by the parser's number.
    anchors: Vec<Option<NodeId>>,
    /// The last node. Its anchor is reported after it.
    last: Option<NodeId>,
    /// Where the last token ends.
    end: usize,
    documents: usize,
    /// How far Kubernetes' decoder has read.
    reach: usize,
}

impl<'s> Reader<'s> {
    fn new(text: &'s str, body: Span, reach: usize) -> Self {
        let builder = Builder::new(text, body.end - body.start, ReadBy::Parser);
        Self { text, body, builder, anchors: Vec::new(), last: None, end: body.start, documents: 0, reach }
    }

    fn read(mut self) -> Result<Tree<'s>, Flaw> {
        let text: &'s str = self.text;
        for event in parser(&text[self.body.range()]) {
            let (event, mark) = event.map_err(|error| flaws::refused(&error, self.text, self.body, self.reach))?;
            let bytes = mark.byte_range().unwrap_or_default();
            let span = Span::new(bytes.start, bytes.end).shifted(self.body.start);
            let tag = mark.tag_start().and_then(|mark| mark.byte_offset()).map(|at| at + self.body.start);
            self.event(event, span, tag)?;
            if self.builder.is_full() {
                return Err(flaws::exceeds(Limit::Made, span).hint("split the document"));
            }
            if span.end > span.start {
                self.end = self.end.max(span.end);
            }
        }
        Ok(self.builder.finish())
    }

    fn event(&mut self, event: Event<'s>, span: Span, tag_start: Option<usize>) -> Result<(), Flaw> {
        match event {
            Event::DocumentStart(..) => self.document(span)?,
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(text, style, span)?;
                // The parser reports an empty block scalar without its header.
                self.end = self.end.max(node.span.end);
                self.add(node, tag, tag_start, anchor);
            }
            Event::MappingStart(style, anchor, tag) => {
                self.open(Content::Map, style, span, tag, tag_start, anchor)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(Content::List, style, span, tag, tag_start, anchor)?;
            }
            Event::MappingEnd | Event::SequenceEnd => self.builder.close((span.end > span.start).then_some(span.end)),
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::Anchor(_, name) => self.anchor(name, span)?,
            _ => {}
        }
        Ok(())
    }

    fn document(&mut self, span: Span) -> Result<(), Flaw> {
        self.documents += 1;
        if self.documents > 1 { Err(flaws::another_document(span)) } else { Ok(()) }
    }

    /// A scalar with its own bytes, its text as Kubernetes reads it.
    fn scalar(&self, text: Cow<'s, str>, style: ScalarStyle, span: Span) -> Result<Node<'s>, Flaw> {
        let style = match style {
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
            _ => Style::Plain,
        };
        if matches!(style, Style::Literal | Style::Folded) {
            return self.block_scalar(text, style, span);
        }
        if style == Style::Plain && span.start == span.end {
            return Ok(self.empty(span.start));
        }
        Ok(Node::new(Content::Scalar(style, text), span))
    }

    /// A block scalar with its header, which the parser does not report.
    fn block_scalar(&self, text: Cow<'s, str>, style: Style, span: Span) -> Result<Node<'s>, Flaw> {
        let span = token::block_span(&self.text[..self.body.end], self.end, span.end, &text)
            .ok_or_else(|| Flaw::new(Kind::Bug, span, "a block scalar without a header"))?;
        if self.builder.depth() == 0 && token::block(self.text, span).text_indent(self.text, &text) == Some(0) {
            let flaw = Flaw::new(Kind::Syntax, span, "Kubernetes reads a block scalar without indentation as empty");
            return Err(flaw.hint("indent its lines"));
        }
        let text = if self.has_unended_blank_line(span, &text) { Cow::Owned(format!("{text}\n")) } else { text };
        Ok(Node::new(Content::Scalar(style, text), span))
    }

    /// Whether the text ends within a blank line, without a line break, of a block scalar that keeps blank lines. Kubernetes'
    /// decoder adds that line break.
    fn has_unended_blank_line(&self, span: Span, decoded: &str) -> bool {
        if span.end < self.text.len() {
            return false;
        }
        let block = token::block(self.text, span);
        let body = &self.text[block.header_end..span.end];
        let blanks = body.len() - body.trim_end_matches([' ', '\t']).len();
        let is_line = body[..body.len() - blanks].ends_with(['\n', '\r']);
        let indent = block.text_indent(self.text, decoded).unwrap_or(0);
        block.chomp == Chomp::Keep && is_line && (1..=indent).contains(&blanks)
    }

    /// A node without text. It stands after its colon, dash, tag and anchor, before a comment.
    fn empty(&self, reported: usize) -> Node<'s> {
        let bytes = &self.text.as_bytes()[..self.body.end];
        let mut at = reported;
        let mut next = token::skip_space(bytes, self.end);
        while let Some(byte) = bytes.get(next) {
            let is_colon = *byte == b':' && self.builder.expects_value();
            at = match byte {
                _ if next >= reported && !is_colon => break,
                b'-' | b'?' | b':' => next + 1,
                b'&' | b'!' => token::word_end(bytes, next),
                _ => break,
            };
            next = token::skip_space(bytes, at);
        }
        Node::new(Content::Scalar(Style::Plain, Cow::Borrowed("")), Span::new(at, at))
    }

    fn open(
        &mut self,
        content: Content<'s>,
        style: StructureStyle,
        span: Span,
        tag: Option<Cow<'s, Tag>>,
        tag_start: Option<usize>,
        anchor: usize,
    ) -> Result<(), Flaw> {
        if self.builder.depth() >= DEPTH {
            return Err(flaws::exceeds(Limit::Depth, span));
        }
        let is_flow = style == StructureStyle::Flow;
        let is_value_list = content == Content::List && !is_flow && self.builder.expects_value();
        let start = if is_value_list { self.first_dash(span.start) } else { span.start };
        let mut node = Node::new(content, Span::new(start, span.end.max(start)));
        node.flow = is_flow;
        let id = self.describe(node, tag, tag_start);
        let id = self.builder.open(id);
        self.remember(id, anchor);
        Ok(())
    }

    /// The dash that opens the list after a key. The parser may report the list after that dash.
    fn first_dash(&self, limit: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = token::skip_space(bytes, self.end);
        while at < limit {
            at = match bytes[at] {
                b':' => token::skip_space(bytes, at + 1),
                b'&' | b'!' => token::skip_space(bytes, token::word_end(bytes, at)),
                _ => return at,
            };
        }
        limit
    }

    fn add(&mut self, node: Node<'s>, tag: Option<Cow<'s, Tag>>, tag_start: Option<usize>, anchor: usize) {
        let node = self.describe(node, tag, tag_start);
        let id = self.builder.leaf(node);
        self.remember(id, anchor);
    }

    fn describe(&self, mut node: Node<'s>, tag: Option<Cow<'s, Tag>>, tag_start: Option<usize>) -> Node<'s> {
        if let Some(tag) = tag {
            node.set_tag(tag_name(&tag));
        }
        node.start = tag_start.unwrap_or(node.start).min(node.start);
        node
    }

    fn remember(&mut self, id: NodeId, anchor: usize) {
        self.last = Some(id);
        if anchor > 0 {
            let length = self.anchors.len().max(anchor + 1);
            self.anchors.resize(length, None);
            self.anchors[anchor] = Some(id);
        }
    }

    /// Checks an anchor's name: Kubernetes ends it at characters that YAML 1.2 allows in it.
    fn anchor(&mut self, name: Cow<'s, str>, span: Span) -> Result<(), Flaw> {
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            let flaw = Flaw::new(Kind::Syntax, span, "Kubernetes reads the anchor's name in another way");
            return Err(flaw.hint("use letters, digits, `_` and `-`"));
        }
        if let Some(id) = self.last {
            let node = self.builder.node_mut(id);
            node.set_anchor(name);
            node.start = node.start.min(span.start);
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Flaw> {
        let Some(target) = self.anchors.get(anchor).copied().flatten() else {
            return Err(Flaw::new(Kind::Syntax, span, "invalid YAML: an alias of an unknown anchor").hint(flaws::ALIAS));
        };
        if self.builder.is_open(target) {
            return Err(Flaw::new(Kind::Syntax, span, "invalid YAML: an anchor that contains its own alias"));
        }
        self.last = Some(self.builder.leaf(Node::new(Content::Alias(target), span)));
        Ok(())
    }
}

fn tag_name<'s>(tag: &Tag) -> Cow<'s, str> {
    match (tag.handle(), tag.suffix()) {
        ("tag:yaml.org,2002:", "str") => Cow::Borrowed("tag:yaml.org,2002:str"),
        (handle, suffix) => Cow::Owned(format!("{handle}{suffix}")),
    }
}
