//! The documents of sources, each parsed once into its tree, its resources and its gaps, or the reason why it does not parse. Pure.

use std::cell::{LazyCell, OnceCell};
use std::sync::Arc;

use super::findings::Findings;
use super::gap::Gap;
use super::index::Index;
use super::resource_context::ResourceContext;
use super::surroundings::Surroundings;
use super::{Leftovers, literal};
use crate::error::{Error, Kind};
use crate::manifest::{self, Field};
use crate::placeholder::{self, Candidates, Match};
use crate::source::{Place, Source, Span};
use crate::yaml::split::{self, split};
use crate::yaml::tree::{NodeId, Tree};
use crate::yaml::{Flaw, reader};

/// A document that parses.
#[derive(Debug)]
pub struct Document<'s> {
    /// The source in which it is written.
    pub source: Arc<Source>,
    /// Its bytes there.
    pub span: Span,
    /// The tree of its nodes.
    pub tree: Tree<'s>,
    /// Its resources with their maps: the object itself, and each item of a List.
    pub resources: Vec<(NodeId, Arc<ResourceContext>)>,
    /// The scalars to fill.
    pub gaps: Vec<Gap>,
    /// The errors that count under any options.
    pub(super) errors: Vec<Error>,
    /// Inline placeholders that would stay in the output.
    pub(super) leftovers: Vec<Error>,
    /// The index of its nodes, resources and gaps, made on first use.
    index: OnceCell<Index>,
}

/// A document that does not parse.
#[derive(Debug)]
pub struct Unparsed {
    /// The reason, with its place.
    pub error: Error,
    /// Whether a placeholder may stand in it. If so, the document always counts as an error.
    pub may_hold_placeholder: bool,
    /// Whether it holds a NUL, which no text does.
    is_binary: bool,
}

impl<'s> Document<'s> {
    /// A node's place, with its resource and its field.
    pub fn place(&self, node: NodeId) -> Place {
        let (resource, field) = self.field(node);
        let place = Place::new(self.source.clone(), literal::start(self.tree.node(node).span));
        let place = Place { field: Some(field.to_string()).filter(|field| !field.is_empty()), ..place };
        resource.map_or_else(|| place.clone(), |resource| resource.place(place.clone()))
    }

    /// The place of each of `found` (in order, in the node's text): the node's start if it does not stand literally in the source.
    pub fn places(&self, node: NodeId, found: &[Match]) -> Vec<Place> {
        let start = self.place(node);
        let spans = literal::spans(&self.source, &self.tree, node, found).into_iter();
        spans.map(|span| Place { span: span.unwrap_or(start.span), ..start.clone() }).collect()
    }

    /// The resource that a node is written in, and its field there. The field of a key is that of its value.
    pub fn field(&self, node: NodeId) -> (Option<&Arc<ResourceContext>>, Field<'_>) {
        let mut steps = Vec::new();
        let mut at = node;
        let resource = loop {
            if let Some(resource) = self.index().owner(at) {
                break Some(&self.resources[resource].1);
            }
            let Some(parent) = self.tree.parent(at) else { break None };
            steps.extend(self.index().step(&self.tree, at));
            at = parent;
        };
        steps.reverse();
        (resource, Field { steps })
    }

    /// Whether a scalar is filled.
    pub fn is_filled(&self, node: NodeId) -> bool {
        self.index().is_filled(node)
    }

    /// Whether a resource has a gap.
    pub fn has_gaps(&self, resource: &Arc<ResourceContext>) -> bool {
        self.index().has_gaps(resource)
    }

    /// The map of a resource.
    pub fn map(&self, resource: &Arc<ResourceContext>) -> Option<NodeId> {
        self.index().map(resource)
    }

    /// The end of the last scalar that begins in `line`.
    pub fn end_of_scalars(&self, line: Span) -> Option<usize> {
        let scalars = self.index().nodes_that_begin_in(line).filter(|id| self.tree.text(*id).is_some());
        scalars.map(|id| self.tree.node(id).span.end).max()
    }

    /// The innermost node around the byte at `offset`, or else the root.
    pub fn node_at(&self, offset: usize) -> Option<NodeId> {
        let mut at = self.index().last_node_before(offset).or(self.tree.root())?;
        while let Some(parent) = self.tree.parent(at)
            && !self.tree.node(at).span.range().contains(&offset)
        {
            at = parent;
        }
        Some(at)
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.tree, &self.resources, &self.gaps))
    }
}

