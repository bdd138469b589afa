//! Warnings about settings that differ between sources, have no effect, or do not exist. Knows no tenant rule.

use std::collections::BTreeMap;

use super::general::TENANT_SETTINGS;
use super::read::Layer;
use super::table::{Row, Table, second_name};
use super::{Authority, Origin, parse, tenant};
use crate::error::{Error, Errors, Kind};
use crate::words::suggestion;

/// Names of argocd-vault-plugin before version 1.0, beside `AVP_VAULT_*`, and what took their place.
const OBSOLETE: &[(&str, &str)] = &[
    ("AVP_PATH_PREFIX", "write the whole path into the annotation `avp.kubernetes.io/path`"),
    ("AVP_SECRET", "name the Secret with `-s`, in the command"),
];

/// The hint where no name is near.
const LIST: &str = "`vault-render settings` lists all settings";

/// Warns where argocd-vault-plugin would choose otherwise: for Vault's own settings it prefers file and Secret to the environment.
pub(super) fn conflicts(table: &Table, layers: &[Layer], errors: &mut Errors) {
    let of = |wanted: fn(&Origin) -> bool| layers.iter().filter(move |layer| wanted(&layer.origin));
    for row in table.rows().iter().filter(|row| row.name().starts_with("VAULT_") && !row.is_general()) {
        let mut above = of(|origin| matches!(origin, Origin::Flag(_) | Origin::Tenant | Origin::Function));
        let environment = of(|origin| *origin == Origin::Environment).find_map(|layer| layer.get(row.name()));
        let Some(value) = environment.filter(|_| above.all(|layer| layer.get(row.name()).is_none())) else { continue };
        let differs =
            |layer: &&Layer| layer.get(row.name()).is_some_and(|other| spelling(row, other) != spelling(row, value));
        errors.extend(of(is_written).filter(differs).map(|layer| conflict(row, &layer.origin)));
    }
}

/// Warns where a source sets a setting under both of its names, and the values differ.
pub(super) fn second_names(table: &Table, layers: &[Layer], errors: &mut Errors) {
    for row in table.rows() {
        let Some(second) = row.second_name() else { continue };
        for layer in layers {
            let Some((counts, other)) = layer.get(second).zip(layer.get(row.name())) else { continue };
            if spelling(row, counts) != spelling(row, other) {
                let (one, two) = (layer.origin.locate(second), layer.origin.locate(row.name()));
                let error = Error::warning(Kind::Setting, format!("{one} and {two} differ; `{second}` is used"));
                errors.push(error.hint("they are two names of one setting: set one of them"));
            }
        }
    }
}

/// Whether the source holds nothing but settings of ours.
fn is_written(origin: &Origin) -> bool {
    matches!(origin, Origin::File { .. } | Origin::Secret(_))
}

fn conflict(row: &Row, origin: &Origin) -> Error {
    let (one, other) = (Origin::Environment.locate(row.name()), origin.locate(row.name()));
    let error = Error::warning(Kind::Setting, format!("{one} and {other} differ; the environment's is used"));
    error.hint("argocd-vault-plugin would use the other one: set it in one place only")
}

fn spelling(row: &Row, value: &str) -> String {
    row.key.parse(value).map_or_else(|_| value.to_owned(), |parsed| parsed.text.to_string())
}

/// Reports settings that are known and not supported.
pub(super) fn unhonoured(table: &Table, layers: &[Layer], errors: &mut Errors) {
    for row in table.unsupported() {
        let second = second_name(row.name);
        let value = |layer: &'_ Layer| layer.get(row.name).or_else(|| layer.get(second.as_deref()?)).map(str::to_owned);
        let mut set = layers.iter().filter_map(|layer| Some((value(layer)?, &layer.origin)));
        // A lock that is switched off needs no support. Every layer counts: a tenant's `false` does not switch the operator's off.
        if let Some((_, origin)) = set.find(|(value, _)| parse::switch(value.trim()) != Ok(false)) {
            let what = format!("{} has no effect yet", origin.locate(row.name));
            errors.push(Error { level: row.level, ..Error::new(Kind::Setting, what) }.hint(row.hint));
        }
    }
}

/// Warns about names in files and Secrets that look like settings and are not. The environment holds variables of other programs, too,
/// such as Kubernetes' `VAULT_PORT`: [`misspelt`] is stricter there.
pub(super) fn unknown(table: &Table, layers: &[Layer], errors: &mut Errors) {
    for layer in layers.iter().filter(|layer| is_written(&layer.origin)) {
        errors.extend(layer.pairs.iter().filter_map(|(name, _)| unknown_name(table, name, &layer.origin)));
    }
    let mut own = layers.iter().filter(|layer| layer.origin.authority() == Authority::Operator);
    if let Some((names, origin)) = own.find_map(|layer| Some((layer.get(TENANT_SETTINGS.name())?, &layer.origin))) {
        errors.extend(parse::list(names).filter_map(|name| unknown_in_list(table, name, origin)));
    }
}

