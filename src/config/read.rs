//! Precedence: the value of each setting in effect, and the one without the tenant. Knows no tenant rule.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::general::TENANT;
use super::key::AnyKey;
use super::parse;
use super::table::{LoginSettings, Logins, Row, StandIn, Table};
use super::{
    Authority, Config, Entry, FlagValue, HomeFile, Origin, Setting, SettingSources, cluster, file, notice, tenant,
};
use crate::error::{Error, Errors, Kind};
use crate::words::suggestion;

/// The values from one source. In a list of layers the first one counts.
pub(super) struct Layer {
    pub(super) origin: Origin,
    pub(super) pairs: Vec<(String, Zeroizing<String>)>,
}

/// A value as a layer has it.
#[derive(Clone, Copy)]
pub(super) struct Value<'l> {
    text: &'l str,
    /// The name under which it is set.
    name: &'static str,
    origin: &'l Origin,
}

/// Reads all settings, and reports what is wrong with them.
pub(super) fn read(sources: SettingSources, table: &'static Table, errors: &mut Errors) -> Config {
    let (layers, has_tenant) = layers(&sources, table, errors);
    notice::second_names(table, &layers, errors);
    notice::conflicts(table, &layers, errors);
    notice::unhonoured(table, &layers, errors);
    notice::unknown(table, &layers, errors);
    notice::misspelt(table, &sources.environment, errors);
    let is_argocd = is_argocd(&sources.environment);
    let mut entries: BTreeMap<_, _> =
        table.rows().iter().map(|row| (row.name(), entry(table, row, &layers, is_argocd, errors))).collect();
    for logins in table.stores.iter().filter_map(|store| store.logins.as_ref()) {
        choose_login(&mut entries, logins, sources.has_service_account_token);
    }
    Config {
        table,
        entries: Arc::new(entries),
        has_tenant,
        repository: sources.repository,
        is_checkout: sources.is_checkout,
        working_folder: sources.working_folder,
        environment: Arc::new(sources.environment),
    }
}

