//! The resource around a placeholder, which decides the secret that the placeholder names. Knows no document.

use std::sync::Arc;

use crate::manifest::{Annotations, Resource};
use crate::placeholder::{Placeholder, Reference};
use crate::secret::{KV_VERSION, SecretId, Version, normalise};
use crate::source::{Place, ResourceId};
use crate::yaml::tree::NodeId;

/// The properties of a resource that its placeholders depend on.
#[derive(Debug)]
pub struct ResourceContext {
    /// Its identity, as `kubectl` names it.
    pub id: Arc<ResourceId>,
    /// The template it came from.
    pub origin: Option<Arc<str>>,
    /// Its annotations, parsed.
    pub annotations: Annotations,
    /// Whether it has a kind and an apiVersion.
    pub is_object: bool,
}

impl ResourceContext {
    pub(super) fn new(resource: Resource) -> (Arc<Self>, NodeId, Vec<Resource>) {
        let Resource { node, id, is_object, annotations, origin, items, .. } = resource;
        (Arc::new(Self { id, origin, annotations, is_object }), node, items)
    }

    /// The secret that a placeholder of this resource reads; `None` if its path leads above the root.
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

    /// `place` with this resource added.
    pub fn place(&self, place: Place) -> Place {
        Place { resource: Some(self.id.clone()), origin: self.origin.clone(), ..place }
    }
}
