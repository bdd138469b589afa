//! What `doctor` leaves alone: secrets, kept tokens, tenants' addresses. And what it looks like.

use serde_json::json;

use super::setup::{CANARY, SetUp, answer};
use crate::support::files;
use crate::support::servers::{self, Faults, Response};

#[test]
fn it_logs_in_once_and_reads_no_secret() {
    let Some(vault) = servers::own_vault(servers::Setup::default()) else { return };
    vault.mount("secret", 2);
    vault.write("secret", "app", &json!({"k": CANARY}));
    vault.policy("apps", &["secret/data/*"]);
    let role = vault.approle("approle", &json!({"token_policies": ["apps"], "secret_id_num_uses": 1}));
    let folder = tempfile::tempdir().unwrap();
    files::write(
        folder.path(),
        "app.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: <path:secret/app#k>, b: <path:secret/data/app#k>}\n",
    );
    let before = vault.requests().len();
    let answers = SetUp::new("approle")
        .env("VAULT_ADDR", &vault.address)
        .env("AVP_AUTH_TYPE", "approle")
        .env("AVP_ROLE_ID", &role.role_id)
        .env("AVP_SECRET_ID", &role.secret_id)
        .env("HOME", folder.path().display().to_string())
        .argument(folder.path().display().to_string())
        .is_healthy();
    let (_, text) = answer(&answers, "login");
    assert!(text.contains("`secret_id_num_uses`") && !text.contains(&role.secret_id), "{text}");
    assert!(answer(&answers, "policies").1.contains("`apps`"), "{answers:#?}");
    let mut requests = vault.requests().split_off(before);
    requests.sort();
    let expected = [
        "read sys/internal/ui/mounts/secret/app",
        "read sys/internal/ui/mounts/secret/data/app",
        "update auth/approle/login",
        "update sys/capabilities-self",
    ];
    assert_eq!(requests, expected);
    assert!(!folder.path().join(".cache").exists(), "no token is kept");
}

#[test]
fn it_speaks_to_no_tenants_address() {
    let (tenants, operators) =
        (Faults::script(vec![Response::json(200, "{}")]), Faults::script(vec![Response::json(200, "{}")]));
    for settings in ["VAULT_ADDR", "VAULT_ADDR VAULT_TOKEN"] {
        let set_up = SetUp::new("a tenant's address")
            .env("VAULT_ADDR", &operators.address)
            .env("VAULT_TOKEN", CANARY)
            .env("AVP_TENANT_SETTINGS", settings)
            .env("ARGOCD_APP_NAME", "web")
            .env("ARGOCD_ENV_VAULT_ADDR", &tenants.address);
        let (_, answers) = set_up.answers();
        assert_eq!(answer(&answers, "dns").0, "not tried", "{answers:#?}");
        assert!(answer(&answers, "login").1.contains("`ARGOCD_ENV_VAULT_ADDR`"), "{answers:#?}");
    }
    assert!(tenants.requests().is_empty() && operators.requests().is_empty());
}

#[test]
fn a_chart_is_built_without_any_network() {
    let Some(helm) = servers::binary("helm3") else { return };
    let repository = Faults::script(vec![Response::json(404, "")]);
    let folder = tempfile::tempdir().unwrap();
    let chart = format!(
        "apiVersion: v2\nname: chart\nversion: 0.1.0\ndependencies:\n- {{name: a, version: 1.0.0, repository: \"{}\"}}\n",
        repository.address
    );
    let lock =
        format!("dependencies:\n- {{name: a, version: 1.0.0, repository: \"{}\"}}\ndigest: x\n", repository.address);
    files::write_all(folder.path(), &[("Chart.yaml", &chart), ("Chart.lock", &lock)]);
    let (_, answers) = SetUp::with_tools("a chart")
        .env("VAULT_ADDR", "http://127.0.0.1:1")
        .env("VAULT_TOKEN", CANARY)
        .argument("--helm")
        .argument(helm.display().to_string())
        .argument(folder.path().display().to_string())
        .answers();
    assert!(repository.requests().is_empty(), "{:?}", repository.requests());
    assert!(answers.iter().any(|[check, state, _]| check == "plan" && state == "not tried"), "{answers:#?}");
}

#[test]
fn a_token_that_may_not_ask_leaves_the_paths_untried() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("doctor-shy", 2);
    vault.policy("doctor-shy", &["doctor-shy/data/app"]);
    let folder = tempfile::tempdir().unwrap();
    files::write(
        folder.path(),
        "a.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: <path:doctor-shy/data/app#k>}\n",
    );
    let answers = SetUp::new("no default policy")
        .env("VAULT_ADDR", &vault.address)
        .env("VAULT_TOKEN", vault.token(&["doctor-shy"]))
        .argument(folder.path().display().to_string())
        .is_healthy();
    for check in ["policies", "may-read"] {
        let (state, text) = answer(&answers, check);
        assert_eq!(state, "not tried", "{answers:#?}");
        assert!(text.contains("the policy `default` allows"), "{text}");
    }
}

#[test]
fn people_get_a_line_for_each_answer() {
    let set_up = SetUp::new("refused").env("VAULT_ADDR", "http://127.0.0.1:1").env("VAULT_TOKEN", CANARY);
    let output = set_up.output("text");
    let expected = "\
ok         settings    2 settings set, the others have their defaults
not tried  files       the settings name no file
not tried  keep        `AVP_KEEP` is not set: nothing outlives a run
not tried  helm        `--no-build` leaves charts and kustomizations out
not tried  kustomize   `--no-build` leaves charts and kustomizations out
not tried  plan        no manifests are named: `vault-render doctor PATH`
not tried  dns         `127.0.0.1` is an address: there is no name to look up
wrong      tcp         cannot connect to `127.0.0.1` at port 1
                       cause: Connection refused (os error 111)
                       fix: nothing listens there: is the port right, and does the server run? The address is that of `VAULT_ADDR`
not tried  tls         because of `tcp`
not tried  health      because of `tcp`
not tried  clock       because of `tcp`
not tried  login       because of `tcp`
not tried  policies    because of `tcp`
not tried  may-read    because of `tcp`

1 wrong, 1 ok, 12 not tried
";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn wrong_usage_is_two_and_wrong_settings_are_one() {
    assert_eq!(SetUp::new("usage").argument("--nothing").output("text").status.code(), Some(2));
    assert_eq!(SetUp::new("settings").output("text").status.code(), Some(1));
}
