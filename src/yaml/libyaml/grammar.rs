//! Tokens as a tree: libyaml's grammar, one function for each of its rules.

use std::borrow::Cow;
use std::collections::HashMap;

use super::scanner::{Scanner, Token, TokenKind};
use crate::budget::DEPTH;
use crate::source::Span;
use crate::yaml::builder::Builder;
use crate::yaml::tree::{Content, Node, NodeId, ReadBy, Style, Tree};

/// The first document of `body`, and where another begins; or how far it can be read.
pub(super) fn read<'s>(text: &'s str, body: Span) -> Result<(Tree<'s>, Option<usize>), usize> {
    let builder = Builder::new(text, body.end - body.start, ReadBy::Libyaml);
    let mut parser = Parser { scanner: Scanner::new(text, body), builder, anchors: HashMap::new() };
    let rest = parser.whole_document().ok_or(parser.scanner.cursor.at)?;
    Ok((parser.builder.finish(), rest))
}

struct Parser<'s> {
    scanner: Scanner<'s>,
    builder: Builder<'s>,
    anchors: HashMap<&'s str, NodeId>,
}

/// Where a node may stand, which decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Site {
    /// In brackets.
    Flow,
    /// In a block list, or alone.
    Block,
    /// In a block map, where a list may stand at the key's column.
    Entry,
}

/// The tag and anchor before a node.
#[derive(Default)]
struct Properties<'s> {
    tag: Option<Cow<'s, str>>,
    anchor: Option<&'s str>,
    span: Option<Span>,
}

impl<'s> Parser<'s> {
    /// Reads a document, and returns where another begins.
    fn whole_document(&mut self) -> Option<Option<usize>> {
        self.document()?;
        let next = self.scanner.peek()?;
        Some((next.kind != TokenKind::StreamEnd).then_some(next.span.start))
    }

    fn document(&mut self) -> Option<()> {
        let marker = self.scanner.take_if(&TokenKind::DocumentStart)?;
        match (self.peek()?, marker) {
            (TokenKind::StreamEnd, None) => return Some(()),
            (TokenKind::StreamEnd | TokenKind::DocumentEnd, Some(marker)) => self.empty(marker.span.end)?,
            _ => self.node(Site::Block)?,
        }
        self.scanner.take_if(&TokenKind::DocumentEnd)?;
        Some(())
    }

    fn node(&mut self, site: Site) -> Option<()> {
        if *self.peek()? == TokenKind::Alias {
            return self.alias();
        }
        let properties = self.properties()?;
        let Token { kind, span } = self.scanner.peek()?;
        let (is_block, start) = (site != Site::Flow, span.start);
        match kind {
            TokenKind::Dash if site == Site::Entry => {
                self.open(Content::List, Span::new(start, start), properties)?;
                self.list_of_key()
            }
            TokenKind::Scalar(..) => self.scalar(properties),
            TokenKind::FlowList => self.collection(Content::List, properties, Self::flow_list),
            TokenKind::FlowMap => self.collection(Content::Map, properties, Self::flow_map),
            TokenKind::BlockList if is_block => self.collection(Content::List, properties, Self::block_list),
            TokenKind::BlockMap if is_block => self.collection(Content::Map, properties, Self::block_map),
            _ => {
                let end = properties.span?.end;
                self.leaf(Content::Scalar(Style::Plain, Cow::Borrowed("")), Span::new(end, end), properties)
            }
        }
    }

