//! The resource around a placeholder, which decides the secret that the placeholder names. Knows no document.

use std::sync::{Arc, OnceLock};

use super::surroundings::Surroundings;
use crate::error::{Error, Kind};
use crate::manifest::{Annotations, FieldType, KindId, Known, Resource, Schema, Schemas, Step, field_type};
use crate::placeholder::{Placeholder, Reference};
use crate::secret::path::{self, PathFault};
use crate::secret::{KV_VERSION, SecretId, Version, path_and_parameters};
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
    /// Its apiVersion.
    api_version: String,
    /// Where its schema is looked up, once a field's type is asked for, and the variables of its paths.
    surroundings: Arc<Surroundings>,
    schema: OnceLock<Option<Schema>>,
}

impl ResourceContext {
    pub(super) fn new(resource: Resource, surroundings: &Arc<Surroundings>) -> (Arc<Self>, NodeId, Vec<Resource>) {
        let Resource { node, id, api_version, is_object, annotations, origin, items } = resource;
        let (surroundings, schema) = (surroundings.clone(), OnceLock::new());
        (Arc::new(Self { id, origin, annotations, is_object, api_version, surroundings, schema }), node, items)
    }

    /// Whether its kind is of a version of a group that is Kubernetes' own.
    pub(crate) fn is_built_in(&self) -> bool {
        let KindId { group, version, .. } = KindId::new(&self.api_version, &self.id.kind);
        Schemas::is_built_in(&group, &version)
    }

    /// The type of the field at `steps`.
    pub(crate) fn field_type(&self, steps: &[Step<'_>]) -> FieldType {
        field_type(&self.id.kind, || self.schema(), steps)
    }

    /// What the schema of its kind says of the field at `steps`; `None` if no schema is known.
    pub(crate) fn known(&self, steps: &[Step<'_>]) -> Option<Known<'_>> {
        self.schema().map(|schema| schema.field(steps))
    }

    /// Whether its schema is that of an operator's release which this program brings along: another release may know more.
    pub(crate) fn has_bundled_schema(&self) -> bool {
        self.schema().is_some_and(Schema::is_bundled)
    }

    fn schema(&self) -> Option<&Schema> {
        let find = || {
            self.is_object
                .then(|| self.surroundings.schemas.of(&KindId::new(&self.api_version, &self.id.kind)))
                .flatten()
        };
        self.schema.get_or_init(find).as_ref()
    }

    /// The secret that a placeholder of this resource reads; `None` if its path is none.
    pub fn secret(&self, placeholder: &Placeholder) -> Option<SecretId> {
        self.named_secret(placeholder)?.ok()
    }

    /// The secret that a placeholder of this resource names, or why its path is none. `None` if no annotation names one.
    pub(super) fn named_secret(&self, placeholder: &Placeholder) -> Option<Result<SecretId, Error>> {
        let Annotations { path, kv_version, version, namespace, .. } = &self.annotations;
        let (written, version) = match &placeholder.secret {
            Reference::Inline { path, version } => (path, *version),
            Reference::Annotated => (path.as_ref()?, *version),
        };
        let id = path_and_parameters(written).and_then(|(path, parameters)| {
            let path = self.surroundings.variables.fill(path).and_then(|path| path::clean(&path));
            let path = path.map_err(|fault| not_a_path(placeholder, &fault))?;
            let (scope, version) = (namespace.clone(), version.map(Version::from));
            let instructions = kv_version.iter().map(|version| (KV_VERSION, version.to_string())).collect();
            Ok(SecretId { store: None, scope, path, version, parameters, instructions })
        });
        Some(id)
    }

    /// `place` with this resource added.
    pub fn place(&self, place: Place) -> Place {
        Place { resource: Some(self.id.clone()), origin: self.origin.clone(), ..place }
    }
}

fn not_a_path(placeholder: &Placeholder, fault: &PathFault) -> Error {
    let detail = format!("the path of `{}` {}", placeholder.written, fault.detail);
    Error::new(Kind::Placeholder, detail).hint(fault.hint)
}
