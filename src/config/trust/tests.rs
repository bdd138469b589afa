//! The three tenant rules, a table test each.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::backend;
use crate::config::fixtures::{read, spelling};
use crate::config::table::Row;
use crate::config::{ConfigFile, SettingSources};
use crate::policy::settings::NAMESPACE;

/// What the rules say in the pod of an Argo CD plugin that works in `/srv/repo/app`.
fn judged(settings: &[(&str, &str)]) -> (Config, Vec<String>) {
    let environment = settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let (config, errors) = read(SettingSources { environment, ..pod() });
    (config, errors.iter().map(|error| format!("{error}; {}", error.hint.as_deref().unwrap_or_default())).collect())
}

fn pod() -> SettingSources {
    let (repository, working_folder) = ("/srv/repo".into(), "/srv/repo/app".into());
    SettingSources { has_service_account_token: true, repository, working_folder, ..SettingSources::default() }
}

/// Settings, and the words of the one error that they make; without words they are fine.
type Expected<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

pub(super) fn expect(rows: &[Expected<'_>]) {
    for (settings, words) in rows {
        let (_, errors) = judged(settings);
        assert_eq!(errors.len(), usize::from(!words.is_empty()), "{settings:?}: {errors:?}");
        for word in *words {
            assert!(errors[0].contains(word), "{settings:?}: {word} is not in {}", errors[0]);
        }
    }
}

const OWN_APPROLE: [(&str, &str); 3] =
    [("ARGOCD_ENV_AVP_AUTH_TYPE", "approle"), ("ARGOCD_ENV_AVP_ROLE_ID", "r"), ("ARGOCD_ENV_AVP_SECRET_ID", "s")];

#[test]
fn rule_1_a_credential_travels_no_further_than_its_owner_says() {
    let allow = "`AVP_TENANT_SETTINGS=VAULT_ADDR`";
    expect(&[
        (
            &[("ARGOCD_ENV_VAULT_ADDR", "http://evil")],
            &["ARGOCD_ENV_VAULT_ADDR", "AVP_K8S_TOKEN_PATH", "service-account", allow],
        ),
        (
            &[("ARGOCD_ENV_VAULT_ADDR", "http://evil"), ("VAULT_TOKEN", "t")],
            &["ARGOCD_ENV_VAULT_ADDR", "`VAULT_TOKEN` (environment)", allow],
        ),
        (
            &[
                ("ARGOCD_ENV_VAULT_ADDR", "http://evil"),
                ("AVP_AUTH_TYPE", "approle"),
                ("AVP_ROLE_ID", "r"),
                ("AVP_SECRET_ID", "s"),
            ],
            &["AVP_ROLE_ID", "AVP_SECRET_ID", allow],
        ),
        (
            &[("ARGOCD_ENV_VAULT_NAMESPACE", "other"), ("VAULT_TOKEN", "t")],
            &["ARGOCD_ENV_VAULT_NAMESPACE", "VAULT_TOKEN"],
        ),
        (&[("ARGOCD_ENV_AVP_K8S_MOUNT_PATH", "other")], &["ARGOCD_ENV_AVP_K8S_MOUNT_PATH", "AVP_K8S_TOKEN_PATH"]),
        (
            &[("ARGOCD_ENV_AVP_MOUNT_PATH", "other"), ("AVP_AUTH_TYPE", "github"), ("AVP_GITHUB_TOKEN", "t")],
            &["ARGOCD_ENV_AVP_MOUNT_PATH", "AVP_GITHUB_TOKEN"],
        ),
        (
            &[("ARGOCD_ENV_AVP_MOUNT_PATH", "other"), ("AVP_AUTH_TYPE", "userpass"), ("AVP_PASSWORD", "p")],
            &["ARGOCD_ENV_AVP_MOUNT_PATH", "AVP_PASSWORD"],
        ),
        // A login has one mount, by whichever of its names.
        (
            &[("ARGOCD_ENV_AVP_MOUNT_PATH", "other")],
            &["`ARGOCD_ENV_AVP_MOUNT_PATH`", "AVP_K8S_TOKEN_PATH", "`AVP_TENANT_SETTINGS=AVP_MOUNT_PATH`"],
        ),
        (&[("ARGOCD_ENV_AVP_K8S_MOUNT_PATH", "other"), ("AVP_MOUNT_PATH", "own")], &["ARGOCD_ENV_AVP_K8S_MOUNT_PATH"]),
        (&[("ARGOCD_ENV_AVP_MOUNT_PATH", "other"), ("AVP_TENANT_SETTINGS", "AVP_MOUNT_PATH")], &[]),
        // A mount that the login does not use, or has: nothing travels elsewhere.
        (&[("ARGOCD_ENV_AVP_MOUNT_PATH", "other"), ("AVP_K8S_MOUNT_PATH", "own")], &[]),
        (&[("ARGOCD_ENV_AVP_MOUNT_PATH", "auth/kubernetes")], &[]),
        (&[("ARGOCD_ENV_AVP_K8S_MOUNT_PATH", "auth/own/"), ("AVP_MOUNT_PATH", "own")], &[]),
        // Whom TLS trusts is where the credential goes.
        (&[("ARGOCD_ENV_VAULT_CACERT_BYTES", "pem")], &["ARGOCD_ENV_VAULT_CACERT_BYTES", "AVP_K8S_TOKEN_PATH"]),
        (&[("ARGOCD_ENV_VAULT_TLS_SERVER_NAME", "evil")], &["ARGOCD_ENV_VAULT_TLS_SERVER_NAME", "AVP_K8S_TOKEN_PATH"]),
    ]);
}

#[test]
fn rule_1_a_credential_that_a_tenant_brings_goes_where_he_says() {
    for more in [
        &[("ARGOCD_ENV_VAULT_ADDR", "https://own"), ("ARGOCD_ENV_VAULT_NAMESPACE", "own")][..],
        &[("ARGOCD_ENV_AVP_MOUNT_PATH", "auth/own"), ("VAULT_ADDR", "https://vault")],
        &[("ARGOCD_ENV_VAULT_CACERT", "../ca.pem"), ("ARGOCD_ENV_VAULT_TLS_SERVER_NAME", "own")],
        &[("VAULT_TOKEN", "t"), ("ARGOCD_ENV_VAULT_ADDR", "https://own")],
        // The client's key is for the operator's address, and stays there.
        &[("VAULT_CLIENT_KEY", "/key.pem"), ("ARGOCD_ENV_VAULT_NAMESPACE", "own")],
    ] {
        expect(&[(&[&OWN_APPROLE[..], more].concat(), &[])]);
    }
    expect(&[(
        &[&OWN_APPROLE[..], &[("VAULT_CLIENT_KEY", "/key.pem"), ("ARGOCD_ENV_VAULT_ADDR", "https://own")]].concat(),
        &["VAULT_CLIENT_KEY"],
    )]);
}

#[test]
fn rule_2_a_tenant_changes_no_restriction() {
    expect(&[
        (
            &[("ARGOCD_ENV_AVP_PATH_VALIDATION", ".*"), ("AVP_PATH_VALIDATION", "^a/")],
            &[
                "ARGOCD_ENV_AVP_PATH_VALIDATION",
                "`AVP_PATH_VALIDATION` (environment)",
                "AVP_TENANT_SETTINGS=AVP_PATH_VALIDATION",
            ],
        ),
        (&[("ARGOCD_ENV_AVP_PATH_VALIDATION", ".*")], &["ARGOCD_ENV_AVP_PATH_VALIDATION"]),
        (&[("ARGOCD_ENV_VAULT_SKIP_VERIFY", "true")], &["ARGOCD_ENV_VAULT_SKIP_VERIFY", "default"]),
        (&[("ARGOCD_ENV_VAULT_RENDER_MASK_KEY", "own")], &["ARGOCD_ENV_VAULT_RENDER_MASK_KEY"]),
        (&[&OWN_APPROLE[..], &[("ARGOCD_ENV_VAULT_SKIP_VERIFY", "1")]].concat(), &["ARGOCD_ENV_VAULT_SKIP_VERIFY"]),
        (
            &[&OWN_APPROLE[..], &[("ARGOCD_ENV_VAULT_CACERT", "ca.pem"), ("VAULT_CAPATH", "/etc/ca")]].concat(),
            &["ARGOCD_ENV_VAULT_CACERT", "`VAULT_CAPATH` (environment)"],
        ),
        // A tenant may set what does not narrow.
        (&[("ARGOCD_ENV_AVP_K8S_ROLE", "own"), ("AVP_K8S_ROLE", "default")], &[]),
        (&[("ARGOCD_ENV_AVP_KV_VERSION", "1"), ("AVP_KV_VERSION", "2")], &[]),
    ]);
}

#[test]
fn rule_2_what_the_operator_limits_a_tenant_only_tightens() {
    for (name, limit, tighter, looser) in [
        ("VAULT_CLIENT_TIMEOUT", "1m", &["5s", "60s", "59.9s"][..], &["0", "61s", "5000h"][..]),
        ("VAULT_CLIENT_TIMEOUT", "0", &["0s", "5s", "5000h"], &[]),
        ("VAULT_MAX_RETRIES", "2", &["0", "2"], &["3", "18446744073709551615"]),
        ("VAULT_RATE_LIMIT", "10:20", &["10:20", "5", "0.1:20"], &["11", "10:21", "1:1000000"]),
        ("AVP_DISABLE_TOKEN_CACHE", "true", &["1"], &["false", "0"]),
        ("AVP_DISABLE_TOKEN_CACHE", "false", &["true"], &[]),
    ] {
        let tenants = format!("ARGOCD_ENV_{name}");
        for value in tighter {
            assert_eq!(judged(&[(name, limit), (&tenants, value)]).1, [""; 0], "{name}={value}");
        }
        for value in looser {
            let (config, errors) = judged(&[(name, limit), (&tenants, value)]);
            assert!(errors.len() == 1 && errors[0].contains("looser than"), "{name}={value}: {errors:?}");
            assert!(
                errors[0].contains(&tenants) && errors[0].contains(&format!("`{name}` (environment)")),
                "{errors:?}"
            );
            assert_eq!(config.setting(name).map(|setting| &setting.origin), Some(&Origin::Environment));
            // Where the operator has said nothing, or widens, tenants choose.
            assert_eq!(judged(&[(&tenants, value)]).1, [""; 0], "{name}={value}");
            let allowed = [(name, limit), (&tenants, value), ("AVP_TENANT_SETTINGS", name)];
            assert_eq!(judged(&allowed).1, [""; 0], "{name}={value}");
        }
    }
}

#[test]
fn rule_2_of_a_ceiling_the_default_counts_as_set() {
    let own = |value| judged(&[("ARGOCD_ENV_AVP_TIMEOUT", value)]);
    assert_eq!((own("20s").1, spelling(&own("20s").0, "AVP_TIMEOUT")), (Vec::new(), Some("20s")));
    for looser in ["51s", "10h", "0"] {
        let (config, errors) = own(looser);
        assert!(errors.len() == 1 && errors[0].contains("looser than the default"), "{looser}: {errors:?}");
        assert_eq!(spelling(&config, "AVP_TIMEOUT"), Some("50s"));
    }
    assert_eq!(judged(&[("AVP_TIMEOUT", "2m"), ("ARGOCD_ENV_AVP_TIMEOUT", "90s")]).1, [""; 0]);
}

#[test]
fn rule_1_the_operators_credential_speaks_for_nobody_whom_a_tenant_names() {
    let userpass = [("AVP_AUTH_TYPE", "userpass"), ("AVP_USERNAME", "argocd"), ("AVP_PASSWORD", "p")];
    expect(&[
        (
            &[&userpass[..], &[("ARGOCD_ENV_AVP_USERNAME", "admin")]].concat(),
            &["ARGOCD_ENV_AVP_USERNAME", "`AVP_PASSWORD` (environment)", "AVP_TENANT_SETTINGS=AVP_USERNAME"],
        ),
        (
            &[("ARGOCD_ENV_VAULT_CLIENT_CERT", "other.pem"), ("VAULT_CLIENT_KEY", "/key.pem")],
            &["ARGOCD_ENV_VAULT_CLIENT_CERT", "VAULT_CLIENT_KEY"],
        ),
        (&[&userpass[..], &[("ARGOCD_ENV_AVP_USERNAME", "own"), ("ARGOCD_ENV_AVP_PASSWORD", "own")]].concat(), &[]),
        (&[&userpass[..], &[("ARGOCD_ENV_AVP_USERNAME", "argocd")]].concat(), &[]),
    ]);
}

#[test]
fn rule_2_an_empty_value_of_a_tenant_widens_nothing() {
    let (config, errors) = judged(&[("AVP_PATH_VALIDATION", "^a/"), ("ARGOCD_ENV_AVP_PATH_VALIDATION", " ")]);
    assert_eq!((spelling(&config, "AVP_PATH_VALIDATION"), errors.len()), (Some("^a/"), 0));
}

#[test]
fn rule_2_the_operator_widens_and_a_tenant_does_not_widen_himself() {
    expect(&[
        (
            &[
                ("AVP_TENANT_SETTINGS", "VAULT_ADDR, VAULT_NAMESPACE"),
                ("ARGOCD_ENV_VAULT_ADDR", "http://x"),
                ("ARGOCD_ENV_VAULT_NAMESPACE", "n"),
            ],
            &[],
        ),
        (&[("AVP_TENANT_SETTINGS", "VAULT_SKIP_VERIFY"), ("ARGOCD_ENV_VAULT_SKIP_VERIFY", "true")], &[]),
        (
            &[
                ("AVP_TENANT_SETTINGS", "AVP_FILE AVP_TYPE"),
                ("ARGOCD_ENV_AVP_FILE", "/etc/x"),
                ("ARGOCD_ENV_AVP_TYPE", "file"),
            ],
            &[],
        ),
        (&[("ARGOCD_ENV_AVP_TENANT_SETTINGS", "VAULT_ADDR")], &["ARGOCD_ENV_AVP_TENANT_SETTINGS"]),
        (
            &[("AVP_TENANT_SETTINGS", "AVP_TENANT_SETTINGS"), ("ARGOCD_ENV_AVP_TENANT_SETTINGS", "VAULT_ADDR")],
            &["ARGOCD_ENV_AVP_TENANT_SETTINGS"],
        ),
    ]);
    let (_, errors) =
        judged(&[("ARGOCD_ENV_AVP_TENANT_SETTINGS", "VAULT_ADDR"), ("ARGOCD_ENV_VAULT_ADDR", "http://evil")]);
    assert_eq!(errors.len(), 2, "{errors:?}");
}

#[test]
fn rule_3_a_tenant_names_no_file_outside_the_repository() {
    for row in backend::settings().rows().iter().filter(|row| row.is(Role::File)) {
        let name = format!("ARGOCD_ENV_{}", row.name());
        for path in ["/etc/passwd", "../../x", "/srv/repo/../x", "/srv/repository/x", "../../../../../x"] {
            let (_, errors) = judged(&[&OWN_APPROLE[..], &[(&name, path)]].concat());
            assert!(errors.len() == 1 && errors[0].contains("outside the repository"), "{name}={path}: {errors:?}");
        }
        for path in ["x", "../x", "/srv/repo/x", "./a/../x"] {
            let (config, errors) = judged(&[&OWN_APPROLE[..], &[(&name, path)]].concat());
            assert_eq!((errors.len(), config.is_confined(row.name())), (0, true), "{name}={path}: {errors:?}");
        }
    }
}

#[test]
fn rule_3_a_tenant_chooses_no_store_or_login_that_uses_the_operators_credential() {
    expect(&[
        (
            &[("ARGOCD_ENV_AVP_AUTH_TYPE", "token"), ("AVP_AUTH_TYPE", "k8s"), ("VAULT_TOKEN", "t")],
            &["ARGOCD_ENV_AVP_AUTH_TYPE", "VAULT_TOKEN", "AVP_TENANT_SETTINGS=AVP_AUTH_TYPE"],
        ),
        (
            &[("ARGOCD_ENV_AVP_AUTH_TYPE", "k8s"), ("VAULT_TOKEN", "t")],
            &["ARGOCD_ENV_AVP_AUTH_TYPE", "AVP_K8S_TOKEN_PATH"],
        ),
        (
            &[("ARGOCD_ENV_AVP_TYPE", "vault"), ("AVP_TYPE", "file"), ("VAULT_TOKEN", "t")],
            &["ARGOCD_ENV_AVP_TYPE", "VAULT_TOKEN"],
        ),
        (&[("ARGOCD_ENV_AVP_TYPE", "file"), ("AVP_FILE", "/etc/secrets.yaml")], &["ARGOCD_ENV_AVP_TYPE", "AVP_FILE"]),
        // With what they bring along they may.
        (&OWN_APPROLE, &[]),
        // The key of masks logs in nowhere.
        (&[&OWN_APPROLE[..], &[("VAULT_RENDER_MASK_KEY", "operators")]].concat(), &[]),
        (&[("ARGOCD_ENV_AVP_AUTH_TYPE", "token"), ("ARGOCD_ENV_VAULT_TOKEN", "own"), ("AVP_AUTH_TYPE", "k8s")], &[]),
        (&[("ARGOCD_ENV_AVP_TYPE", "file"), ("ARGOCD_ENV_AVP_FILE", "secrets.yaml")], &[]),
        (&[&OWN_APPROLE[..], &[("ARGOCD_ENV_AVP_TYPE", "vault"), ("AVP_TYPE", "file")]].concat(), &[]),
        // A role id without its secret id is half a credential: the other half is the operator's.
        (
            &[("ARGOCD_ENV_AVP_AUTH_TYPE", "approle"), ("ARGOCD_ENV_AVP_ROLE_ID", "r"), ("AVP_SECRET_ID", "s")],
            &["AVP_SECRET_ID"],
        ),
    ]);
}

#[test]
fn repeating_the_operators_value_is_never_an_error() {
    for row in backend::settings().rows() {
        let value = row.declaration().example;
        let (own, repeated) = (row.name().to_owned(), format!("ARGOCD_ENV_{}", row.name()));
        let (config, errors) = judged(&[(&own, value), (&repeated, value)]);
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(config.setting(row.name()).unwrap().origin, Origin::Environment, "{}", row.name());
    }
    expect(&[
        (&[("AVP_AUTH_TYPE", "k8s"), ("ARGOCD_ENV_AVP_AUTH_TYPE", "kubernetes")], &[]),
        (&[("ARGOCD_ENV_AVP_AUTH_TYPE", "k8s")], &[]),
        (&[("ARGOCD_ENV_AVP_TYPE", "vault"), ("ARGOCD_ENV_VAULT_SKIP_VERIFY", "f")], &[]),
        (&[("ARGOCD_ENV_AVP_K8S_MOUNT_PATH", "auth/kubernetes/")], &[]),
        (&[("VAULT_ADDR", "https://vault:8200"), ("ARGOCD_ENV_VAULT_ADDR", "https://vault:8200/")], &[]),
    ]);
}

#[test]
fn a_file_in_the_working_folder_is_the_tenants_where_there_is_one() {
    for (tenant, inside, refused) in [(true, true, true), (true, false, false), (false, true, false)] {
        let file = ConfigFile {
            path: "avp.yaml".into(),
            text: "VAULT_ADDR: http://evil\nAVP_PATH_VALIDATION: .*".to_owned().into(),
            is_in_repository: inside,
        };
        let environment = tenant.then(|| ("ARGOCD_APP_NAME".to_owned(), "app".to_owned())).into_iter().collect();
        let (config, errors) = read(SettingSources { file: Some(file), environment, ..pod() });
        assert_eq!(errors.iter().count(), if refused { 2 } else { 0 }, "{errors:?}");
        assert_eq!(spelling(&config, "VAULT_ADDR").is_none(), refused, "a refused value is not used");
    }
}

#[test]
fn without_argo_cd_there_is_no_tenant() {
    let (config, errors) = judged(&[("VAULT_ADDR", "http://x"), ("VAULT_SKIP_VERIFY", "true"), ("AVP_FILE", "/etc/x")]);
    assert!(!config.has_tenant() && errors.is_empty(), "{errors:?}");
    assert!(judged(&[("ARGOCD_APP_NAME", "app")]).0.has_tenant());
    assert!(judged(&[("ARGOCD_ENV_ANY", "")]).0.has_tenant());
}

#[test]
fn no_error_holds_a_secret() {
    for row in backend::settings().rows().iter().filter(|row| row.is(Role::Credential)) {
        let name = format!("ARGOCD_ENV_{}", row.name());
        let login = row.readers.iter().find_map(|reader| reader.login).unwrap_or("token");
        let (config, errors) = judged(&[
            (row.name(), "canary"),
            (&name, "canary2"),
            ("AVP_AUTH_TYPE", login),
            ("ARGOCD_ENV_VAULT_ADDR", "http://x"),
        ]);
        assert!(!format!("{errors:?}{config:?}").contains("canary"), "{errors:?} {config:?}");
    }
}

#[test]
fn outside_argo_cd_a_setting_says_that_there_is_a_tenant() {
    let read = |variables: &[(&str, &str)], text: &str| {
        let file = ConfigFile { path: "avp.yaml".into(), text: text.to_owned().into(), is_in_repository: true };
        let environment = variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        read(SettingSources { file: Some(file), environment, ..pod() })
    };
    let evil = "VAULT_ADDR: http://evil\nAVP_PATH_VALIDATION: .*";
    for (variables, text, errors) in [
        (&[][..], evil.to_owned(), 0),
        (&[("AVP_TENANT", "0")], evil.to_owned(), 0),
        (&[("AVP_TENANT", "1")], evil.to_owned(), 2),
        (&[("AVP_TENANT", "1")], format!("{evil}\nAVP_TENANT: false"), 2),
        // Nobody gains by saying so.
        (&[], format!("{evil}\nAVP_TENANT: true"), 2),
        // What cannot be read lets nobody in.
        (&[("AVP_TENANT", "yes")], evil.to_owned(), 3),
    ] {
        let (config, found) = read(variables, &text);
        assert_eq!(found.iter().count(), errors, "{variables:?} {text}: {found:?}");
        assert_eq!(config.has_tenant(), errors > 0, "{variables:?} {text}");
    }
    // Flags and the environment stay the operator's.
    let (config, errors) = read(&[("AVP_TENANT", "1"), ("VAULT_ADDR", "https://vault")], "");
    assert!(errors.is_empty() && config.has_tenant() && !config.may_tenants_choose(&NAMESPACE), "{errors:?}");
}

/// Who sets which row, and to which of its values.
fn anybodys_settings() -> impl Strategy<Value = Vec<(String, String)>> {
    let rows = backend::settings().rows();
    let one = (0..rows.len(), any::<bool>(), any::<usize>()).prop_map(|(index, is_tenants, chosen)| {
        let (row, values) = (&rows[index], values(&rows[index]));
        let name = if is_tenants { format!("ARGOCD_ENV_{}", row.name()) } else { row.name().to_owned() };
        (name, values[chosen % values.len()].to_owned())
    });
    vec(one, 0..16)
}

/// A few values of a row, and what is none.
fn values(row: &Row) -> Vec<&'static str> {
    match row.key.choices() {
        Some(choices) => choices.into_iter().map(|names| names[0]).collect(),
        None => vec![row.declaration().example, "1", "true", "false", "http://true", "file.yaml", "VAULT_MAX_RETRIES"],
    }
}

