//! The rows of the stores and of their logins, walked.

use std::collections::{BTreeMap, HashSet};

use super::*;
use crate::config::AnyKey;
use crate::config::table::{Row, SettingReader};

#[test]
fn every_store_is_documented_and_none_is_there_twice() {
    let mut names = HashSet::new();
    for backend in BACKENDS {
        assert!(!backend.doc.is_empty() && !backend.settings.settings.is_empty(), "{}", backend.name());
        assert!(backend.settings.names.iter().all(|name| names.insert(*name)), "{}", backend.name());
    }
}

#[test]
fn every_setting_is_documented_and_none_is_there_twice() {
    let mut names = HashSet::new();
    for row in settings().rows() {
        let (name, declaration) = (row.name(), row.declaration());
        assert!(names.insert(name), "{name} is there twice");
        assert!(!declaration.doc.is_empty() && !declaration.doc.ends_with('.'), "{name}");
        assert!(!declaration.doc.contains('\n'), "{name}");
        assert!(row.key.parse(declaration.example).is_ok(), "{name}");
        let default = declaration.default.map(|text| (text, row.key.parse(text)));
        assert!(default.is_none_or(|(text, parsed)| parsed.is_ok_and(|parsed| *parsed.text == text)), "{name}");
        assert!(is_name(name) && (!row.readers.is_empty() || is_prefixed(name)), "{name}");
    }
}

/// Two rows may share a setting, and then its key: the table has one row for it.
#[test]
fn nobody_means_something_else_by_a_setting_of_the_same_name() {
    let stores = BACKENDS.iter().map(|store| store.settings);
    let logins = stores.clone().filter_map(|store| store.logins.as_ref()).flat_map(|logins| (logins.rows)());
    let keys = stores.flat_map(|store| store.settings).chain(logins.flat_map(|login| login.settings));
    for declaration in keys.map(|key| key.declaration()) {
        let row = settings().find(declaration.name).expect("it is in the table");
        assert_eq!(format!("{declaration:?}"), format!("{:?}", row.declaration()));
    }
}

/// A store may have the names of its field; they must not look like Argo CD's own.
fn is_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && !name.starts_with("ARGOCD_")
}

fn is_prefixed(name: &str) -> bool {
    name.starts_with("AVP_") || name.starts_with("VAULT_")
}

#[test]
fn the_settings_of_avp_and_of_vaults_cli_are_there() {
    for name in
        "AVP_TYPE AVP_AUTH_TYPE AVP_KV_VERSION AVP_ROLE_ID AVP_SECRET_ID AVP_GITHUB_TOKEN AVP_USERNAME AVP_PASSWORD \
         AVP_K8S_ROLE AVP_K8S_MOUNT_PATH AVP_K8S_TOKEN_PATH AVP_MOUNT_PATH AVP_PATH_VALIDATION AVP_FILE AVP_TENANT_SETTINGS \
         VAULT_ADDR VAULT_TOKEN VAULT_NAMESPACE VAULT_CACERT VAULT_CACERT_BYTES VAULT_CAPATH VAULT_CLIENT_CERT VAULT_CLIENT_KEY \
         VAULT_TLS_SERVER_NAME VAULT_SKIP_VERIFY VAULT_CLIENT_TIMEOUT VAULT_MAX_RETRIES VAULT_RATE_LIMIT"
            .split_whitespace()
    {
        assert!(settings().find(name).is_some(), "{name}");
    }
}

/// Tenant rule 1, for every credential of every row: once the operator has set it, no tenant says where it goes.
#[test]
fn no_tenant_says_where_a_credential_of_any_row_goes() {
    let mut pairs = 0;
    for (credential, of_credential) in rows_with(&[Role::Credential]) {
        for (target, of_target) in rows_with(&[Role::Address, Role::Mount, Role::Verification]) {
            if is_in_one_run(&of_credential, &of_target) && (!credential.is(Role::TlsKey) || !target.is(Role::Mount)) {
                let operators = environment(credential, &of_credential);
                let is_refused = is_refused(operators, credential, (target.name(), &another_value(target)));
                assert!(is_refused, "{of_credential:?}: a tenant moves {} by {}", credential.name(), target.name());
                pairs += 1;
            }
        }
    }
    assert!(pairs > 30, "{pairs} pairs");
}

/// Tenant rule 3, for every credential of every row: once the operator has set it, no tenant chooses the store or login that uses it.
#[test]
fn no_tenant_chooses_the_login_or_store_that_uses_a_credential_of_any_row() {
    for (credential, reader) in rows_with(&[Role::Credential]).filter(|(row, _)| !row.is(Role::TlsKey)) {
        let logins = store(&reader).logins.as_ref();
        let (choice, name) = match logins.zip(reader.login) {
            Some((logins, login)) => (logins.choice, login),
            None => (&TYPE as &dyn AnyKey, reader.store),
        };
        let names = choice.choices().expect("a choice").into_iter().map(|names| names[0]);
        let other = names.rev().find(|other| *other != name).expect("there is another one");
        let setting = choice.declaration().name;
        let mut operators = environment(credential, &reader);
        operators.insert(setting.to_owned(), other.to_owned());
        let is_refused = is_refused(operators, credential, (setting, name));
        assert!(is_refused, "{reader:?}: a tenant chooses who uses {}", credential.name());
    }
}

/// Each row that plays one of these roles, with each of its readers.
fn rows_with(roles: &'static [Role]) -> impl Iterator<Item = (&'static Row, SettingReader)> {
    let rows = settings().rows().iter().filter(|row| roles.iter().any(|role| row.is(*role)));
    rows.flat_map(|row| row.readers.iter().map(move |reader| (row, *reader)))
}

fn is_in_one_run(credential: &SettingReader, target: &SettingReader) -> bool {
    let logins = [credential.login, target.login];
    credential.store == target.store && (logins.contains(&None) || credential.login == target.login)
}

/// Another value than the default and the operator's, and a file in the repository.
fn another_value(row: &Row) -> String {
    if row.is(Role::File) { "own.pem".to_owned() } else { format!("{}2", row.declaration().example) }
}

/// The operator's environment that uses this credential.
fn environment(credential: &Row, reader: &SettingReader) -> BTreeMap<String, String> {
    let logins = store(reader).logins.as_ref();
    let login = logins.zip(reader.login).map(|(logins, login)| (logins.choice.declaration().name, login));
    let pairs = [(TYPE.name(), reader.store), (credential.name(), credential.declaration().example)];
    pairs.into_iter().chain(login).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn store(reader: &SettingReader) -> &'static StoreSettings {
    BACKENDS.iter().map(|store| store.settings).find(|store| store.names[0] == reader.store).expect("a store's name")
}

/// Whether a tenant's setting is refused because of the credential, beside the operator's settings.
fn is_refused(mut environment: BTreeMap<String, String>, credential: &Row, (name, value): (&str, &str)) -> bool {
    environment.insert(format!("ARGOCD_ENV_{name}"), value.to_owned());
    let (_, errors) = Config::read(SettingSources { environment, ..SettingSources::default() }, settings());
    let named = [format!("`ARGOCD_ENV_{name}`"), format!("`{}`", credential.name())];
    errors.iter().any(|error| named.iter().all(|name| error.detail.contains(name)))
}
