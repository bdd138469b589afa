//! The file that `-c` names, as settings: YAML, JSON or `KEY=VALUE` lines. Knows no setting's meaning.

use std::fmt;

use super::read::Layer;
use super::{Given, Origin};
use crate::error::Errors;

/// A file of settings, read already.
#[derive(Clone)]
pub struct ConfigFile {
    /// The path, as it was named.
    pub path: String,
    /// What it holds: YAML, JSON or an env file.
    pub text: String,
    /// Whether it is, links followed, inside the working folder or the repository: the tenant's then, where there is one.
    pub inside_working_folder: bool,
}

impl fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The file's settings.
pub(super) fn layer(file: &ConfigFile, _given: &Given, has_tenant: bool, _errors: &mut Errors) -> Layer {
    let origin = Origin::File { path: file.path.clone(), tenant: has_tenant && file.inside_working_folder };
    Layer { origin, pairs: Vec::new() }
}
