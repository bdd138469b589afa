//! The Kubernetes Secret that `-s` names: its name, and its data as settings. Knows no Kubernetes API.

use std::fmt;

use super::Origin;
use super::read::Layer;
use crate::error::Errors;

/// A Kubernetes Secret, read already.
#[derive(Clone)]
pub struct ClusterSecret {
    /// `namespace:name`.
    pub name: String,
    /// Its data, base64 decoded.
    pub data: Vec<(String, Vec<u8>)>,
}

impl ClusterSecret {
    pub(super) fn layer(&self, _errors: &mut Errors) -> Layer {
        Layer { origin: Origin::Secret(self.name.clone()), pairs: Vec::new() }
    }
}

impl fmt::Debug for ClusterSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClusterSecret").field("name", &self.name).finish_non_exhaustive()
    }
}
