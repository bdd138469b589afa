//! The Kubernetes Secret that `-s` names: its name, and its data as settings. Knows no Kubernetes API.
//!
//! Only the operator names it: `ARGOCD_ENV_AVP_SECRET` is no setting, so a tenant cannot log in as another team.

use std::fmt;

use zeroize::Zeroizing;

use super::Origin;
use super::read::Layer;
use super::table;
use crate::error::{Error, Errors, Kind};

/// A Kubernetes Secret, read already.
#[derive(Clone)]
pub struct ClusterSecret {
    /// `namespace:name`.
    pub name: String,
    /// Its data, base64 decoded.
    pub data: Vec<(String, Vec<u8>)>,
}

/// Which Secret `-s` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretName {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl SecretName {
    /// Reads `[namespace:]name`; the default namespace is the pod's own, else `argocd`.
    pub fn parse(text: &str, pod_namespace: Option<&str>) -> Result<Self, Error> {
        let own = pod_namespace.map(str::trim).filter(|namespace| !namespace.is_empty()).unwrap_or("argocd");
        let (namespace, name) = text.split_once(':').unwrap_or((own, text));
        if is_name(namespace) && is_name(name) {
            return Ok(Self { namespace: namespace.to_owned(), name: name.to_owned() });
        }
        let error = Error::new(Kind::Setting, format!("`{text}` names no Kubernetes Secret"));
        Err(error.hint("write `NAME` or `NAMESPACE:NAME`, e.g. `argocd:vault-credentials`"))
    }
}

impl fmt::Display for SecretName {
    /// `namespace:name`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.namespace, self.name)
    }
}

impl fmt::Debug for ClusterSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClusterSecret").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The Secret's settings. One final line break of a value is `echo`'s, not the user's.
pub(super) fn layer(secret: &ClusterSecret, errors: &mut Errors) -> Layer {
    let mut pairs = Vec::new();
    for (key, bytes) in &secret.data {
        let name = key.to_ascii_uppercase();
        match std::str::from_utf8(bytes) {
            Ok(text) => pairs.push((name, Zeroizing::new(without_line_break(text).to_owned()))),
            Err(_) if table::find(&name).is_some() => {
                errors.push(Error::new(
                    Kind::Setting,
                    format!("`{key}` in the Secret `{}` is not UTF-8 text", secret.name),
                ));
            }
            Err(_) => {}
        }
    }
    Layer { origin: Origin::Secret(secret.name.clone()), pairs }
}

fn without_line_break(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// Kubernetes' DNS names: what may stand in the API's path.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [name.bytes().next(), name.bytes().last()];
    let inner = name.bytes().all(|byte| plain(byte) || matches!(byte, b'-' | b'.'));
    name.len() <= 253 && inner && !name.contains("..") && ends.into_iter().all(|end| end.is_some_and(plain))
}
