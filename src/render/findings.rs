//! The gaps and errors in the strings of a document, including those that aliases and merge keys use. Pure.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::gap::Gap;
use super::misfit::misfit;
use super::resource_context::ResourceContext;
use super::surroundings::Surroundings;
use super::{Leftovers, literal, strict};
use crate::error::{Error, Kind};
use crate::manifest::{Field, FieldType, Resource, Step};
use crate::placeholder::{Base64, Context, Match, MatchKind, find, may_be_disguised, may_hold};
use crate::source::{Place, Source};
use crate::yaml::tree::{Content, NodeId, Tree};

/// The resources, gaps and errors of a document.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The resources with their maps.
    pub(super) resources: Vec<(NodeId, Arc<ResourceContext>)>,
    /// The scalars to fill.
    pub(super) gaps: Vec<Gap>,
    /// The errors that count under any options.
    pub(super) errors: Vec<Error>,
    /// Inline placeholders that would stay in the output: `--strict` refuses them.
    pub(super) leftovers: Vec<Error>,
}

impl Findings {
    /// The findings in `resource` and its items, and the leftovers unless they are ignored.
    pub(super) fn of(
        source: &Arc<Source>,
        tree: &Tree<'_>,
        resource: Resource,
        surroundings: &Arc<Surroundings>,
        document: &str,
        leftovers: Leftovers,
    ) -> Self {
        let mut walker = Walker {
            source,
            tree,
            may_hide: document.contains('\\') || may_be_disguised(document),
            surroundings,
            leftovers,
            steps: Vec::new(),
            gap_of: HashMap::new(),
            items: HashSet::new(),
            findings: Findings::default(),
        };
        walker.resource(resource);
        walker.findings.find_misfits(tree);
        walker.findings
    }

    /// Finds the gaps that no value fits, once every alias has told its field's type.
    fn find_misfits(&mut self, tree: &Tree<'_>) {
        for gap in &mut self.gaps {
            let error = misfit(gap, tree);
            gap.is_misfit = error.is_some();
            self.errors.extend(error);
        }
    }
}

/// A visit to every node of a resource.
struct Walker<'t, 's> {
    source: &'t Arc<Source>,
    tree: &'t Tree<'s>,
    surroundings: &'t Arc<Surroundings>,
    /// Whether base64 of a placeholder may stand in the document.
    may_hide: bool,
    leftovers: Leftovers,
    steps: Vec<Step<'t>>,
    gap_of: HashMap<NodeId, usize>,
    /// The items of the List, which are resources of their own.
    items: HashSet<NodeId>,
    findings: Findings,
}

