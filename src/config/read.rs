//! Precedence: which of the given values is in effect, and which the operator alone would have. Knows no tenant rule.

use std::collections::BTreeMap;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::table::{self, Format, OTHER_STORES, Row, SETTINGS};
use super::{Authority, Config, Entry, Given, Origin, Setting, cluster, file, notice};
use crate::error::{Error, Errors, Kind};

/// The setting that says that there is a tenant.
const TENANT: &str = "AVP_TENANT";

/// Values from one place, highest precedence first in a list of them.
pub(super) struct Layer {
    pub(super) origin: Origin,
    pub(super) pairs: Vec<(String, Zeroizing<String>)>,
}

/// Reads all settings, and reports what is wrong with them.
pub(super) fn read(given: &Given, errors: &mut Errors) -> Config {
    let (layers, tenant) = layers(given, errors);
    notice::conflicts(&layers, errors);
    notice::unhonoured(&layers, errors);
    notice::unknown(&layers, errors);
    notice::misspelt(&given.environment, errors);
    let mut config = Config {
        tenant,
        repository: given.repository.clone(),
        is_checkout: given.is_checkout,
        working_folder: given.working_folder.clone(),
        cache_folder: cache_folder(&given.environment),
        proxies: proxies(&given.environment),
        ..Config::default()
    };
    for row in SETTINGS {
        config.entries.insert(row.name, entry(row, &layers, errors));
    }
    choose_login(&mut config, given);
    config
}

/// Where what may be lost is kept, as XDG has it; a relative `XDG_CACHE_HOME` does not count.
pub fn cache_folder(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    let folder = |name: &str| environment.get(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
    Some(caches.join("vault-render"))
}

/// What every HTTP client takes for its proxies.
fn proxies(environment: &BTreeMap<String, String>) -> Vec<Zeroizing<String>> {
    let is_proxy = |name: &str| ["http_proxy", "https_proxy", "all_proxy"].contains(&&*name.to_ascii_lowercase());
    let proxies = environment.iter().filter(|(name, _)| is_proxy(name));
    proxies.map(|(_, address)| Zeroizing::new(address.clone())).collect()
}

/// Whether the environment says that there is a tenant: Argo CD sets variables of its own for a plugin, and elsewhere
/// `AVP_TENANT` says so.
pub fn has_tenant(environment: &BTreeMap<String, String>) -> bool {
    let mut names = environment.keys();
    names.any(|name| name.starts_with("ARGOCD_ENV_") || name.starts_with("ARGOCD_APP_"))
        || environment.get(TENANT).is_some_and(|value| is_on(value))
}

/// Whether a switch that restricts is on. One that cannot be read is: the error that it is must let nobody in.
fn is_on(value: &str) -> bool {
    !value.trim().is_empty() && Format::Bool.canonical(value).as_deref() != Ok("false")
}

/// What was set, and whether there is a tenant. A function's configuration is the repository's, and a file may say that
/// there is one.
fn layers(given: &Given, errors: &mut Errors) -> (Vec<Layer>, bool) {
    let file = given.file.as_ref().map(|file| file::layer(file, errors));
    let says_so = file.as_ref().and_then(|layer| layer.get(TENANT)).is_some_and(is_on);
    let tenant = has_tenant(&given.environment) || !given.function.is_empty() || says_so;
    let mut layers: Vec<Layer> = given.flags.iter().flat_map(|(name, value)| flag(name, value)).collect();
    layers.push(variables(given, "ARGOCD_ENV_", Origin::Tenant));
    layers.push(function(given));
    layers.push(variables(given, "", Origin::Environment));
    layers.extend(file.map(|layer| layer.of_tenant_if(tenant)));
    layers.extend(given.secret.as_ref().map(|secret| cluster::layer(secret, errors)));
    layers.extend(given.vault_token_file.as_ref().map(|(_, token)| {
        let token = Zeroizing::new(token.trim().to_owned());
        Layer { origin: Origin::VaultTokenFile, pairs: vec![("VAULT_TOKEN".to_owned(), token)] }
    }));
    (layers, tenant)
}

/// A flag's value; `--secrets` chooses the store as well.
fn flag(name: &'static str, value: &str) -> Option<Layer> {
    let row = table::find(name)?;
    let mut pairs = vec![(name.to_owned(), Zeroizing::new(value.to_owned()))];
    if name == "AVP_FILE" {
        pairs.push(("AVP_TYPE".to_owned(), Zeroizing::new("file".to_owned())));
    }
    Some(Layer { origin: Origin::Flag(row.flag.unwrap_or(name)), pairs })
}

fn function(given: &Given) -> Layer {
    let pair = |(name, value): &(String, String)| (name.clone(), Zeroizing::new(value.clone()));
    Layer { origin: Origin::Function, pairs: given.function.iter().map(pair).collect() }
}

fn variables(given: &Given, prefix: &str, origin: Origin) -> Layer {
    let known = given.environment.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix(prefix).filter(|name| table::is_known(name))?;
        Some((name.to_owned(), Zeroizing::new(value.clone())))
    });
    Layer { origin, pairs: known.collect() }
}