/// Warns about variables whose names miss a setting's by a slip, or are an old name. Names that are less similar, such as `AVP_VERSION`,
/// may be another program's. A tenant's are no other program's: those that nothing reads are all named.
pub(super) fn misspelt(table: &Table, environment: &BTreeMap<String, String>, errors: &mut Errors) {
    let set = environment.iter().filter(|(_, value)| !value.is_empty());
    for (name, _) in set.filter(|(name, _)| is_ours(name) && !table.is_known(name)) {
        let error = Error::warning(Kind::Setting, format!("{} is not a setting", Origin::Environment.locate(name)));
        errors.extend(meant(table, name, "").map(|hint| error.hint(hint)));
    }
    let unknown = |name: &str| (is_ours(name) || is_vaults(name)) && !table.is_known(name);
    for (name, variable, _) in tenant::variables(environment).filter(|(name, ..)| unknown(name)) {
        let error = Error::warning(Kind::Setting, format!("`{variable}` is not a setting"));
        errors.push(error.hint(meant(table, &name, tenant::PREFIX).unwrap_or_else(|| LIST.to_owned())));
    }
}

/// What is meant by a name that is not a setting's; `prefix` stands before the names of variables.
pub(super) fn meant(table: &Table, name: &str, prefix: &str) -> Option<String> {
    let renamed = name.strip_prefix("AVP_").filter(|rest| table.find(rest).is_some());
    let obsolete = || OBSOLETE.iter().find(|(old, _)| *old == name).map(|(_, hint)| (*hint).to_owned());
    let near = renamed.or_else(|| slip(table, name));
    near.map(|near| suggestion::did_you_mean(format!("{prefix}{near}"))).or_else(obsolete)
}

/// Whether a variable can only be meant for this program or its predecessor: `VAULT_PORT`, for one, is Kubernetes' own.
fn is_ours(name: &str) -> bool {
    name.starts_with("AVP_") || name.starts_with("VAULT_RENDER_")
}

/// Whether a name is Vault's or OpenBao's own.
fn is_vaults(name: &str) -> bool {
    name.starts_with("VAULT_") || name.starts_with("BAO_")
}

/// The setting that a name misses by one letter, or by two letters if it is long.
fn slip(table: &Table, name: &str) -> Option<&'static str> {
    const LONG: usize = "AVP_ROLE_ID".len();
    let meant = table.nearest(name)?;
    let slips = if meant.len() >= LONG { 2 } else { 1 };
    suggestion::is_within(name, meant, slips).then_some(meant)
}

/// The warning about a name that looks like a setting and is not.
fn unknown_name(table: &Table, name: &str, origin: &Origin) -> Option<Error> {
    let ours = name.starts_with("AVP_") || is_vaults(name);
    let error = Error::warning(Kind::Setting, format!("{} is not a setting", origin.locate(name)));
    (ours && !table.is_known(name)).then(|| did_you_mean(table, error, name))
}

fn unknown_in_list(table: &Table, name: &str, origin: &Origin) -> Option<Error> {
    let error = Error::warning(
        Kind::Setting,
        format!("{} names `{name}`, which is not a setting", origin.locate(TENANT_SETTINGS.name())),
    );
    (!table.is_known(name)).then(|| did_you_mean(table, error, name))
}