/// The documents of `sources`, or only the candidates, each read on demand.
pub(super) fn documents<'s>(
    sources: &'s [Arc<Source>],
    candidates_only: bool,
    surroundings: Arc<Surroundings>,
    leftovers: Leftovers,
) -> impl Iterator<Item = Result<Document<'s>, Unparsed>> + 's {
    sources.iter().flat_map(move |source| {
        let (surroundings, utf16) = (surroundings.clone(), utf16(source));
        // The bytes of UTF-16 cannot be split as text.
        let bytes = if utf16.is_some() { &[][..] } else { &source.bytes };
        let text = LazyCell::new(|| source.text());
        let mut candidates = Candidates::new(bytes);
        let is_wanted = move |document: &Span| !candidates_only || candidates.may_hold(*document);
        let read = move |document| read(source, || *text, document, &surroundings, leftovers);
        let documents = utf16.map(Err).into_iter().chain(split(bytes).filter(is_wanted).map(read));
        // A file that is not text is one error, whatever looks like documents in it.
        let mut is_told = false;
        documents.filter(move |document| match document {
            Err(unparsed) if unparsed.is_binary => {
                unparsed.may_hold_placeholder || !std::mem::replace(&mut is_told, true)
            }
            _ => true,
        })
    })
}

/// The error about a text in UTF-16, which Kubernetes reads but which is not filled; a warning if it holds no placeholder.
fn utf16(source: &Arc<Source>) -> Option<Unparsed> {
    let text = source.utf16()?;
    let may_hold_placeholder = placeholder::may_hold_unparsed(&text);
    let error = match may_hold_placeholder {
        true => Error::new(Kind::Syntax, "placeholders in UTF-16 are not filled"),
        false => Error::warning(Kind::Syntax, "this is UTF-16, in which nothing is looked at"),
    };
    let start = Place::new(source.clone(), Span::new(0, 0));
    let error = error.hint("save it as UTF-8").hidden().at(start);
    Some(Unparsed { error, may_hold_placeholder, is_binary: false })
}

fn read<'s>(
    source: &Arc<Source>,
    text: impl Fn() -> &'s str,
    span: Span,
    surroundings: &Arc<Surroundings>,
    leftovers: Leftovers,
) -> Result<Document<'s>, Unparsed> {
    let tree = parse(source, &text, span)?;
    let document = &text()[span.range()];
    let findings = manifest::resources(&tree, document)
        .map(|resource| Findings::of(source, &tree, resource, surroundings, document, leftovers))
        .unwrap_or_default();
    let Findings { resources, gaps, mut errors, leftovers } = findings;
    errors.extend(glued_separator(source, span));
    let index = OnceCell::new();
    Ok(Document { source: source.clone(), span, tree, resources, gaps, errors, leftovers, index })
}

/// The warning about a `---` that Kubernetes takes for a separator with text behind it, which it refuses.
fn glued_separator(source: &Arc<Source>, document: Span) -> Option<Error> {
    let at = document.start + split::glued_separator(&source.bytes[document.range()])?;
    let error = Error::warning(Kind::Syntax, "text stands directly behind `---`: Kubernetes refuses the file");
    let error = error.rule("glued-separator").hint("put a line break behind `---`");
    Some(error.at(Place::new(source.clone(), Span::new(at, at + 3))))
}

/// Parses a document. `text` is asked for only where the document may be text.
fn parse<'s>(source: &Arc<Source>, text: impl Fn() -> &'s str, span: Span) -> Result<Tree<'s>, Unparsed> {
    let bytes = &source.bytes[span.range()];
    if let Some(at) = memchr::memchr(0, bytes) {
        let at = Place { span: Span::new(span.start + at, span.start + at + 1), ..Place::new(source.clone(), span) };
        let error = Error::new(Kind::Syntax, "this is not text: it holds a NUL byte").hidden().at(at);
        let error = error.rule("not-text").hint("name only YAML and JSON, in UTF-8");
        return Err(Unparsed { error, may_hold_placeholder: placeholder::may_hold_binary(bytes), is_binary: true });
    }
    let read = match std::str::from_utf8(bytes) {
        Ok(_) => reader::read(text(), span),
        Err(invalid) => {
            let at = span.start + invalid.valid_up_to();
            let error = Error::new(Kind::Syntax, "the document is not UTF-8 here").hint("save it as UTF-8");
            Err(Flaw { span: Span::new(at, at + 1), error })
        }
    };
    read.map_err(|Flaw { span: at, error }| {
        let may_hold_placeholder = placeholder::may_hold_unparsed(&text()[span.range()]);
        Unparsed { error: error.at(Place::new(source.clone(), at)), may_hold_placeholder, is_binary: false }
    })
}
