//! Precedence: which of the given values is in effect, and which the operator alone would have. Knows no tenant rule.

use zeroize::Zeroizing;

use super::table::{self, Row, SETTINGS};
use super::{Authority, Config, Entry, Given, Origin, Setting, file};
use crate::error::{Error, Errors, Kind};

/// Values from one place, highest precedence first in a list of them.
pub(super) struct Layer {
    pub(super) origin: Origin,
    pub(super) pairs: Vec<(String, Zeroizing<String>)>,
}

/// Reads all settings, and reports what is wrong with them.
pub(super) fn read(given: &Given, errors: &mut Errors) -> Config {
    let layers = layers(given, errors);
    warn_of_conflicts(&layers, errors);
    refuse_unsupported(&layers, errors);
    let mut config = Config {
        tenant: has_tenant(given),
        repository: given.repository.clone(),
        working_folder: given.working_folder.clone(),
        ..Config::default()
    };
    for row in SETTINGS {
        config.entries.insert(row.name, entry(row, &layers, errors));
    }
    choose_login(&mut config, given);
    config
}

/// Argo CD sets variables of its own for a plugin; without any of them nobody but the operator is there.
fn has_tenant(given: &Given) -> bool {
    given.environment.keys().any(|name| name.starts_with("ARGOCD_ENV_") || name.starts_with("ARGOCD_APP_"))
}

fn layers(given: &Given, errors: &mut Errors) -> Vec<Layer> {
    let mut layers: Vec<Layer> = given.flags.iter().flat_map(|(name, value)| flag(name, value)).collect();
    layers.push(variables(given, "ARGOCD_ENV_", Origin::Tenant));
    layers.push(variables(given, "", Origin::Environment));
    layers.extend(given.file.as_ref().map(|file| file::layer(file, given, has_tenant(given), errors)));
    layers.extend(given.secret.as_ref().map(|secret| secret.layer(errors)));
    layers.extend(given.vault_token_file.as_ref().map(|(_, token)| {
        let token = Zeroizing::new(token.trim().to_owned());
        Layer { origin: Origin::VaultTokenFile, pairs: vec![("VAULT_TOKEN".to_owned(), token)] }
    }));
    layers
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

fn variables(given: &Given, prefix: &str, origin: Origin) -> Layer {
    let known = given.environment.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix(prefix)?;
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
    let setting = Setting { value: Zeroizing::new(value.to_owned()), origin: origin.clone() };
    let _ = setting;
    Error::new(Kind::Setting, format!("{} {wrong}", origin.locate(row.name)))
        .hint(format!("{}, e.g. `{}`", row.doc, row.example))
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
    /// A value; an empty one counts as not set, as for Vault's CLI.
    fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.pairs.iter().rev().find(|(key, _)| key == name)?;
        (!value.trim().is_empty()).then_some(value.as_str())
    }
}

fn warn_of_conflicts(_layers: &[Layer], _errors: &mut Errors) {}

fn refuse_unsupported(_layers: &[Layer], _errors: &mut Errors) {}
