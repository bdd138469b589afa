//! The settings that a KRM function's configuration may hold: all but credentials. It stands in the repository, so its settings are a
//! tenant's, and the tenant rules apply to them as to `ARGOCD_ENV_*`.

use super::TYPOS;
use super::parse::holds_password;
use super::role::Role;
use super::table::{Row, Table};
use crate::error::{Error, Kind};
use crate::words::suggestion;

/// Refuses a credential and what is not a setting; `options` are further names that would have been right.
pub(crate) fn check_entry(table: &Table, name: &str, value: &str, options: &[&'static str]) -> Result<(), Error> {
    let is_credential = table.find(name).is_some_and(|row| row.is(Role::Credential));
    if is_credential || holds_password(value) {
        let detail = format!("the functionConfig sets `{name}`, which is a credential");
        return Err(Error::new(Kind::Setting, detail)
            .hint("it stands in the repository: set credentials in the environment of whoever runs the function"));
    }
    if table.is_known(name) {
        return Ok(());
    }
    let error = Error::new(Kind::Setting, format!("the functionConfig sets `{name}`, which is not a setting"));
    let setting = suggestion::by_edits(&name.to_ascii_uppercase(), table.rows().iter().map(Row::name), TYPOS);
    Err(match setting.or_else(|| suggestion::by_edits(name, options.iter().copied(), TYPOS)) {
        Some(near) => error.hint(suggestion::did_you_mean(near)),
        None => error.hint("`vault-render fn --help` says what it may set"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::SettingSources;
    use super::super::fixtures::{environment, read, spelling, texts};
    use super::*;
    use crate::backend;

    #[test]
    fn no_credential_is_taken() {
        for row in backend::settings().rows() {
            assert_eq!(
                check_entry(backend::settings(), row.name(), "x", &[]).is_err(),
                row.is(Role::Credential),
                "{}",
                row.name()
            );
        }
        assert!(check_entry(backend::settings(), "VAULT_ADDR", "https://user:canary@vault", &[]).is_err_and(|error| {
            !error.detail.contains("canary") && !error.hint.unwrap_or_default().contains("canary")
        }));
    }

    #[test]
    fn a_slip_gets_the_near_name() {
        for (name, near) in [
            ("VAULT_ADR", "`VAULT_ADDR`"),
            ("avp_k8s_role", "`AVP_K8S_ROLE`"),
            ("srtict", "`strict`"),
            ("other", "--help"),
        ] {
            assert!(
                check_entry(backend::settings(), name, "x", &["strict"]).unwrap_err().hint.unwrap().contains(near),
                "{name}"
            );
        }
    }

    #[test]
    fn what_it_sets_is_a_tenants() {
        let given = |name: &str, value: &str| SettingSources {
            function: vec![(name.to_owned(), value.to_owned())],
            ..environment(&[("VAULT_TOKEN", "operators"), ("VAULT_ADDR", "https://a"), ("AVP_PATH_VALIDATION", "^a/")])
        };
        for (name, value, refused) in [
            ("VAULT_ADDR", "https://b", "`VAULT_ADDR` of the functionConfig would send the operator's `VAULT_TOKEN`"),
            ("AVP_PATH_VALIDATION", ".*", "`AVP_PATH_VALIDATION` of the functionConfig differs from"),
            ("VAULT_SKIP_VERIFY", "true", "`VAULT_SKIP_VERIFY` of the functionConfig differs from the default"),
        ] {
            let (config, errors) = read(given(name, value));
            assert!(texts(&errors)[0].contains(refused), "{errors:?}");
            assert_ne!(spelling(&config, name), Some(value));
        }
        let (config, errors) = read(given("AVP_KV_VERSION", "1"));
        assert_eq!(
            (spelling(&config, "AVP_KV_VERSION"), errors.is_empty(), config.has_tenant()),
            (Some("1"), true, true)
        );
    }
}
