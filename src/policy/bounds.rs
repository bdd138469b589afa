//! The bounds that the settings set, whatever a policy file says: namespaces, Vault's own paths, `AVP_PATH_VALIDATION`. Pure.

use super::namespace::Namespaces;
use super::path::AllowedPaths;
use super::system::SystemPaths;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::{SecretId, path};

/// What no requester may read with these settings.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    namespaces: Namespaces,
    pub(super) system: SystemPaths,
    paths: Option<AllowedPaths>,
}

impl Bounds {
    /// The bounds that the settings set.
    pub(super) fn of(config: &Config) -> Self {
        Self { namespaces: Namespaces::of(config), system: SystemPaths::of(config), paths: AllowedPaths::of(config) }
    }

    /// Why `id` may not be read, if it may not.
    pub(super) fn refusal(&self, id: &SecretId) -> Option<Error> {
        if let Some(error) = spelling_refusal(&id.path) {
            return Some(error);
        }
        let folder = match self.namespaces.folder(id) {
            Ok(folder) => folder,
            Err(error) => return Some(error),
        };
        self.system.refusal(&id.path).or_else(|| self.paths.as_ref()?.refusal(id, folder))
    }
}

/// Why a path may not be read that is not the one spelling of itself: nobody could tell what was judged.
fn spelling_refusal(path: &str) -> Option<Error> {
    let (detail, hint) = match path::clean(path) {
        Ok(clean) if clean == path => return None,
        Ok(clean) => (format!("is not normalised: it is `{clean}`"), "write it so"),
        Err(fault) => (fault.detail, fault.hint),
    };
    Some(Error::new(Kind::Denied, format!("the path `{path}` {detail}")).hint(hint))
}
