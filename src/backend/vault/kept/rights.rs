//! What the policies allow by now at paths whose secrets are kept. Pure.

use std::collections::HashMap;

use super::super::endpoint::capability;
use super::super::member::names;
use crate::client::Response;
use crate::secret::SecretId;
use crate::value::Value;

/// What a login may do, by namespace and path; nothing is known of paths that are not here.
#[derive(Debug, Default)]
pub(in crate::backend::vault) struct Rights(HashMap<(Option<String>, String), Vec<String>>);

impl Rights {
    /// Adds what a response says of `paths` in `namespace`. One that says nothing adds nothing.
    pub(in crate::backend::vault) fn learn(&mut self, namespace: Option<&str>, paths: &[String], response: &Response) {
        let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200);
        let Some(data) = body.as_ref().and_then(|body| body.get("data")) else { return };
        for path in paths {
            self.0.insert((namespace.map(str::to_owned), path.clone()), names(data, path));
        }
    }

    /// Whether the login may still ask for `id`; `None` if Vault has not said.
    pub(in crate::backend::vault) fn allow(&self, namespace: Option<&str>, id: &SecretId) -> Option<bool> {
        let granted = self.0.get(&(namespace.map(str::to_owned), id.path.clone()))?;
        let needed = capability(id);
        Some(granted.iter().any(|capability| capability == needed || capability == "root"))
    }
}