/// What the layers make of one row. A wrong value is reported, and counts as none.
fn entry(row: &'static Row, layers: &[Layer], errors: &mut Errors) -> Entry {
    let mut found = layers.iter().filter_map(|layer| Some((layer.get(row.name)?, &layer.origin)));
    let first = found.next();
    let of_operator = |(_, origin): &(&str, &Origin)| origin.authority() == Authority::Operator;
    let operator = first.filter(of_operator).or_else(|| found.find(of_operator));
    let operator = match operator {
        Some((value, origin)) => setting(row, value, origin, first.is_some_and(|f| f.1 == origin), errors),
        None => row.default.map(|value| Setting { value: Zeroizing::new(value.to_owned()), origin: Origin::Default }),
    };
    let setting = match first {
        Some((value, origin)) if origin.authority() == Authority::Tenant => setting(row, value, origin, true, errors),
        _ => None,
    };
    // Repeating the operator's value is nobody's choice but the operator's.
    let repeated = |one: &Setting| operator.as_ref().is_some_and(|other| one.value == other.value);
    let setting = setting.filter(|setting| !repeated(setting)).or_else(|| operator.clone());
    Entry { setting, operator }
}

/// A value in its one spelling; what is wrong with it is reported if it would be in effect.
fn setting(row: &'static Row, value: &str, origin: &Origin, report: bool, errors: &mut Errors) -> Option<Setting> {
    match row.format.canonical(value) {
        Ok(value) => Some(Setting { value: Zeroizing::new(value), origin: origin.clone() }),
        Err(wrong) => {
            if report {
                errors.push(wrong_value(row, value, origin, &wrong));
            }
            None
        }
    }
}

fn wrong_value(row: &Row, value: &str, origin: &Origin, wrong: &str) -> Error {
    let place = origin.locate(row.name);
    if row.name == "AVP_TYPE" && OTHER_STORES.contains(&value.trim().to_ascii_lowercase().as_str()) {
        let error = Error::new(Kind::Setting, format!("{place} is `{}`, which is not supported yet", value.trim()));
        return error.hint("supported are `vault` and `file`");
    }
    Error::new(Kind::Setting, format!("{place} {wrong}")).hint(format!("{}, e.g. `{}`", row.doc, row.example))
}

/// Without `AVP_AUTH_TYPE`, a token there is, else the pod's service account.
fn choose_login(config: &mut Config, given: &Given) {
    let choose = |token: bool, path: &Option<Setting>| {
        let there = given.service_account_token || path.as_ref().is_some_and(|path| path.origin != Origin::Default);
        let login = if token {
            "token"
        } else if there {
            "k8s"
        } else {
            return None;
        };
        Some(Setting { value: Zeroizing::new(login.to_owned()), origin: Origin::Default })
    };
    let token = config.entries.get("VAULT_TOKEN").cloned().unwrap_or_default();
    let path = config.entries.get("AVP_K8S_TOKEN_PATH").cloned().unwrap_or_default();
    let login = config.entries.entry("AVP_AUTH_TYPE").or_default();
    if login.operator.is_none() {
        login.operator = choose(token.operator.is_some(), &path.operator);
    }
    let repeated = |setting: &Setting| login.operator.as_ref().is_some_and(|other| other.value == setting.value);
    if login.setting.as_ref().is_some_and(repeated) {
        login.setting = login.operator.clone();
    } else if login.setting.is_none() {
        login.setting = choose(token.setting.is_some(), &path.setting);
    }
}