    fn properties(&mut self) -> Option<Properties<'s>> {
        let mut properties = Properties::default();
        loop {
            match self.peek()? {
                TokenKind::Anchor if properties.anchor.is_none() => {
                    let span = self.scanner.take()?.span;
                    properties.anchor = Some(&self.text()[span.start + 1..span.end]);
                    properties.extend(span);
                }
                TokenKind::Tag(_) if properties.tag.is_none() => {
                    let Token { kind: TokenKind::Tag(tag), span } = self.scanner.take()? else { return None };
                    properties.tag = Some(tag);
                    properties.extend(span);
                }
                _ => return Some(properties),
            }
        }
    }

    /// An alias of a node that is complete.
    fn alias(&mut self) -> Option<()> {
        let span = self.scanner.take()?.span;
        let target = *self.anchors.get(&self.text()[span.start + 1..span.end])?;
        (!self.builder.is_open(target)).then_some(())?;
        self.leaf(Content::Alias(target), span, Properties::default())
    }

    fn scalar(&mut self, properties: Properties<'s>) -> Option<()> {
        let Token { kind: TokenKind::Scalar(style, text), span } = self.scanner.take()? else { return None };
        self.leaf(Content::Scalar(style, text), span, properties)
    }

    /// A node without text.
    fn empty(&mut self, at: usize) -> Option<()> {
        self.leaf(Content::Scalar(Style::Plain, Cow::Borrowed("")), Span::new(at, at), Properties::default())
    }

    /// A collection that begins with a token of its own.
    fn collection(
        &mut self,
        content: Content<'s>,
        properties: Properties<'s>,
        read: fn(&mut Self) -> Option<()>,
    ) -> Option<()> {
        let span = self.scanner.take()?.span;
        self.open(content, span, properties)?;
        read(self)
    }

    fn block_list(&mut self) -> Option<()> {
        while let Some(dash) = self.scanner.take_if(&TokenKind::Dash)? {
            match self.peek()? {
                TokenKind::Dash | TokenKind::BlockEnd => self.empty(dash.span.end)?,
                _ => self.node(Site::Block)?,
            }
        }
        self.end_block()
    }

    /// The items of a list at the column of its key.
    fn list_of_key(&mut self) -> Option<()> {
        while let Some(dash) = self.scanner.take_if(&TokenKind::Dash)? {
            match self.peek()? {
                TokenKind::Dash | TokenKind::Key | TokenKind::Colon | TokenKind::BlockEnd => {
                    self.empty(dash.span.end)?;
                }
                _ => self.node(Site::Block)?,
            }
        }
        self.builder.close(None);
        Some(())
    }

    fn block_map(&mut self) -> Option<()> {
        while let Some(key) = self.scanner.take_if(&TokenKind::Key)? {
            self.part_of_entry(key.span.end)?;
            match self.scanner.take_if(&TokenKind::Colon)? {
                Some(colon) => self.part_of_entry(colon.span.end)?,
                None => self.empty_here()?,
            }
        }
        self.end_block()
    }

    /// A key or a value of a block map.
    fn part_of_entry(&mut self, after: usize) -> Option<()> {
        match self.peek()? {
            TokenKind::Key | TokenKind::Colon | TokenKind::BlockEnd => self.empty(after),
            _ => self.node(Site::Entry),
        }
    }

    fn end_block(&mut self) -> Option<()> {
        self.scanner.take_if(&TokenKind::BlockEnd)??;
        self.builder.close(None);
        Some(())
    }

    fn flow_list(&mut self) -> Option<()> {
        self.separated(&TokenKind::FlowListEnd, |parser| match parser.scanner.take_if(&TokenKind::Key)? {
            None => parser.node(Site::Flow),
            // go-yaml forgets the colon of an entry without a key.
            Some(_) if *parser.peek()? == TokenKind::Colon => None,
            Some(key) => {
                parser.open(Content::Map, key.span, Properties::default())?;
                parser.node(Site::Flow)?;
                parser.flow_value()?;
                parser.builder.close(None);
                Some(())
            }
        })
    }

    fn flow_map(&mut self) -> Option<()> {
        self.separated(&TokenKind::FlowMapEnd, |parser| match parser.scanner.take_if(&TokenKind::Key)? {
            None => {
                parser.node(Site::Flow)?;
                parser.empty_here()
            }
            Some(_) => {
                match parser.peek()? {
                    TokenKind::Colon | TokenKind::Comma | TokenKind::FlowMapEnd => parser.empty_here()?,
                    _ => parser.node(Site::Flow)?,
                }
                parser.flow_value()
            }
        })
    }

    /// The parts of a collection in brackets, with commas between them; one may follow the last.
    fn separated(&mut self, end: &TokenKind, mut part: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        let mut is_first = true;
        loop {
            if *self.peek()? != *end && !is_first {
                self.scanner.take_if(&TokenKind::Comma)??;
            }
            if let Some(bracket) = self.scanner.take_if(end)? {
                self.builder.close(Some(bracket.span.end));
                return Some(());
            }
            part(self)?;
            is_first = false;
        }
    }

    /// The value of an entry in brackets.
    fn flow_value(&mut self) -> Option<()> {
        let Some(colon) = self.scanner.take_if(&TokenKind::Colon)? else { return self.empty_here() };
        match self.peek()? {
            TokenKind::Comma | TokenKind::FlowMapEnd | TokenKind::FlowListEnd => self.empty(colon.span.end),
            _ => self.node(Site::Flow),
        }
    }

    /// A value that is missing together with its colon.
    fn empty_here(&mut self) -> Option<()> {
        let at = self.scanner.peek()?.span.start;
        self.empty(at)
    }

    fn peek(&mut self) -> Option<&TokenKind<'s>> {
        self.scanner.peek().map(|token| &token.kind)
    }

    fn text(&self) -> &'s str {
        self.scanner.cursor.text
    }

    fn leaf(&mut self, content: Content<'s>, span: Span, properties: Properties<'s>) -> Option<()> {
        (!self.builder.is_full()).then_some(())?;
        let anchor = properties.anchor;
        let id = self.builder.leaf(properties.describe(Node::new(content, span)));
        self.anchors.extend(anchor.map(|name| (name, id)));
        Some(())
    }

    fn open(&mut self, content: Content<'s>, span: Span, properties: Properties<'s>) -> Option<()> {
        (!self.builder.is_full() && self.builder.depth() < DEPTH).then_some(())?;
        let anchor = properties.anchor;
        let mut node = Node::new(content, span);
        node.flow = span.end > span.start;
        let id = self.builder.open(properties.describe(node));
        self.anchors.extend(anchor.map(|name| (name, id)));
        Some(())
    }
}

impl<'s> Properties<'s> {
    fn extend(&mut self, span: Span) {
        let start = self.span.map_or(span.start, |own| own.start);
        self.span = Some(Span::new(start, span.end));
    }

    fn describe(self, mut node: Node<'s>) -> Node<'s> {
        node.start = self.span.map_or(node.start, |span| span.start);
        if let Some(tag) = self.tag {
            node.set_tag(tag);
        }
        if let Some(name) = self.anchor {
            node.set_anchor(Cow::Borrowed(name));
        }
        node
    }
}