impl<'t> Walker<'t, '_> {
    fn resource(&mut self, resource: Resource) {
        let (resource, node, items) = ResourceContext::new(resource, self.surroundings);
        self.findings.resources.push((node, resource.clone()));
        if !resource.annotations.ignore {
            self.items = items.iter().map(|item| item.node).collect();
            self.visit(node, &resource);
        }
        for item in items {
            self.resource(item);
        }
    }

    fn visit(&mut self, node: NodeId, resource: &Arc<ResourceContext>) {
        let tree = self.tree;
        match &tree.node(node).content {
            Content::Scalar(_, text) => self.scalar(node, text, resource),
            Content::Alias(target) => self.alias(*target, node, resource),
            Content::List => {
                for (index, item) in tree.items(node).enumerate() {
                    if !self.items.contains(&item) {
                        self.below(Step::Item(index), |walker| walker.visit(item, resource));
                    }
                }
            }
            Content::Map => {
                for (key, value) in tree.entries(node) {
                    if tree.is_merge_key(key) {
                        self.merge(value, resource);
                    } else {
                        self.entry(key, value, resource);
                    }
                }
            }
        }
    }

    fn entry(&mut self, key: NodeId, value: NodeId, resource: &Arc<ResourceContext>) {
        let tree = self.tree;
        let name = tree.text(key).unwrap_or_default();
        self.below(Step::Key(Cow::Borrowed(name)), |walker| {
            if walker.looks_for_leftovers_in_key(name) {
                let left = strict::in_key(name, || walker.place(key, resource));
                walker.findings.leftovers.extend(left);
            }
            walker.visit(value, resource);
        });
    }

    fn looks_for_leftovers_in_key(&self, text: &str) -> bool {
        match self.leftovers {
            Leftovers::Ignored => false,
            Leftovers::Warned => may_hold(text),
            Leftovers::Refused => true,
        }
    }

    fn below(&mut self, step: Step<'t>, visit: impl FnOnce(&mut Self)) {
        self.steps.push(step);
        visit(self);
        self.steps.pop();
    }

    fn scalar(&mut self, node: NodeId, text: &str, resource: &Arc<ResourceContext>) {
        let is_strict = self.leftovers == Leftovers::Refused;
        let is_data =
            || resource.id.kind == "Secret" && matches!(self.steps.as_slice(), [Step::Key(top), _] if top == "data");
        let may_hide = || is_data() || self.may_hide && may_be_disguised(text);
        if !is_strict && !may_hold(text) && !may_hide() {
            return;
        }
        let field_type = self.field_type(node, resource);
        let found = search(text, field_type, resource);
        let places = |all: &[Match]| {
            let places = literal::spans(self.source, self.tree, node, all);
            (self.place(node, resource), places)
        };
        let left = match self.leftovers {
            Leftovers::Ignored => Vec::new(),
            Leftovers::Warned => strict::among(&found, text, &found, places),
            Leftovers::Refused => strict::in_text(text, &found, places),
        };
        self.findings.leftovers.extend(left);
        if found.iter().any(Match::is_filled) {
            self.gap_of.insert(node, self.findings.gaps.len());
            self.findings.gaps.push(Gap {
                node,
                field: self.field(),
                field_type,
                resource: resource.clone(),
                places: literal::spans(self.source, self.tree, node, &found),
                matches: found,
                place: self.place(node, resource),
                is_misfit: false,
            });
        }
    }

    /// Checks how `alias` uses its anchor, which is filled in its own place. The reader has bounded the size of the anchor's content.
    fn alias(&mut self, target: NodeId, alias: NodeId, resource: &Arc<ResourceContext>) {
        let tree = self.tree;
        match &tree.node(target).content {
            Content::Scalar(_, text) => self.used(target, text, alias, resource),
            Content::Alias(further) => self.alias(*further, alias, resource),
            Content::List => {
                for (index, item) in tree.items(target).enumerate() {
                    self.below(Step::Item(index), |walker| walker.alias(item, alias, resource));
                }
            }
            Content::Map => {
                for (key, value) in tree.entries(target) {
                    if tree.is_merge_key(key) {
                        self.merge_used(value, alias, resource);
                    } else {
                        let name = Cow::Borrowed(tree.text(key).unwrap_or_default());
                        self.below(Step::Key(name), |walker| walker.alias(value, alias, resource));
                    }
                }
            }
        }
    }

    /// Visits the entries of a merge key as entries of the map around it, whether they are written here or an alias.
    fn merge(&mut self, value: NodeId, resource: &Arc<ResourceContext>) {
        let tree = self.tree;
        match tree.node(value).content {
            Content::List => tree.items(value).for_each(|map| self.visit(map, resource)),
            _ => self.visit(value, resource),
        }
    }

    /// Checks the entries of a merge key inside an alias's content.
    fn merge_used(&mut self, value: NodeId, alias: NodeId, resource: &Arc<ResourceContext>) {
        let tree = self.tree;
        match tree.node(value).content {
            Content::List => tree.items(value).for_each(|map| self.alias(map, alias, resource)),
            _ => self.alias(value, alias, resource),
        }
    }

    /// Checks a scalar that is also used through `alias`: a field that takes only strings makes it text everywhere.
    fn used(&mut self, target: NodeId, text: &str, alias: NodeId, resource: &Arc<ResourceContext>) {
        let here = self.field_type(target, resource);
        let gap = self.gap_of.get(&target).copied();
        let there = gap.map_or(FieldType::Anything, |gap| self.findings.gaps[gap].field_type);
        if here.is_base64() != there.is_base64() && search(text, FieldType::Data, resource).iter().any(is_base64) {
            self.findings.errors.push(self.used_twice(target, alias, resource));
        } else if let Some(gap) = gap
            && here != FieldType::Anything
        {
            match there.shared_with(here) {
                Some(both) => self.findings.gaps[gap].field_type = both,
                None => self.findings.errors.push(self.used_as(gap, here, alias, resource)),
            }
        }
    }

    /// The error about an anchor whose value cannot be right in its own field and in an alias's.
    fn used_as(&self, gap: usize, here: FieldType, alias: NodeId, resource: &Arc<ResourceContext>) -> Error {
        let Gap { field, field_type, place, .. } = &self.findings.gaps[gap];
        let (there, here) = (field_type.in_words(), here.in_words());
        let detail =
            format!("`{}` takes {here}, and `{field}`, where its anchor stands ({place}), takes {there}", self.field());
        Error::new(Kind::Value, detail)
            .hint("write the placeholder out in both places instead of using an alias")
            .at(self.place(alias, resource))
    }

    fn used_twice(&self, target: NodeId, alias: NodeId, resource: &Arc<ResourceContext>) -> Error {
        let anchor = self.place(target, resource);
        let detail = format!("the base64 of this anchor ({anchor}) is used in a field that takes base64 and elsewhere");
        Error::new(Kind::Value, detail)
            .hint("write the value out in both places instead of using an alias")
            .at(self.place(alias, resource))
    }

    fn field_type(&self, node: NodeId, resource: &ResourceContext) -> FieldType {
        let is_text = self.tree.node(node).tag().is_some_and(|tag| tag.ends_with(":str"));
        match resource.field_type(&self.steps) {
            FieldType::Anything if is_text => FieldType::Text,
            field_type => field_type,
        }
    }

    fn field(&self) -> Field<'static> {
        Field { steps: self.steps.clone() }.into_owned()
    }

    fn place(&self, node: NodeId, resource: &ResourceContext) -> Place {
        let place = Place::new(self.source.clone(), literal::start(self.tree.node(node).span));
        resource.place(Place { field: Some(self.field().to_string()), ..place })
    }
}

/// The matches in `text`; `takes` is the type of its field.
fn search(text: &str, field_type: FieldType, resource: &ResourceContext) -> Vec<Match> {
    let base64 = if field_type.is_base64() { Base64::Whole } else { Base64::No };
    let mut found = find(text, Context { generic: resource.annotations.names_path, base64 });
    found.shrink_to_fit();
    found
}

fn is_base64(found: &Match) -> bool {
    matches!(&found.kind, MatchKind::Encoded { encoding, .. } if encoding.name == "base64") && found.is_filled()
}
