//! The resource that a placeholder stands in: what decides which secret it names. Knows no document.

use std::sync::Arc;

use crate::manifest::{Annotations, Resource};
use crate::placeholder::{Placeholder, Reference};
use crate::secret::{KV_VERSION, SecretId, Version, normalise};
use crate::source::{Place, ResourceId};
use crate::yaml::tree::NodeId;

/// What placeholders need to know of the resource that they stand in.
#[derive(Debug)]
pub struct ResourceContext {
    /// What `kubectl` would call it.
    pub id: Arc<ResourceId>,
    /// The template it came from.
    pub origin: Option<Arc<str>>,
    /// What its annotations ask for.
    pub annotations: Annotations,
    /// Whether it has a kind and an apiVersion.
    pub is_object: bool,
}

impl ResourceContext {
    pub(super) fn new(resource: Resource) -> (Arc<Self>, NodeId, Vec<Resource>) {
        let Resource { node, id, is_object, annotations, origin, items, .. } = resource;
        (Arc::new(Self { id, origin, annotations, is_object }), node, items)
    }

    /// Which secret a placeholder of this resource reads. None where its path leads above the root.
    pub fn secret(&self, placeholder: &Placeholder) -> Option<SecretId> {
        let Annotations { path, kv_version, version, namespace, .. } = &self.annotations;
        let (path, version) = match &placeholder.secret {
            Reference::Inline { path, version } => (normalise(path)?, *version),
            Reference::Annotated => (normalise(path.as_ref()?)?, *version),
        };
        let (scope, version) = (namespace.clone(), version.map(Version::from));
        let parameters = kv_version.iter().map(|version| (KV_VERSION, version.to_string())).collect();
        Some(SecretId { store: None, scope, path, version, parameters })
    }

    /// `place`, with the resource that it is in.
    pub fn place(&self, place: Place) -> Place {
        Place { resource: Some(self.id.clone()), origin: self.origin.clone(), ..place }
    }
}