/// The program's folder for caches, as XDG defines it. A relative `XDG_CACHE_HOME` does not count.
pub(crate) fn cache_folder(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    let folder = |name: &str| environment.get(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
    Some(caches.join("vault-render"))
}

/// Whether the environment says that there is a tenant: Argo CD sets variables of its own for a plugin, and elsewhere
/// `AVP_TENANT` says so.
pub(crate) fn has_tenant(environment: &BTreeMap<String, String>) -> bool {
    is_argocd(environment) || environment.get(TENANT.name()).is_some_and(|value| restricts(value))
}

/// Whether Argo CD runs the program: it sets variables of its own.
fn is_argocd(environment: &BTreeMap<String, String>) -> bool {
    environment.keys().any(|name| name.starts_with("ARGOCD_ENV_") || name.starts_with("ARGOCD_APP_"))
}

/// Whether a switch that restricts is on. One with a wrong value is on, so that a typo does not lift the restriction.
fn restricts(value: &str) -> bool {
    let value = value.trim();
    !value.is_empty() && parse::switch(value) != Ok(false)
}

/// The values from all sources, and whether there is a tenant: environment and file may say so, and a function's configuration is one's.
fn layers(sources: &SettingSources, table: &Table, errors: &mut Errors) -> (Vec<Layer>, bool) {
    let file = sources.file.as_ref().map(|file| file::layer(file, errors));
    let says_so = file.as_ref().and_then(|layer| layer.get(TENANT.name())).is_some_and(restricts);
    let has_tenant = has_tenant(&sources.environment) || !sources.function.is_empty() || says_so;
    let mut layers: Vec<Layer> = sources.flags.iter().map(flag).collect();
    layers.push(tenant::layer(&sources.environment, table, errors));
    layers.push(function(sources));
    layers.push(variables(sources, table));
    layers.extend(file.map(|layer| layer.of_tenant_if(has_tenant)));
    layers.extend(sources.secret.as_ref().map(|secret| cluster::layer(secret, table, errors)));
    layers.extend(sources.home_files.iter().map(home_file));
    (layers, has_tenant)
}

fn flag(FlagValue { flag, setting, value }: &FlagValue) -> Layer {
    Layer { origin: Origin::Flag(flag), pairs: vec![((*setting).to_owned(), Zeroizing::new(value.clone()))] }
}

fn function(sources: &SettingSources) -> Layer {
    let pair = |(name, value): &(String, String)| (name.clone(), Zeroizing::new(value.clone()));
    Layer { origin: Origin::Function, pairs: sources.function.iter().map(pair).collect() }
}

fn variables(sources: &SettingSources, table: &Table) -> Layer {
    let known = sources.environment.iter().filter(|(name, _)| table.is_known(name));
    let pairs = known.map(|(name, value)| (name.clone(), Zeroizing::new(value.clone())));
    Layer { origin: Origin::Environment, pairs: pairs.collect() }
}

fn home_file(HomeFile { file, setting, text }: &HomeFile) -> Layer {
    let text = Zeroizing::new(text.trim().to_owned());
    Layer { origin: Origin::HomeFile(file), pairs: vec![((*setting).to_owned(), text)] }
}

/// The setting of a row by its layers. A wrong value is reported, and counts as not set.
fn entry(table: &Table, row: &Row, layers: &[Layer], is_argocd: bool, errors: &mut Errors) -> Entry {
    let declaration = row.declaration();
    let names = [Some(declaration.name), declaration.fallback].into_iter().flatten();
    let mut values = names.flat_map(|name| {
        let spellings = table.spellings(name);
        layers.iter().filter_map(move |layer| layer.value(spellings))
    });
    let first = values.next();
    let of_operator = |value: &Value<'_>| value.origin.authority() == Authority::Operator;
    let operator = first.filter(of_operator).or_else(|| values.find(of_operator));
    let operator = match operator {
        Some(value) => setting(row, value, first.is_some_and(|first| first.origin == value.origin), errors),
        None => declaration.default_where(is_argocd).and_then(|text| Setting::of_default(row.key, text)),
    };
    let setting = first.filter(|first| !of_operator(first)).and_then(|value| setting(row, value, true, errors));
    // A tenant who repeats the operator's value chooses nothing.
    let is_repeated = |one: &Setting| operator.as_ref().is_some_and(|other| one.text == other.text);
    let setting = setting.filter(|setting| !is_repeated(setting)).or_else(|| operator.clone());
    let invalid = first.filter(|_| setting.is_none()).map(|value| value.origin.clone());
    Entry { setting, operator, invalid }
}

/// A value in its one spelling; what is wrong with it is reported if it would be in effect.
/// A fallback's own row reports its value.
fn setting(row: &Row, value: Value<'_>, is_in_effect: bool, errors: &mut Errors) -> Option<Setting> {
    let is_reported = is_in_effect && row.is_called(value.name);
    let setting = Setting::new(row.key, value);
    setting.map_err(|wrong| is_reported.then(|| errors.push(wrong_value(row, value, &wrong)))).ok()
}

fn wrong_value(row: &Row, Value { text: value, name, origin }: Value<'_>, wrong: &str) -> Error {
    let (place, declaration) = (origin.locate(name), row.declaration());
    if declaration.not_yet.contains(&value.trim().to_ascii_lowercase().as_str()) {
        let error = Error::new(Kind::Setting, format!("{place} is `{}`, which is not supported yet", value.trim()));
        return error.hint(format!("supported are: {}", row.choices().unwrap_or_default()));
    }
    let error = Error::new(Kind::Setting, format!("{place} {wrong}"));
    error.hint(match row.nearest_value(value.trim()) {
        Some(near) => suggestion::did_you_mean(near),
        None => format!("{}, e.g. `{}`", declaration.doc, declaration.example),
    })
}

/// Sets the login where nobody chooses one: to the first that a setting implies.
fn choose_login(entries: &mut BTreeMap<&'static str, Entry>, logins: &Logins, has_service_account_token: bool) {
    let rows = (logins.rows)();
    let default = |entries: &BTreeMap<_, Entry>, pick: fn(&Entry) -> Option<&Setting>| {
        let set = |key: &dyn AnyKey| pick(entries.get(key.declaration().name)?);
        let implied = |is_default| {
            let implies = |login: &&&LoginSettings| {
                login.implied_by.and_then(set).is_some_and(|setting| (setting.origin == Origin::Default) == is_default)
            };
            rows.iter().find(implies).map(|login| login.names[0])
        };
        let is_alone = |agent: &&StandIn| set(agent.address).is_some() && set(agent.store).is_none();
        let agent = || logins.stand_in.as_ref().filter(is_alone).map(|agent| agent.login);
        let by_file = || has_service_account_token.then(|| implied(true)).flatten();
        Setting::of_default(logins.choice, implied(false).or_else(agent).or_else(by_file)?)
    };
    let [of_operator, in_effect] =
        [default(entries, |entry| entry.operator.as_ref()), default(entries, |entry| entry.setting.as_ref())];
    let entry = entries.entry(logins.choice.declaration().name).or_default();
    entry.operator = entry.operator.take().or(of_operator);
    let is_repeated = |one: &Setting| entry.operator.as_ref().is_some_and(|other| one.text == other.text);
    if entry.setting.as_ref().is_some_and(is_repeated) {
        entry.setting = entry.operator.clone();
    } else if entry.setting.is_none() {
        entry.setting = in_effect;
    }
}

impl Setting {
    /// Parses a value. An error does not quote it.
    pub(super) fn new(key: &dyn AnyKey, Value { text, name, origin }: Value<'_>) -> Result<Self, String> {
        let parsed = key.parse(text)?;
        Ok(Self { text: parsed.text, origin: origin.clone(), name, value: parsed.value })
    }

    fn of_default(key: &dyn AnyKey, text: &str) -> Option<Self> {
        Self::new(key, Value { text, name: key.declaration().name, origin: &Origin::Default }).ok()
    }
}

impl Layer {
    /// A file of the repository is a tenant's only where there is one.
    fn of_tenant_if(mut self, there_is_one: bool) -> Self {
        if let Origin::File { is_tenants, .. } = &mut self.origin {
            *is_tenants &= there_is_one;
        }
        self
    }

    /// The value that counts for a setting of these names, with where it stands.
    pub(super) fn value(&self, spellings: [Option<&'static str>; 2]) -> Option<Value<'_>> {
        let mut spellings = spellings.into_iter().flatten();
        spellings.find_map(|name| Some(Value { text: self.get(name)?, name, origin: &self.origin }))
    }

    /// The value of a setting. An empty one counts as not set, as for Vault's CLI.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.pairs.iter().rev().find(|(key, _)| key == name)?;
        (!value.trim().is_empty()).then_some(value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{environment, file, read, spelling, texts};
    use super::super::{ClusterSecret, FlagValue, HomeFile, Origin, SettingSources};
    use crate::backend;
    use crate::policy::settings::NAMESPACE;

    #[test]
    fn the_first_of_flag_tenant_environment_file_secret_and_default_counts() {
        let secret =
            ClusterSecret { name: "argocd:avp".into(), data: vec![("AVP_DISABLE_TOKEN_CACHE".into(), b"t".to_vec())] };
        let mut given = environment(&[("ARGOCD_ENV_AVP_DISABLE_TOKEN_CACHE", "1"), ("AVP_DISABLE_TOKEN_CACHE", "T")]);
        given.flags = FlagValue::new(backend::settings(), "--disable-token-cache", "true".into()).into_iter().collect();
        given.file = file("AVP_DISABLE_TOKEN_CACHE: true");
        given.secret = Some(secret);
        let mut origin = |change: fn(&mut SettingSources)| {
            let origin = read(given.clone()).0.setting("AVP_DISABLE_TOKEN_CACHE").unwrap().origin.clone();
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
        assert_eq!(origin(|given| given.file = None), Origin::File { path: "avp.yaml".into(), is_tenants: false });
        assert_eq!(origin(|given| given.secret = None), Origin::Secret("argocd:avp".into()));
        assert_eq!(origin(|_| ()), Origin::Default);
    }

    #[test]
    fn an_empty_value_is_not_set() {
        let mut given = environment(&[("VAULT_ADDR", ""), ("VAULT_MAX_RETRIES", " ")]);
        given.file = file("VAULT_ADDR: https://vault\nVAULT_NAMESPACE:\n");
        let (config, errors) = read(given);
        assert_eq!(spelling(&config, "VAULT_ADDR"), Some("https://vault"));
        assert_eq!((spelling(&config, "VAULT_MAX_RETRIES"), spelling(&config, "VAULT_NAMESPACE")), (Some("2"), None));
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn without_a_login_a_token_counts_then_the_service_account_then_nothing() {
        let login = |pairs: &[(&str, &str)], token_file: bool, service_account_token| {
            let home_files = token_file.then(|| vault_token("t\n")).into_iter().collect();
            let has_service_account_token = service_account_token;
            let sources = SettingSources { home_files, has_service_account_token, ..environment(pairs) };
            spelling(&read(sources).0, "AVP_AUTH_TYPE").map(str::to_owned)
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
        let (config, errors) = read(SettingSources::default());
        assert!(errors.is_empty());
        assert_eq!((spelling(&config, "AVP_TYPE"), spelling(&config, "VAULT_ADDR")), (Some("vault"), None));
        let error = config.required(&NAMESPACE).unwrap_err();
        assert_eq!(error.to_string(), "`VAULT_NAMESPACE` is not set");
        let hint = config.missing("AVP_AUTH_TYPE").hint.unwrap();
        for login in ["token", "approle", "k8s", "kubernetes", "userpass", "github"] {
            assert!(hint.contains(&format!("`{login}`")), "{hint}");
        }
    }

    #[test]
    fn the_token_file_is_the_last_to_give_a_token() {
        let home_files = vec![vault_token("of-file\n")];
        let (config, _) = read(SettingSources { home_files: home_files.clone(), ..SettingSources::default() });
        assert_eq!(spelling(&config, "VAULT_TOKEN"), Some("of-file"));
        assert_eq!(config.setting("VAULT_TOKEN").unwrap().origin, Origin::HomeFile(".vault-token"));
        let (config, _) =
            read(SettingSources { home_files, file: file("VAULT_TOKEN: t"), ..SettingSources::default() });
        assert_eq!(spelling(&config, "VAULT_TOKEN"), Some("t"));
    }

    fn vault_token(text: &str) -> HomeFile {
        HomeFile { file: ".vault-token", setting: "VAULT_TOKEN", text: text.to_owned().into() }
    }

    #[test]
    fn a_wrong_value_is_an_error_that_does_not_quote_it() {
        for (name, wrong, words) in [
            ("AVP_KV_VERSION", "canary", "`AVP_KV_VERSION` (environment) is not one of `1`, `2`"),
            ("VAULT_SKIP_VERIFY", "canary", "is neither `true` nor `false`"),
            ("VAULT_MAX_RETRIES", "canary", "is not a whole number"),
            ("VAULT_CLIENT_TIMEOUT", "canary", "is not a duration"),
            ("VAULT_RATE_LIMIT", "canary", "is not a rate"),
            ("VAULT_ADDR", "canary:8200", "is not an address"),
            ("AVP_PATH_VALIDATION", "canary(", "is not a regular expression"),
            ("AVP_MOUNT_PATH", "canary/..", "is not a mount"),
            ("VAULT_NAMESPACE", "canary/..", "is not a namespace"),
            ("AVP_USERNAME", "..", "is not one segment of a path"),
            ("AVP_USERNAME", ".", "is not one segment of a path"),
            ("AVP_USERNAME", "canary/../../x", "is not one segment of a path"),
            ("AVP_USERNAME", "canary\u{202e}", "is not one segment of a path"),
            ("AVP_AUTH_TYPE", "canary", "`k8s` (or `kubernetes`)"),
            ("AVP_TYPE", "canary", "is not one of `vault`"),
        ] {
            let errors = texts(&read(environment(&[(name, wrong)])).1);
            assert!(errors.len() == 1 && errors[0].contains(words) && !errors[0].contains("canary"), "{errors:?}");
        }
        for (name, wrong, near) in [
            ("AVP_TYPE", "valt", Some("`vault`")),
            ("AVP_AUTH_TYPE", "Kubernets", Some("`kubernetes`")),
            ("AVP_AUTH_TYPE", "app-role", Some("`approle`")),
            ("AVP_KV_VERSION", "v2", Some("`2`")),
            ("AVP_KV_VERSION", "3", None),
            ("AVP_DISABLE_TOKEN_CACHE", "ture", Some("`true`")),
            ("AVP_DISABLE_TOKEN_CACHE", "no", None),
            ("AVP_TYPE", "foo", None),
        ] {
            let (config, errors) = read(environment(&[(name, wrong)]));
            let hints: Vec<_> = texts(&errors);
            let told = near.map(|near| format!("; did you mean {near}?"));
            assert!(hints.len() == 1 && hints[0].contains("did you mean") == told.is_some(), "{hints:?}");
            assert!(told.is_none_or(|told| hints[0].ends_with(&told)), "{hints:?}");
            assert_eq!((config.setting(name).is_none(), config.invalid(name)), (true, Some(&Origin::Environment)));
        }
        let errors = texts(&read(environment(&[("AVP_TYPE", "awssecretsmanager")])).1);
        let unsupported = "Error: `AVP_TYPE` (environment) is `awssecretsmanager`, which is not supported yet; supported are: `vault`";
        assert!(errors.len() == 1 && errors[0].starts_with(unsupported), "{errors:?}");
    }
}
