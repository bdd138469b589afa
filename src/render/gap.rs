//! A scalar to fill, and the placeholders in it. Knows no secret.

use std::sync::Arc;

use super::resource_context::ResourceContext;
use crate::manifest::{Field, FieldType};
use crate::placeholder::{Match, MatchKind, Placeholder};
use crate::source::{Place, Span};
use crate::yaml::tree::NodeId;

/// A scalar to fill.
#[derive(Debug)]
pub struct Gap {
    /// The scalar that holds the placeholders.
    pub node: NodeId,
    /// Its field in the resource.
    pub field: Field<'static>,
    /// The type that Kubernetes accepts in the field.
    pub field_type: FieldType,
    /// The resource around it, with its annotations.
    pub resource: Arc<ResourceContext>,
    /// The matches in its text.
    pub matches: Vec<Match>,
    /// The span of each of `matches` in the source, if it stands there literally.
    pub places: Vec<Option<Span>>,
    /// The scalar's start.
    pub place: Place,
    /// Whether no value fits, which is an error already.
    pub(super) is_misfit: bool,
}

/// A placeholder in its gap.
#[derive(Debug)]
pub struct PlaceholderUse<'g> {
    /// The gap that it is in.
    pub gap: &'g Gap,
    /// The placeholder itself.
    pub placeholder: &'g Placeholder,
    /// Its place in the source.
    pub place: Place,
    /// Whether it is not encoded.
    pub bare: bool,
}

impl Gap {
    /// The placeholders that it holds, in order.
    pub fn placeholders(&self) -> Vec<PlaceholderUse<'_>> {
        let mut asked = Vec::new();
        for (index, found) in self.matches.iter().enumerate() {
            self.collect(found, &self.place_of(index), true, &mut asked);
        }
        asked
    }

    fn collect<'g>(&'g self, found: &'g Match, place: &Place, bare: bool, out: &mut Vec<PlaceholderUse<'g>>) {
        match &found.kind {
            MatchKind::Placeholder(placeholder) => {
                out.push(PlaceholderUse { gap: self, placeholder, place: place.clone(), bare })
            }
            MatchKind::Encoded { matches, .. } => {
                matches.iter().for_each(|inner| self.collect(inner, place, false, out))
            }
            MatchKind::Raw(_) | MatchKind::Wrong(_) | MatchKind::Malformed(_) => {}
        }
    }

    /// The place of the `index`th of `matches`.
    pub fn place_of(&self, index: usize) -> Place {
        let literal = self.places.get(index).copied().flatten();
        Place { span: literal.unwrap_or(self.place.span), ..self.place.clone() }
    }
}
