//! What the sessions of one process share: open stores, each with its connections, its token and the mounts that it knows. Knows no call.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::backend::{self, LeastUsed, Store};
use crate::config::Config;
use crate::digest::{Digest, DigestKey};
use crate::error::Error;
use crate::journal::Journal;

/// How many stores are open at once. The least used one goes.
const MOST_STORES: usize = 256;

/// What the sessions of one process share.
pub struct Shared {
    key: DigestKey,
    /// Follows what the stores do, whoever they do it for.
    journal: Journal,
    /// By all that they depend on.
    stores: Mutex<LeastUsed<Digest, Arc<dyn Store>>>,
}

impl Shared {
    /// Nothing is open yet. The stores tell `journal` what they do: it outlives each session's own.
    pub fn new(journal: Journal) -> Result<Arc<Self>, Error> {
        let stores = Mutex::new(LeastUsed::new(MOST_STORES));
        Ok(Arc::new(Self { key: DigestKey::random()?, journal, stores }))
    }

    /// The store that these settings choose: an open one, if it was opened with the same settings for the same role.
    pub(super) fn store(&self, config: &Config) -> Result<Arc<dyn Store>, Error> {
        let identity = backend::identity(config, &self.key);
        if let Some(store) = self.stores().get(&identity) {
            return Ok(store.clone());
        }
        // Opening sends nothing. Of two that open one at once, the second finds the first one's.
        let opened = backend::open(config, self.journal.clone())?;
        let mut stores = self.stores();
        if let Some(store) = stores.get(&identity) {
            return Ok(store.clone());
        }
        stores.insert(identity, opened.clone());
        Ok(opened)
    }

    fn stores(&self) -> MutexGuard<'_, LeastUsed<Digest, Arc<dyn Store>>> {
        self.stores.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SettingSources;

    /// The settings of a call that works in `folder`.
    fn config(folder: &str, variables: &[(&str, &str)]) -> Config {
        let operators = [("VAULT_ADDR", "https://vault.test"), ("AVP_AUTH_TYPE", "k8s"), ("AVP_K8S_ROLE", "argocd")];
        let all = operators.iter().chain(variables);
        let sources = SettingSources {
            environment: all.map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            working_folder: folder.into(),
            repository: folder.into(),
            ..SettingSources::default()
        };
        Config::read(sources, backend::settings()).0
    }

    fn is_shared(one: (&str, &[(&str, &str)]), other: (&str, &[(&str, &str)])) -> bool {
        let shared = Shared::new(Journal::default()).unwrap();
        let store = |(folder, variables)| shared.store(&config(folder, variables)).unwrap();
        Arc::ptr_eq(&store(one), &store(other))
    }

    #[test]
    fn calls_of_the_same_login_share_a_store_whatever_they_render() {
        let web = [("ARGOCD_APP_NAME", "web"), ("ARGOCD_ENV_REPLICAS", "3"), ("PARAM_A", "1")];
        let shop = [("ARGOCD_APP_NAME", "shop"), ("KUBE_VERSION", "1.31")];
        assert!(is_shared(("/a", &web), ("/b", &shop)));
    }

    #[test]
    fn who_differs_in_login_role_or_a_file_shares_no_store() {
        let own = [("ARGOCD_APP_PROJECT_NAME", "web")];
        for differs in [
            ("ARGOCD_ENV_AVP_K8S_ROLE", "other"),
            ("VAULT_NAMESPACE", "team"),
            ("AVP_K8S_MOUNT_PATH", "auth/other"),
            ("VAULT_CLIENT_TIMEOUT", "5s"),
            ("HTTPS_PROXY", "http://proxy:3128"),
            ("HOME", "/home/ann"),
        ] {
            assert!(!is_shared(("/a", &own), ("/a", &[own[0], differs])), "{differs:?}");
        }
        let relative = [own[0], ("VAULT_CACERT", "ca.pem")];
        assert!(!is_shared(("/a", &relative), ("/b", &relative)), "each has a file of its own");
        let absolute = [own[0], ("VAULT_CACERT", "/etc/ca.pem")];
        assert!(is_shared(("/a", &absolute), ("/b", &absolute)));
    }

    #[test]
    fn a_role_that_follows_the_project_is_another_one_for_each() {
        let of = |project| [("AVP_K8S_ROLE", "argocd-{project}"), ("ARGOCD_APP_PROJECT_NAME", project)];
        assert!(!is_shared(("/a", &of("web")), ("/a", &of("shop"))));
        assert!(is_shared(("/a", &of("web")), ("/a", &of("web"))));
    }

    #[test]
    fn the_least_used_store_goes() {
        let shared = Shared::new(Journal::default()).unwrap();
        let store = |role: usize| shared.store(&config("/a", &[("AVP_K8S_ROLE", &format!("r{role}"))])).unwrap();
        let first = store(0);
        let all: Vec<_> = (1..=MOST_STORES).map(store).collect();
        assert!(!Arc::ptr_eq(&first, &store(0)), "it is opened anew");
        assert!(Arc::ptr_eq(&all[MOST_STORES - 1], &store(MOST_STORES)));
    }
}
