//! A reading as rules see it. Pure.

use crate::config::Config;
use crate::policy::settings::NAMESPACE;
use crate::secret::{SecretId, Usage};

/// A reading as rules see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'r> {
    pub(super) store: &'r str,
    /// Whether the operator's settings choose the store.
    pub(super) is_own_store: bool,
    /// The Vault namespace, `root` if there is none.
    pub(super) namespace: &'r str,
    /// Whether the operator's settings choose the namespace.
    pub(super) is_own_namespace: bool,
    pub(super) path: &'r str,
    /// The version, or `latest`.
    pub(super) version: &'r str,
    /// The key; `None` is the whole secret.
    pub(super) key: Option<&'r str>,
    pub(super) modifiers: &'r [&'static str],
    /// Whether it creates something, such as a lease.
    pub(super) creates: bool,
    pub(super) settings: SettingsOrigins,
}

/// What the settings of the run choose, and where they come from.
#[derive(Clone, Debug)]
pub(super) struct RunSettings {
    store: Choice,
    namespace: Choice,
    origins: SettingsOrigins,
}

/// What the settings choose, and what they would choose without the tenant, who may be allowed another choice.
#[derive(Clone, Debug)]
struct Choice {
    in_effect: String,
    of_operator: String,
}

/// Where settings come from that tenants may have written or named.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SettingsOrigins {
    /// A `-c` file in the repository sets something.
    pub(super) of_repository: bool,
    /// The Secret that `-s` names sets something.
    pub(super) of_secret: bool,
}

impl RunSettings {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            store: Choice {
                in_effect: config.store_name().to_owned(),
                of_operator: config.store_name_of_operator().to_owned(),
            },
            namespace: Choice {
                in_effect: config.get(&NAMESPACE).cloned().unwrap_or_else(root),
                of_operator: config.of_operator(&NAMESPACE).cloned().unwrap_or_else(root),
            },
            origins: SettingsOrigins {
                of_repository: config.has_settings_of_repository(),
                of_secret: config.has_settings_of_secret(),
            },
        }
    }

    /// The settings of a run that chooses nothing: Vault, without a namespace.
    pub(super) fn plain() -> Self {
        let choice = |text: String| Choice { of_operator: text.clone(), in_effect: text };
        let (store, namespace) = (choice("vault".to_owned()), choice(root()));
        Self { store, namespace, origins: SettingsOrigins::default() }
    }

    /// The reading of a usage of a secret.
    pub(super) fn reading<'r>(&'r self, id: &'r SecretId, usage: &'r Usage, creates: bool) -> Reading<'r> {
        let store = id.store.as_deref().unwrap_or(&self.store.in_effect);
        let namespace = id.scope.as_deref().map_or(&*self.namespace.in_effect, |scope| scope.trim_matches('/'));
        Reading {
            store,
            is_own_store: store == self.store.of_operator,
            namespace,
            is_own_namespace: namespace == self.namespace.of_operator,
            path: &id.path,
            version: id.version.as_ref().map_or("latest", |version| version.text()),
            key: usage.key.as_deref(),
            modifiers: &usage.modifiers,
            creates,
            settings: self.origins,
        }
    }
}

/// The name by which rules know the absence of a namespace.
fn root() -> String {
    "root".to_owned()
}
