//! Creates mounts, secrets, policies and tokens in Vault.

use serde_json::{Value, json};

use super::{Vault, text};

impl Vault {
    /// A key-value engine of version 1 or 2.
    pub(crate) fn mount(&self, mount: &str, version: u8) {
        self.mount_in("", mount, version);
    }

    /// A key-value engine in a namespace: `team-a/`, or none.
    pub(crate) fn mount_in(&self, namespace: &str, mount: &str, version: u8) {
        let engine = json!({"type": "kv", "options": {"version": version.to_string()}});
        self.api.post(&format!("{namespace}sys/mounts/{mount}"), &engine).ok();
        // A fresh engine of version 2 refuses requests for a moment ("Upgrading from non-versioned to versioned data").
        let ready = || (self.api.get(&format!("{namespace}{mount}/metadata?list=true")).status == 404).then_some(());
        if version == 2 {
            self.process.wait(ready).expect("the mount");
        }
    }

    /// `secret` is the map of its keys, whatever the engine's version; `path` has no `data/`.
    pub(crate) fn write(&self, mount: &str, path: &str, secret: &Value) {
        let version = self.api.get(&format!("sys/internal/ui/mounts/{mount}")).ok();
        if version["data"]["options"]["version"] == "2" {
            self.api.post(&format!("{mount}/data/{path}"), &json!({"data": secret})).ok();
        } else {
            self.api.post(&format!("{mount}/{path}"), secret).ok();
        }
    }

    /// Of a KV v2 secret: deleted versions can come back.
    pub(crate) fn delete_versions(&self, mount: &str, path: &str, versions: &[u32]) {
        self.api.post(&format!("{mount}/delete/{path}"), &json!({"versions": versions})).ok();
    }

    /// Destroyed ones cannot.
    pub(crate) fn destroy_versions(&self, mount: &str, path: &str, versions: &[u32]) {
        self.api.post(&format!("{mount}/destroy/{path}"), &json!({"versions": versions})).ok();
    }

    /// A policy that allows reading these paths (`secret/data/app`, `secret/data/*`) and nothing else.
    pub(crate) fn policy(&self, name: &str, paths: &[&str]) {
        let rules: Vec<String> =
            paths.iter().map(|path| format!("path \"{path}\" {{ capabilities = [\"read\"] }}")).collect();
        self.policy_of(name, &rules.join("\n"));
    }

    /// A policy with these rules.
    pub(crate) fn policy_of(&self, name: &str, rules: &str) {
        self.api.put(&format!("sys/policies/acl/{name}"), &json!({"policy": rules})).ok();
    }

    /// A token with these policies and without the `default` policy, so that nothing else is allowed.
    pub(crate) fn token(&self, policies: &[&str]) -> String {
        self.token_with(json!({"policies": policies, "no_default_policy": true}))
    }

    /// `request` as `auth/token/create` takes it: `num_uses`, `ttl`, …
    pub(crate) fn token_with(&self, request: Value) -> String {
        text(&self.api.post("auth/token/create", &request).ok()["auth"]["client_token"])
    }
}