fn did_you_mean(table: &Table, error: Error, name: &str) -> Error {
    let near = || table.nearest(name).map(suggestion::did_you_mean);
    error.hint(meant(table, name, "").or_else(near).unwrap_or_else(|| LIST.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::SettingSources;
    use super::super::fixtures::{environment, file, read, spelling, texts};

    #[test]
    fn where_avp_would_take_the_file_a_warning_names_both() {
        let warned = |environment_settings, text| {
            let (config, errors) = read(SettingSources { file: file(text), ..environment(environment_settings) });
            assert!(!errors.any());
            (spelling(&config, "VAULT_ADDR").map(str::to_owned), texts(&errors))
        };
        let (address, warnings) = warned(&[("VAULT_ADDR", "https://a")], "VAULT_ADDR: https://b");
        assert_eq!(address.as_deref(), Some("https://a"));
        assert_eq!(warnings.len(), 1);
        assert!(
            warnings[0].starts_with("Warning: `VAULT_ADDR` (environment) and `VAULT_ADDR` (file `avp.yaml`) differ"),
            "{warnings:?}"
        );
        for (environment_settings, text) in [
            (&[("VAULT_ADDR", "https://a")][..], "VAULT_ADDR: https://a/"),
            (&[("VAULT_ADDR", "https://a")], "VAULT_ADDR: ''"),
            (&[("AVP_KV_VERSION", "1")], "AVP_KV_VERSION: 2"),
            (&[], "VAULT_ADDR: https://b"),
        ] {
            assert_eq!(warned(environment_settings, text).1, [""; 0], "{text}");
        }
    }

    #[test]
    fn a_setting_of_vaults_has_openbaos_name_too() {
        let (config, errors) = read(environment(&[("BAO_ADDR", "https://bao"), ("BAO_TOKEN", "t")]));
        assert_eq!(
            (spelling(&config, "VAULT_ADDR"), spelling(&config, "AVP_AUTH_TYPE"), errors.is_empty()),
            (Some("https://bao"), Some("token"), true)
        );
        assert_eq!(config.setting("VAULT_ADDR").unwrap().locate(), "`BAO_ADDR` (environment)");
        // Within a source it wins, with a warning; between sources the order of the sources counts.
        let (config, errors) = read(environment(&[("BAO_ADDR", "https://bao"), ("VAULT_ADDR", "https://vault")]));
        assert_eq!(spelling(&config, "VAULT_ADDR"), Some("https://bao"));
        let warning = "Warning: `BAO_ADDR` (environment) and `VAULT_ADDR` (environment) differ; `BAO_ADDR` is used; \
                       they are two names of one setting: set one of them";
        assert_eq!(texts(&errors), [warning]);
        let same = read(environment(&[("BAO_ADDR", "https://bao/"), ("VAULT_ADDR", "https://bao")])).1;
        assert!(same.is_empty(), "{same:?}");
        let given =
            SettingSources { file: file("BAO_ADDR: https://file"), ..environment(&[("VAULT_ADDR", "https://v")]) };
        assert_eq!(spelling(&read(given).0, "VAULT_ADDR"), Some("https://v"));
        let wrong = texts(&read(environment(&[("BAO_ADDR", "canary:8200")])).1);
        assert!(
            wrong.len() == 1 && wrong[0].starts_with("Error: `BAO_ADDR` (environment) is not an address"),
            "{wrong:?}"
        );
        let own = read(environment(&[("BAO_RENDER_MASK_KEY", "k")])).0;
        assert_eq!(spelling(&own, "VAULT_RENDER_MASK_KEY"), None, "it is not one of Vault's");
    }

    #[test]
    fn the_second_name_plays_the_same_roles() {
        let operator = [("BAO_TOKEN", "t"), ("VAULT_ADDR", "https://v")];
        let with = |more: &[(&'static str, &'static str)]| {
            let all: Vec<_> = operator.iter().chain(more).copied().collect();
            let (config, errors) = read(environment(&all));
            (spelling(&config, "VAULT_ADDR").map(str::to_owned), texts(&errors))
        };
        let evil = ("ARGOCD_ENV_BAO_ADDR", "https://evil");
        let (address, errors) = with(&[evil]);
        assert_eq!(address.as_deref(), Some("https://v"));
        let refusal = "Error: `ARGOCD_ENV_BAO_ADDR` would send the operator's `BAO_TOKEN` (environment) to an address that a tenant chose";
        assert!(errors.len() == 1 && errors[0].starts_with(refusal), "{errors:?}");
        for allowed in ["VAULT_ADDR", "BAO_ADDR"] {
            let (address, errors) = with(&[evil, ("AVP_TENANT_SETTINGS", allowed)]);
            assert_eq!((address.as_deref(), errors.len()), (Some("https://evil"), 0), "{allowed}: {errors:?}");
        }
        let verify = texts(&read(environment(&[("ARGOCD_ENV_BAO_SKIP_VERIFY", "true")])).1);
        assert!(
            verify.len() == 1 && verify[0].contains("`ARGOCD_ENV_BAO_SKIP_VERIFY` differs from the default"),
            "{verify:?}"
        );
        let unknown = texts(&read(environment(&[("ARGOCD_ENV_BAO_ADRR", "x")])).1);
        assert!(unknown.len() == 1 && unknown[0].contains("is not a setting"), "{unknown:?}");
    }

    #[test]
    fn a_setting_that_is_not_honoured_is_told() {
        for (name, value, level) in [
            ("VAULT_SRV_LOOKUP", "true", Some("Warning")),
            ("ARGOCD_ENV_VAULT_SRV_LOOKUP", "true", Some("Warning")),
            ("VAULT_SRV_LOOKUP", "", None),
        ] {
            let errors = texts(&read(environment(&[(name, value)])).1);
            let told = level.map(|level| format!("{level}: `{name}`"));
            assert_eq!(errors.len(), told.iter().count(), "{errors:?}");
            assert!(told.iter().zip(&errors).all(|(told, error)| error.starts_with(told.as_str())), "{errors:?}");
        }
    }

    #[test]
    fn a_tenant_switches_no_lock_off() {
        let given = environment(&[("AVP_LOCK_ROLE", "true"), ("ARGOCD_ENV_AVP_LOCK_ROLE", "false")]);
        assert_eq!(texts(&read(given).1).len(), 1);
    }

    #[test]
    fn an_unknown_name_in_a_file_is_a_warning() {
        let given = SettingSources {
            file: file("AVP_AUTHTYPE: k8s\nvault_addr: https://v\nOTHER: x\nVAULT_FORMAT: json"),
            ..SettingSources::default()
        };
        let (config, errors) = read(given);
        assert_eq!(spelling(&config, "VAULT_ADDR"), Some("https://v"));
        assert_eq!(
            texts(&errors),
            [
                "Warning: `AVP_AUTHTYPE` (file `avp.yaml`) is not a setting; did you mean `AVP_AUTH_TYPE`?",
                "Warning: `VAULT_FORMAT` (file `avp.yaml`) is not a setting; `vault-render settings` lists all settings",
            ]
        );
        let (_, errors) =
            read(environment(&[("AVP_TENANT_SETTINGS", "VAULT_ADRR"), ("VAULT_PORT", "tcp://10.0.0.1:8200")]));
        assert_eq!(texts(&errors).len(), 1, "{errors:?}");
    }

    #[test]
    fn a_variable_that_misses_a_setting_by_a_slip_is_a_warning() {
        for (name, meant) in [
            ("AVP_KV_VERSON", Some("AVP_KV_VERSION")),
            ("AVP_TYP", Some("AVP_TYPE")),
            ("AVP_TPYE", Some("AVP_TYPE")),
            ("AVP_AUTHTYPE", Some("AVP_AUTH_TYPE")),
            ("AVP_PATH_VALIDATON", Some("AVP_PATH_VALIDATION")),
            ("ARGOCD_ENV_AVP_K8_ROLE", Some("ARGOCD_ENV_AVP_K8S_ROLE")),
            ("ARGOCD_ENV_avp_k8_role", Some("ARGOCD_ENV_AVP_K8S_ROLE")),
            ("ARGOCD_ENV_VAULT_ADRR", Some("ARGOCD_ENV_VAULT_ADDR")),
            ("AVP_VAULT_ADDR", Some("VAULT_ADDR")),
            ("AVP_VAULT_NAMESPACE", Some("VAULT_NAMESPACE")),
            ("ARGOCD_ENV_AVP_VAULT_ADDR", Some("ARGOCD_ENV_VAULT_ADDR")),
            ("AVP_VERSION", None),
            ("AVP_ROLE", None),
            ("AVP_IBM_API_KEY", None),
            ("VAULT_RENDER_MASKKEY", Some("VAULT_RENDER_MASK_KEY")),
            ("VAULT_ADRR", None),
            ("MY_AVP_TYP", None),
        ] {
            let warnings = texts(&read(environment(&[(name, "1")])).1);
            let slips = warnings.iter().filter(|warning| warning.contains("is not a setting")).collect::<Vec<_>>();
            match meant {
                Some(meant) => {
                    assert_eq!(slips.len(), 1, "{name}: {warnings:?}");
                    assert!(slips[0].starts_with(&format!("Warning: `{name}`")), "{slips:?}");
                    assert!(slips[0].ends_with(&format!("did you mean `{meant}`?")), "{slips:?}");
                }
                None => assert_eq!(slips, [""; 0]),
            }
        }
        assert_eq!(texts(&read(environment(&[("AVP_TYP", "")])).1), [""; 0]);
        for (name, hint) in [
            ("AVP_PATH_PREFIX", "avp.kubernetes.io/path"),
            ("AVP_SECRET", "`-s`"),
            ("ARGOCD_ENV_AVP_SECRET", "`-s`"),
            ("ARGOCD_ENV_AVP_VERSION", "lists all settings"),
        ] {
            let warnings = texts(&read(environment(&[(name, "1")])).1);
            assert!(warnings.len() == 1 && warnings[0].contains(hint), "{name}: {warnings:?}");
        }
        let warnings =
            texts(&read(SettingSources { file: file("AVP_VAULT_ADDR: https://v"), ..SettingSources::default() }).1);
        assert!(warnings.len() == 1 && warnings[0].ends_with("did you mean `VAULT_ADDR`?"), "{warnings:?}");
    }
}
