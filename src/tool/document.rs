//! A file of a chart or a kustomization as trees, with the places of what is wrong in it. Keys are read as Go reads them.

use std::sync::Arc;

use crate::error::{Error, Kind};
use crate::source::{Place, Source, Span};
use crate::yaml::reader;
use crate::yaml::split::split;
use crate::yaml::tree::{Content, NodeId, Tree};

/// How many entries may be looked at, those that aliases and merge keys bring in counted each time.
const MOST: usize = 100_000;

/// A file of YAML, parsed.
pub(super) struct ParsedFile {
    source: Arc<Source>,
}

/// The entries of maps, until they are too many.
pub(super) struct Entries {
    left: usize,
}

impl ParsedFile {
    /// A file with its name for messages.
    pub(super) fn new(name: impl Into<String>, text: String) -> Self {
        Self { source: Arc::new(Source::new(name, text)) }
    }

    /// Its documents. A text that does not parse is an error: whoever reads it next may be less strict.
    pub(super) fn trees(&self) -> Result<Vec<Tree<'_>>, Error> {
        let documents = split(&self.source.bytes);
        let trees = documents.map(|document| reader::read(self.source.text(), document));
        trees.collect::<Result<_, _>>().map_err(|flaw| self.place(flaw.error, flaw.span))
    }

    /// An error at a place of the file.
    pub(super) fn wrong(&self, span: Span, detail: impl Into<String>) -> Error {
        self.place(Error::new(Kind::Input, detail), span)
    }

    fn place(&self, error: Error, span: Span) -> Error {
        error.at(Place { source: self.source.clone(), span, resource: None, field: None, origin: None })
    }
}

impl Default for Entries {
    fn default() -> Self {
        Self { left: MOST }
    }
}

impl Entries {
    /// The entries of a map, through an alias, those of merge keys among them. It is empty for a node that is not a map, and once there were too many.
    pub(super) fn of<'t>(&mut self, tree: &'t Tree<'_>, map: NodeId) -> Vec<(&'t str, NodeId, NodeId)> {
        let (mut entries, mut maps) = (Vec::new(), vec![tree.target(map)]);
        while let Some(map) = maps.pop() {
            for (key, value) in tree.entries(map) {
                if self.left == 0 {
                    return entries;
                }
                self.left -= 1;
                match tree.is_merge_key(key) {
                    true => maps.extend(merged(tree, value)),
                    false => entries.push((tree.text(key).unwrap_or_default(), key, value)),
                }
            }
        }
        entries
    }

    /// Whether one more may be looked at; it is counted.
    pub(super) fn may_go_on(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }

    /// Whether there were too many.
    pub(super) fn are_too_many(&self) -> bool {
        self.left == 0
    }
}

/// The maps that the value of a merge key names.
fn merged(tree: &Tree<'_>, value: NodeId) -> Vec<NodeId> {
    let value = tree.target(value);
    match tree.node(value).content {
        Content::List => tree.items(value).map(|item| tree.target(item)).collect(),
        _ => vec![value],
    }
}

/// Whether Go's JSON takes `key` for the field `name`: the case of letters does not count, nor what folds to a letter of ASCII.
pub(super) fn is_field(key: &str, name: &str) -> bool {
    let fold = |char: char| match char {
        'ſ' => 's',
        '\u{212A}' => 'k',
        char => char.to_ascii_lowercase(),
    };
    key.chars().map(fold).eq(name.chars().map(fold))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fold_as_in_go() {
        for key in ["repository", "Repository", "repoſitory", "REPOſITORY"] {
            assert!(is_field(key, "repository"), "{key}");
        }
        assert!(is_field("\u{212A}ind", "kind") && !is_field("repositorys", "repository") && !is_field("x", "ſ"));
    }

    #[test]
    fn merge_keys_bring_entries_in_and_their_number_is_bounded() {
        let document = ParsedFile::new("x", "a: &a {files: [x]}\nb: {<<: [*a, {envs: [y]}], c: 1}\n".to_owned());
        let trees = document.trees().unwrap();
        let root = trees[0].root().unwrap();
        let b = trees[0].get(root, "b").unwrap();
        let mut keys: Vec<&str> = Entries::default().of(&trees[0], b).into_iter().map(|(key, ..)| key).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["c", "envs", "files"]);
        let mut few = Entries { left: 1 };
        assert_eq!(few.of(&trees[0], root).len(), 1);
        assert!(few.are_too_many());
    }
}
