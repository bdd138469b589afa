//! The Kubernetes Secret that `-s` names: its name, and its data as settings. Knows no Kubernetes API.
//!
//! Only the operator names it: `ARGOCD_ENV_AVP_SECRET` is not a setting, so a tenant cannot log in as another team.

use std::fmt;

use zeroize::Zeroizing;

use super::Origin;
use super::read::Layer;
use super::table::Table;
use crate::error::{Error, Errors, Kind};

/// The content of a Kubernetes Secret.
#[derive(Clone)]
pub struct ClusterSecret {
    /// `namespace:name`.
    pub name: String,
    /// Its data, base64 decoded.
    pub data: Vec<(String, Vec<u8>)>,
}

/// The Secret that `-s` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretName {
    /// The namespace that holds it.
    pub namespace: String,
    /// The name within its namespace.
    pub name: String,
}

impl SecretName {
    /// Parses `[namespace:]name`. The default namespace is the pod's own, else `argocd`.
    pub(crate) fn parse(text: &str, pod_namespace: Option<&str>) -> Result<Self, Error> {
        let own = pod_namespace.map(str::trim).filter(|namespace| !namespace.is_empty()).unwrap_or("argocd");
        let (namespace, name) = text.split_once(':').unwrap_or((own, text));
        if is_name(namespace) && is_name(name) {
            return Ok(Self { namespace: namespace.to_owned(), name: name.to_owned() });
        }
        let error = Error::new(Kind::Setting, format!("`{text}` does not name a Kubernetes Secret"));
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

/// The Secret's settings, without the line break that `echo` adds to a value.
pub(super) fn layer(secret: &ClusterSecret, table: &Table, errors: &mut Errors) -> Layer {
    let mut pairs = Vec::new();
    for (key, bytes) in &secret.data {
        let name = key.to_ascii_uppercase();
        match std::str::from_utf8(bytes) {
            _ if table.find(&name).is_some_and(|row| row.declaration().is_early) => {
                errors.push(without_effect(key, &secret.name))
            }
            Ok(text) => pairs.push((name, Zeroizing::new(without_line_break(text).to_owned()))),
            Err(_) if table.find(&name).is_some() => {
                let detail = format!("`{key}` in the Secret `{}` is not UTF-8 text", secret.name);
                errors.push(
                    Error::new(Kind::Setting, detail).hint("encode its text once; below `stringData`, not at all"),
                );
            }
            Err(_) => {}
        }
    }
    Layer { origin: Origin::Secret(secret.name.clone()), pairs }
}

/// An error: a limit without effect must not look as if it held.
fn without_effect(key: &str, secret: &str) -> Error {
    let detail = format!("`{key}` in the Secret `{secret}` has no effect: it is read before the cluster is asked");
    Error::new(Kind::Setting, detail).hint("set it in the environment, or in the file that `-c` names")
}

fn without_line_break(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// Whether it is a DNS name as Kubernetes has them, which may stand in the API's path.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [name.bytes().next(), name.bytes().last()];
    let inner = name.bytes().all(|byte| plain(byte) || matches!(byte, b'-' | b'.'));
    name.len() <= 253 && inner && !name.contains("..") && ends.into_iter().all(|end| end.is_some_and(plain))
}

#[cfg(test)]
mod tests {
    use super::super::SettingSources;
    use super::super::fixtures::{read, spelling};
    use super::*;

    #[test]
    fn a_name_may_say_its_namespace() {
        for (text, own, expected) in [
            ("team:avp", Some("pod"), Some("team:avp")),
            ("avp", Some("pod\n"), Some("pod:avp")),
            ("avp", None, Some("argocd:avp")),
            ("avp", Some(""), Some("argocd:avp")),
            ("", None, None),
            (":avp", None, None),
            ("team:", None, None),
            ("a:b:c", None, None),
            ("team:../configmaps", None, None),
        ] {
            assert_eq!(SecretName::parse(text, own).ok().map(|name| name.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn its_data_are_settings_of_the_operator() {
        let data = [
            ("VAULT_ADDR", &b"https://v\n"[..]),
            ("avp_role_id", b"r"),
            ("blob", b"\xff"),
            ("AVP_SECRET_ID", b"\xff"),
            ("AVP_PARALLEL_RENDERS", b"8"),
        ];
        let data = data.iter().map(|(name, value)| (name.to_string(), value.to_vec())).collect();
        let environment = [("ARGOCD_APP_NAME".to_owned(), "app".to_owned())].into();
        let secret = Some(ClusterSecret { name: "argocd:avp".into(), data });
        let (config, errors) =
            read(SettingSources { secret, environment, has_service_account_token: true, ..SettingSources::default() });
        assert_eq!((spelling(&config, "VAULT_ADDR"), spelling(&config, "AVP_ROLE_ID")), (Some("https://v"), Some("r")));
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let early =
            "`AVP_PARALLEL_RENDERS` in the Secret `argocd:avp` has no effect: it is read before the cluster is asked";
        assert_eq!(told, ["`AVP_SECRET_ID` in the Secret `argocd:avp` is not UTF-8 text", early]);
        assert_eq!(spelling(&config, "AVP_PARALLEL_RENDERS"), None);
    }

    #[test]
    fn s3_a_tenant_names_no_secret() {
        assert!(crate::backend::settings().find("AVP_SECRET").is_none());
    }
}
