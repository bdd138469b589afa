//! One rule of a policy: for whom it decides, which secrets they may read, and with which login. Pure.

use super::grant::{Grant, Identity};
use super::namespace::Namespaces;
use super::path::AllowedPaths;
use super::requester::{Requester, Selector};
use super::system::SystemPaths;
use crate::config::Config;
use crate::error::Error;
use crate::secret::SecretId;

/// A rule: of a policy's rules the first that matches decides.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// The requesters for whom it decides.
    pub(super) selector: Selector,
    /// The login of its grants.
    pub(super) identity: Identity,
    pub(super) namespaces: Namespaces,
    pub(super) system: SystemPaths,
    pub(super) paths: Option<AllowedPaths>,
}

impl Rule {
    /// The rule that the settings make, for everybody.
    pub(super) fn of(config: &Config) -> Self {
        Self {
            selector: Selector::default(),
            identity: Identity::Primary,
            namespaces: Namespaces::of(config),
            system: SystemPaths::of(config),
            paths: AllowedPaths::of(config),
        }
    }

    /// Whether this rule decides for `requester`.
    pub(super) fn matches(&self, requester: &Requester) -> bool {
        self.selector.matches(requester)
    }

    /// The grant, or why there is none.
    pub(super) fn grant(&self, id: SecretId) -> Result<Grant, Error> {
        match self.refusal(&id) {
            Some(error) => Err(error),
            None => Ok(Grant::new(id, self.identity)),
        }
    }

    /// Why `id` may not be read, if it may not.
    fn refusal(&self, id: &SecretId) -> Option<Error> {
        let folder = match self.namespaces.folder(id) {
            Ok(folder) => folder,
            Err(error) => return Some(error),
        };
        self.system.refusal(&id.path).or_else(|| self.paths.as_ref()?.refusal(id, folder))
    }
}
