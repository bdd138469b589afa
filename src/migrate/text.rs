//! A document of a team's files, or one that stands as text in a value of another, with the lines of its nodes.

use super::statement::Site;
use crate::source::Span;
use crate::yaml::reader;
use crate::yaml::tree::{Content, NodeId, Style, Tree};

/// A document and where it begins.
pub(super) struct Text<'s> {
    pub(super) tree: Tree<'s>,
    text: &'s str,
    start: Site,
}

impl<'s> Text<'s> {
    /// Parses a document that begins at `start`; `None` if it is not YAML.
    pub(super) fn parse(text: &'s str, start: Site) -> Option<Self> {
        let tree = reader::read(text, Span::new(0, text.len())).ok()?;
        Some(Self { tree, text, start })
    }

    pub(super) fn root(&self) -> Option<NodeId> {
        self.tree.root().map(|root| self.tree.target(root))
    }

    /// Where a node stands.
    pub(super) fn site(&self, node: NodeId) -> Site {
        let before = &self.text.as_bytes()[..self.tree.node(node).span.start];
        self.start.below(memchr::memchr_iter(b'\n', before).count())
    }

    /// Where the text of a scalar begins: that of a block, below its header.
    pub(super) fn site_of_text(&self, node: NodeId) -> Site {
        let is_block = matches!(
            self.tree.node(self.tree.target(node)).content,
            Content::Scalar(Style::Literal | Style::Folded, _)
        );
        self.site(node).below(usize::from(is_block))
    }

    /// The node at a path of keys.
    pub(super) fn at(&self, node: NodeId, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(node, |node, key| self.tree.get(node, key)).map(|node| self.tree.target(node))
    }

    /// The text at a path of keys.
    pub(super) fn text_at(&self, node: NodeId, path: &[&str]) -> Option<&str> {
        self.tree.text(self.at(node, path)?)
    }

    /// The items of the list at a path of keys.
    pub(super) fn items_at(&self, node: NodeId, path: &[&str]) -> Vec<NodeId> {
        let list = self.at(node, path);
        list.map(|list| self.tree.items(list).map(|item| self.tree.target(item)).collect()).unwrap_or_default()
    }

    /// The entries of the map at a path of keys, each with its name.
    pub(super) fn entries_at(&self, node: NodeId, path: &[&str]) -> Vec<(&str, NodeId)> {
        let Some(map) = self.at(node, path) else { return Vec::new() };
        let entries = self.tree.entries(map);
        entries.filter_map(|(key, value)| Some((self.tree.text(key)?, self.tree.target(value)))).collect()
    }

    /// The texts in the list at a path of keys.
    pub(super) fn texts_at(&self, node: NodeId, path: &[&str]) -> Vec<(NodeId, &str)> {
        self.items_at(node, path).into_iter().filter_map(|item| Some((item, self.tree.text(item)?))).collect()
    }

    /// Every text at or below a node.
    pub(super) fn all_texts(&self, node: NodeId) -> Vec<&str> {
        let mut texts: Vec<&str> = self.tree.text(node).into_iter().collect();
        for child in self.tree.children(self.tree.target(node)) {
            texts.extend(self.all_texts(child));
        }
        texts
    }
}