proptest! {
    #[test]
    fn whatever_is_set_no_credential_of_the_operators_goes_where_a_tenant_says(settings in anybodys_settings()) {
        let environment = settings.into_iter().collect();
        let given = SettingSources { environment, ..pod() };
        let intended = super::super::read::read(given.clone(), backend::settings(), &mut Errors::new());
        let (config, errors) = read(given);
        let rows = backend::settings().rows();
        let refused = |row: &&Row| !config.is_allowed_to_tenants(row.name());
        let mut tenants =
            rows.iter().filter(refused).filter(|row| config.authority(row.name()) == Authority::Tenant);
        prop_assert!(tenants.all(|row| travelling(&config, row).is_empty() && !row.is(Role::Narrowing)));
        let limits = rows.iter().filter(refused);
        let limits = limits.filter_map(|row| Some((row, row.declaration().limit()?, config.operator(row.name())?)));
        for (row, tighter, limit) in limits.filter(|(.., limit)| limit.origin != Origin::Default) {
            prop_assert!(tighter.keeps(spelling(&config, row.name()).unwrap_or_default(), &limit.text), "{}", row.name());
        }
        let fell = rows.iter().any(|row| spelling(&config, row.name()) != spelling(&intended, row.name()));
        prop_assert!(!fell || errors.any());
    }
}
