//! The settings of an Application, `ARGOCD_ENV_*`, however they are spelt: in any case of letters, with Argo CD's prefix once or more.
//! argocd-vault-plugin reads them so. Knows no tenant rule.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::Origin;
use super::read::Layer;
use super::table::Table;
use crate::error::{Error, Errors, Kind};

/// What Argo CD puts before the names of an Application's variables.
pub(super) const PREFIX: &str = "ARGOCD_ENV_";

/// The Application's settings. Of two spellings the exact one counts, with a warning about the other.
pub(super) fn layer(environment: &BTreeMap<String, String>, table: &Table, errors: &mut Errors) -> Layer {
    let mut pairs: Vec<(String, Zeroizing<String>)> = Vec::new();
    let (exact, others): (Vec<_>, Vec<_>) = variables(environment)
        .filter(|(name, ..)| table.is_known(name))
        .partition(|(name, variable, _)| variable.strip_prefix(PREFIX) == Some(name));
    for (name, variable, value) in exact.into_iter().chain(others) {
        match pairs.iter().find(|(other, _)| *other == name) {
            None => pairs.push((name, Zeroizing::new(value.to_owned()))),
            Some((_, other)) if other.trim() == value.trim() => {}
            Some(_) => errors.push(without_effect(variable, &name)),
        }
    }
    Layer { origin: Origin::Tenant, pairs }
}

/// The variables that an Application sets: the name of the setting, the variable's own, and the value.
pub(super) fn variables(environment: &BTreeMap<String, String>) -> impl Iterator<Item = (String, &str, &str)> {
    let set = environment.iter().filter(|(_, value)| !value.trim().is_empty());
    set.filter_map(|(variable, value)| {
        let name = variable.strip_prefix(PREFIX)?.to_ascii_uppercase();
        Some((name.trim_start_matches(PREFIX).to_owned(), variable.as_str(), value.as_str()))
    })
}

fn without_effect(variable: &str, name: &str) -> Error {
    let error =
        Error::warning(Kind::Setting, format!("`{variable}` has no effect: another spelling of `{name}` counts"));
    error.hint(format!("set `{PREFIX}{name}` alone"))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{environment, read, spelling, texts};

    #[test]
    fn a_setting_of_the_tenants_counts_however_it_is_spelt() {
        for name in ["ARGOCD_ENV_avp_kv_version", "ARGOCD_ENV_Avp_Kv_Version", "ARGOCD_ENV_ARGOCD_ENV_AVP_KV_VERSION"] {
            let (config, errors) = read(environment(&[(name, "1"), ("AVP_KV_VERSION", "2")]));
            assert_eq!((spelling(&config, "AVP_KV_VERSION"), errors.is_empty()), (Some("1"), true), "{name}");
            // It stays the tenant's.
            let address = name.replace("AVP_KV_VERSION", "VAULT_ADDR").replace("avp_kv_version", "vault_addr");
            let address = address.replace("Avp_Kv_Version", "Vault_Addr");
            let (config, errors) = read(environment(&[(&address, "https://evil"), ("VAULT_TOKEN", "t")]));
            assert!(errors.any() && spelling(&config, "VAULT_ADDR").is_none(), "{address}: {errors:?}");
        }
    }

    #[test]
    fn the_exact_spelling_wins_with_a_warning() {
        let both = [("ARGOCD_ENV_AVP_KV_VERSION", "1"), ("ARGOCD_ENV_ARGOCD_ENV_avp_kv_version", "2")];
        let (config, errors) = read(environment(&both));
        assert_eq!(spelling(&config, "AVP_KV_VERSION"), Some("1"));
        let warning = "Warning: `ARGOCD_ENV_ARGOCD_ENV_avp_kv_version` has no effect: another spelling of `AVP_KV_VERSION` counts; \
                       set `ARGOCD_ENV_AVP_KV_VERSION` alone";
        assert_eq!(texts(&errors), [warning]);
        let (config, errors) =
            read(environment(&[("ARGOCD_ENV_AVP_KV_VERSION", " "), ("ARGOCD_ENV_avp_kv_version", "2")]));
        assert_eq!((spelling(&config, "AVP_KV_VERSION"), errors.is_empty()), (Some("2"), true));
    }
}
