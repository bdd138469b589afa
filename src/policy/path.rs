//! Paths that `AVP_PATH_VALIDATION` allows. Pure.

use regex::Regex;

use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::SecretId;

/// Which paths may be read.
#[derive(Clone, Debug)]
pub(super) struct AllowedPaths {
    regex: Regex,
    /// The regular expression as the setting has it, for messages.
    pattern: String,
}

impl AllowedPaths {
    /// `None` if every path is allowed.
    pub(super) fn of(config: &Config) -> Option<Self> {
        let pattern = config.get("AVP_PATH_VALIDATION")?.to_owned();
        Some(Self { regex: config.regex("AVP_PATH_VALIDATION")?, pattern })
    }

    /// Why `id` may not be read because of its path, if it may not. A child namespace is a folder to the operator: their pattern must
    /// match the path with that `folder` in front of it, too.
    pub(super) fn refuse(&self, id: &SecretId, folder: &str) -> Option<Error> {
        let from_above = format!("{folder}/{}", id.path);
        let is_allowed = self.regex.is_match(&id.path) && self.regex.is_match(from_above.trim_start_matches('/'));
        (!is_allowed).then(|| self.refusal(id))
    }

    fn refusal(&self, id: &SecretId) -> Error {
        let within =
            id.namespace.as_ref().map(|namespace| format!(" in the Vault namespace `{namespace}`")).unwrap_or_default();
        let error = Error::new(Kind::Denied, format!("the path `{}`{within} is not allowed", id.path));
        error.hint(format!("`AVP_PATH_VALIDATION` allows what matches `{}`", self.pattern))
    }
}
