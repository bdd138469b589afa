//! Mounts: the paths of secrets engines, and their types. Pure.

use super::engine::Engine;
use super::member::{LONGEST_NAME, text};
use crate::client::Response;
use crate::value::Value;

/// A mount of a secrets engine: the beginning of its paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// Its path, with the final slash.
    pub(super) path: String,
    /// Its type: `kv`, `database`, `pki`…
    pub(super) mount_type: String,
    /// The version, if it is a KV engine.
    pub(super) engine: Option<Engine>,
}

impl Mount {
    /// The mount that a response describes; `None` where Vault does not say.
    pub(super) fn parse(response: &Response) -> Option<Self> {
        let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200)?;
        let data = body.get("data")?;
        Self::described(text(data.get("path")?)?, data)
    }

    /// The mount as `path` names it. Vault puts the whole namespace before a mount that lies below the one it was asked in, `namespace`.
    pub(super) fn within(self, namespace: Option<&str>, path: &str) -> Self {
        let within = namespace.and_then(|namespace| self.path.strip_prefix(namespace)?.strip_prefix('/'));
        match within.filter(|_| !self.contains(path)).map(str::to_owned) {
            Some(below) => Self { path: below, ..self },
            None => self,
        }
    }

    /// The mounts of secrets engines that a response lists; none where Vault does not list them.
    pub(super) fn parse_all(response: &Response) -> Vec<Self> {
        let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200);
        match body.as_ref().and_then(|body| body.get("data")?.get("secret")) {
            Some(Value::Map(mounts)) => {
                mounts.iter().filter_map(|(path, mount)| Self::described(path.to_string(), mount)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn described(path: String, description: &Value) -> Option<Self> {
        let mount_type = text(description.get("type")?)?;
        let version = description.get("options").and_then(|options| options.get("version")).and_then(text);
        let engine = match (mount_type.as_str(), version.as_deref()) {
            ("kv" | "generic", Some("2")) => Some(Engine::V2),
            ("kv" | "generic", _) => Some(Engine::V1),
            _ => None,
        };
        (path.len() <= LONGEST_NAME && mount_type.len() <= LONGEST_NAME).then_some(Mount { path, mount_type, engine })
    }

    /// Whether `path` lies in the mount.
    pub(super) fn contains(&self, path: &str) -> bool {
        match path.strip_prefix(self.path.trim_end_matches('/')) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        }
    }

    /// Whether it holds secrets that users have written.
    pub(super) fn is_kv(&self) -> bool {
        is_kv(&self.mount_type)
    }

    /// The path with `data/`, where KV version 2 needs it and `path` lacks it.
    pub(super) fn path_with_data(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(&self.path).filter(|_| self.engine == Some(Engine::V2))?;
        let endpoint = rest.split('/').next().unwrap_or_default();
        (!matches!(endpoint, "" | "data" | "metadata" | "subkeys" | "config"))
            .then(|| format!("{}data/{rest}", self.path))
    }
}

/// Whether a mount of this type holds secrets that users have written.
pub(super) fn is_kv(mount_type: &str) -> bool {
    matches!(mount_type, "kv" | "generic")
}
