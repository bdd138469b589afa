//! Settings of argocd-vault-plugin, wherever they stand. Their values are not shown; only the store and the login are looked at.

use super::statement::{Effect, Site, Statement};
use crate::backend;
use crate::config::table::Table;

/// What is known of settings.
pub(super) struct Settings {
    table: &'static Table,
}

/// Names that steer the download of argocd-vault-plugin, not the program.
const OF_DOWNLOAD: [&str; 3] = ["AVP_VERSION", "AVP_ARCH", "AVP_PLUGIN_VERSION"];

impl Settings {
    pub(super) fn new() -> Self {
        Self { table: backend::settings() }
    }

    /// Whether a name is a setting of argocd-vault-plugin's or Vault's. Kubernetes itself sets `VAULT_PORT` and others.
    pub(super) fn is_one(&self, name: &str) -> bool {
        name.starts_with("AVP_") || name.starts_with("VAULT_") && self.table.knows(name)
    }

    /// What moving does to a setting; nothing if it is none.
    pub(super) fn read(&self, name: &str, value: Option<&str>, site: Site) -> Option<Statement> {
        if !self.is_one(name) {
            return None;
        }
        let say = |effect, text: String| Some(Statement::new(site.clone(), effect, name, text));
        if OF_DOWNLOAD.contains(&name) {
            return say(Effect::Changes, "goes with the download of argocd-vault-plugin".to_owned());
        }
        match (name, value) {
            ("AVP_TYPE", Some(value)) => Some(self.store(value, site)),
            ("AVP_AUTH_TYPE", Some(value)) if !self.table.takes(name, value) => say(
                Effect::Stops,
                format!("the login `{value}` is not there: docs/authentication.md lists those that are"),
            ),
            ("VAULT_SKIP_VERIFY", _) => say(
                Effect::Stays,
                "it works, with a warning: name Vault's authority with `VAULT_CACERT` instead".to_owned(),
            ),
            _ => match self.table.find(name) {
                Some(_) => say(Effect::Stays, "the same setting".to_owned()),
                None => match self.table.advice(name) {
                    Some(Ok(renamed)) => say(Effect::Changes, format!("no version since 1.0 reads it: {renamed}")),
                    Some(Err(hint)) => say(Effect::Stops, format!("it has no effect yet: {hint}")),
                    None => say(
                        Effect::NotUnderstood,
                        "nothing of ours reads it: is it of a store that is not there yet?".to_owned(),
                    ),
                },
            },
        }
    }

    /// Whether a setting in front of the command keeps us from taking its place.
    pub(super) fn stops(&self, name: &str, value: &str) -> bool {
        matches!(name, "AVP_TYPE" | "AVP_AUTH_TYPE") && !self.table.takes(name, value)
    }

    /// Whether a tenant's setting is taken without the operator's leave.
    pub(super) fn may_be_tenants(&self, name: &str) -> bool {
        self.table.find(name).is_some_and(|row| row.is_free())
    }

    fn store(&self, value: &str, site: Site) -> Statement {
        if self.table.takes("AVP_TYPE", value) {
            return Statement::new(site, Effect::Stays, "AVP_TYPE", format!("the store `{value}`"));
        }
        let is_variable = value.contains('$');
        let effect = if is_variable { Effect::NotUnderstood } else { Effect::Stops };
        let text = match is_variable {
            true => "the store comes from a variable".to_owned(),
            false => {
                format!("the store `{value}` is not there yet: Applications that need it stay with argocd-vault-plugin")
            }
        };
        Statement::new(site, effect, "AVP_TYPE", text).first()
    }
}
