//! Paths that `AVP_PATH_VALIDATION` allows. Pure.

use super::settings::PATH_VALIDATION;
use crate::config::{Config, Pattern};
use crate::error::{Error, Kind};
use crate::secret::SecretId;

/// Which paths may be read.
#[derive(Clone, Debug)]
pub(super) struct AllowedPaths {
    pattern: Pattern,
}

impl AllowedPaths {
    /// `None` if every path is allowed.
    pub(super) fn of(config: &Config) -> Option<Self> {
        Some(Self { pattern: config.get(&PATH_VALIDATION)?.clone() })
    }

    /// Why `id` may not be read, if it may not: the pattern does not match its path. A child namespace is a folder to the operator, so the
    /// pattern must match the path with that `folder` in front of it, too.
    pub(super) fn refusal(&self, id: &SecretId, folder: &str) -> Option<Error> {
        let from_above = format!("{folder}/{}", id.path);
        let is_allowed = self.pattern.is_match(&id.path) && self.pattern.is_match(from_above.trim_start_matches('/'));
        (!is_allowed).then(|| self.refused(id))
    }

    fn refused(&self, id: &SecretId) -> Error {
        let within =
            id.scope.as_ref().map(|namespace| format!(" in the Vault namespace `{namespace}`")).unwrap_or_default();
        let error = Error::new(Kind::Denied, format!("the path `{}`{within} is not allowed", id.path));
        error.hint(format!("`AVP_PATH_VALIDATION` allows what matches `{}`", self.pattern.as_str()))
    }
}