impl Layer {
    /// A file of the repository is a tenant's only where there is one.
    fn of_tenant_if(mut self, there_is_one: bool) -> Self {
        if let Origin::File { tenant, .. } = &mut self.origin {
            *tenant &= there_is_one;
        }
        self
    }

    /// A value; an empty one counts as not set, as for Vault's CLI.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.pairs.iter().rev().find(|(key, _)| key == name)?;
        (!value.trim().is_empty()).then_some(value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::ClusterSecret;
    use super::super::fixtures::{environment, file, texts};
    use super::*;

    #[test]
    fn the_first_of_flag_tenant_environment_file_secret_and_default_counts() {
        let secret =
            ClusterSecret { name: "argocd:avp".into(), data: vec![("AVP_DISABLE_TOKEN_CACHE".into(), b"t".to_vec())] };
        let mut given = environment(&[("ARGOCD_ENV_AVP_DISABLE_TOKEN_CACHE", "1"), ("AVP_DISABLE_TOKEN_CACHE", "T")]);
        given.flags = vec![("AVP_DISABLE_TOKEN_CACHE", "true".into())];
        given.file = file("AVP_DISABLE_TOKEN_CACHE: true");
        given.secret = Some(secret);
        let mut origin = |change: fn(&mut Given)| {
            let origin = Config::read(given.clone()).0.setting("AVP_DISABLE_TOKEN_CACHE").unwrap().origin.clone();
            change(&mut given);
            origin
        };
        assert_eq!(origin(|given| given.flags.clear()), Origin::Flag("--disable-token-cache"));
        // The same value again is the operator's.
        assert_eq!(
            origin(|given| drop(given.environment.insert("AVP_DISABLE_TOKEN_CACHE".into(), "f".into()))),
            Origin::Environment
        );
        assert_eq!(
            origin(|given| drop(given.environment.remove("ARGOCD_ENV_AVP_DISABLE_TOKEN_CACHE"))),
            Origin::Tenant
        );
        assert_eq!(origin(|given| given.environment.clear()), Origin::Environment);
        assert_eq!(origin(|given| given.file = None), Origin::File { path: "avp.yaml".into(), tenant: false });
        assert_eq!(origin(|given| given.secret = None), Origin::Secret("argocd:avp".into()));
        assert_eq!(origin(|_| ()), Origin::Default);
    }

    #[test]
    fn an_empty_value_is_not_set() {
        let mut given = environment(&[("VAULT_ADDR", ""), ("VAULT_MAX_RETRIES", " ")]);
        given.file = file("VAULT_ADDR: https://vault\nVAULT_NAMESPACE:\n");
        let (config, errors) = Config::read(given);
        assert_eq!(config.get("VAULT_ADDR"), Some("https://vault"));
        assert_eq!((config.number("VAULT_MAX_RETRIES"), config.get("VAULT_NAMESPACE")), (Some(2), None));
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn without_a_login_a_token_counts_then_the_service_account_then_nothing() {
        let login = |pairs: &[(&str, &str)], token_file: bool, service_account_token| {
            let vault_token_file = token_file.then(|| ("/root/.vault-token".to_owned(), "t\n".to_owned()));
            let given = Given { vault_token_file, service_account_token, ..environment(pairs) };
            Config::read(given).0.get("AVP_AUTH_TYPE").map(str::to_owned)
        };
        for (pairs, token_file, service_account_token, expected) in [
            (&[("VAULT_TOKEN", "t")][..], false, true, Some("token")),
            (&[], true, true, Some("token")),
            (&[], false, true, Some("k8s")),
            (&[("AVP_K8S_TOKEN_PATH", "/token")], false, false, Some("k8s")),
            (&[("ARGOCD_ENV_VAULT_TOKEN", "own")], false, true, Some("token")),
            (&[("AVP_AUTH_TYPE", "kubernetes"), ("VAULT_TOKEN", "t")], false, false, Some("k8s")),
            (&[], false, false, None),
        ] {
            assert_eq!(login(pairs, token_file, service_account_token).as_deref(), expected, "{pairs:?}");
        }
    }

    #[test]
    fn what_is_missing_is_an_error_only_once_it_is_needed() {
        let (config, errors) = Config::read(Given::default());
        assert!(errors.is_empty());
        assert_eq!((config.get("AVP_TYPE"), config.get("VAULT_ADDR")), (Some("vault"), None));
        let error = config.required("VAULT_ADDR").unwrap_err();
        assert_eq!(error.to_string(), "`VAULT_ADDR` is not set");
        let hint = config.required("AVP_AUTH_TYPE").unwrap_err().hint.unwrap();
        for login in ["token", "approle", "k8s", "kubernetes", "userpass", "github"] {
            assert!(hint.contains(&format!("`{login}`")), "{hint}");
        }
    }

    #[test]
    fn the_token_file_is_the_last_to_give_a_token() {
        let vault_token_file = Some(("/root/.vault-token".to_owned(), "of-file\n".to_owned()));
        let (config, _) = Config::read(Given { vault_token_file: vault_token_file.clone(), ..Given::default() });
        assert_eq!(config.get("VAULT_TOKEN"), Some("of-file"));
        assert_eq!(config.setting("VAULT_TOKEN").unwrap().origin, Origin::VaultTokenFile);
        let (config, _) = Config::read(Given { vault_token_file, file: file("VAULT_TOKEN: t"), ..Given::default() });
        assert_eq!(config.get("VAULT_TOKEN"), Some("t"));
    }

    #[test]
    fn a_secrets_file_chooses_the_file_store() {
        let mut given = environment(&[("ARGOCD_ENV_AVP_TYPE", "vault"), ("AVP_FILE", "other.yaml")]);
        given.flags = vec![("AVP_FILE", "s.yaml".into())];
        let (config, errors) = Config::read(given);
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!((config.get("AVP_TYPE"), config.get("AVP_FILE")), (Some("file"), Some("s.yaml")));
        assert_eq!(config.setting("AVP_TYPE").unwrap().origin, Origin::Flag("--secrets"));
    }

    #[test]
    fn a_wrong_value_is_an_error_that_does_not_quote_it() {
        for (name, wrong, words) in [
            ("AVP_KV_VERSION", "canary", "`AVP_KV_VERSION` (environment) is none of `1`, `2`"),
            ("VAULT_SKIP_VERIFY", "canary", "is neither `true` nor `false`"),
            ("VAULT_MAX_RETRIES", "canary", "is no whole number"),
            ("VAULT_CLIENT_TIMEOUT", "canary", "is no duration"),
            ("VAULT_RATE_LIMIT", "canary", "is no rate"),
            ("VAULT_ADDR", "canary:8200", "is no address"),
            ("AVP_PATH_VALIDATION", "canary(", "is no regular expression"),
            ("AVP_MOUNT_PATH", "canary/..", "is no mount"),
            ("VAULT_NAMESPACE", "canary/..", "is no namespace"),
            ("AVP_USERNAME", "..", "is not one segment of a path"),
            ("AVP_USERNAME", ".", "is not one segment of a path"),
            ("AVP_USERNAME", "canary/../../x", "is not one segment of a path"),
            ("AVP_USERNAME", "canary\u{202e}", "is not one segment of a path"),
            ("AVP_AUTH_TYPE", "canary", "`k8s` (or `kubernetes`)"),
            ("AVP_TYPE", "canary", "is none of `vault`, `file`"),
        ] {
            let errors = texts(&Config::read(environment(&[(name, wrong)])).1);
            assert!(errors.len() == 1 && errors[0].contains(words) && !errors[0].contains("canary"), "{errors:?}");
        }
        let errors = texts(&Config::read(environment(&[("AVP_TYPE", "awssecretsmanager")])).1);
        assert_eq!(
            errors,
            [
                "Error: `AVP_TYPE` (environment) is `awssecretsmanager`, which is not supported yet; supported are `vault` and `file`"
            ]
        );
    }
}
