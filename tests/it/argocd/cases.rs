//! What holds whoever serves the plugin's socket.

use super::*;

pub(super) fn an_application_s_manifests_are_filled(served: Served) {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(served, at(&vault)) else { return };
    let repository = Repository::new([("apps/shop/secret.yaml", SECRET), ("other/broken.yaml", "a: [")]);
    let manifests = argocd.manifests(&repository, &Application::at("apps/shop")).unwrap();
    assert_eq!(manifests.len(), 1);
    assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
    assert_eq!(manifests[0]["metadata"]["name"], "database");
}

pub(super) fn a_chart_takes_its_application_s_parameters(served: Served) {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(served, at(&vault)) else { return };
    let repository = Repository::new(CHART);
    let application = Application::at("chart")
        .parameter(Parameter::text("release-name", "front"))
        .parameter(Parameter::array("values-files", &["prod.yaml"]))
        .parameter(Parameter::map("helm-parameters", &[("replicas", "3")]));
    let manifests = argocd.manifests(&repository, &application).unwrap();
    let of = |kind| manifests.iter().find(|object| object["kind"] == kind).unwrap();
    assert_eq!(of("Secret")["data"]["password"], "b3Zlci1hcmdv");
    assert_eq!(of("ConfigMap")["data"]["replicas"], "3");
    assert_eq!(
        (&of("ConfigMap")["metadata"]["name"], &of("ConfigMap")["metadata"]["namespace"]),
        (&json!("front"), &json!("shop"))
    );
    let tenant = Application::at("chart").env("HELM_ARGS", "--post-renderer ./x.sh");
    let error = argocd.manifests(&repository, &tenant).unwrap_err();
    assert_holds(&error, &["`--post-renderer` in `ARGOCD_ENV_HELM_ARGS`"]);
}

pub(super) fn a_chart_s_parameters_are_shown(served: Served) {
    let Some(argocd) = argocd(served, vec![]) else { return };
    let repository = Repository::new(CHART);
    let shown = argocd.parameters(&repository, &Application::at("chart"));
    let names: Vec<&str> = shown.iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(names, ["release-name", "values-files", "values", "helm-parameters"]);
    assert_eq!((shown[0].string.as_str(), shown[3].map["replicas"].as_str()), ("shop", "1"));
    assert!(shown.iter().all(|parameter| !parameter.title.is_empty()));
}

pub(super) fn a_kustomization_is_built(served: Served) {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(served, at(&vault)) else { return };
    let repository = Repository::new([
        ("base/secret.yaml", SECRET),
        ("base/kustomization.yaml", "resources: [secret.yaml]\n"),
        ("prod/kustomization.yaml", "namespace: prod\nresources: [../base]\n"),
    ]);
    let manifests = argocd.manifests(&repository, &Application::at("prod")).unwrap();
    assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
    assert_eq!(manifests[0]["metadata"]["namespace"], "prod");
}

pub(super) fn an_application_without_a_plugin_is_discovered_where_the_operator_wants_that(served: Served) {
    let Some(vault) = vault() else { return };
    let Some(argocd) = with_plugin(served, "deploy/argocd/discover/plugin.yaml", at(&vault)) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    for application in [Application::at("shop").unnamed(), Application::at("shop")] {
        let manifests = argocd.manifests(&repository, &application).unwrap();
        assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
    }
}

/// docs/migrate-from-avp.md: the definition that argocd-vault-plugin's guide gives, with a shell around it.
pub(super) fn an_unchanged_plugin_of_argocd_vault_plugin_s_works_under_its_name(served: Served) {
    let Some(vault) = vault() else { return };
    let guide = std::fs::read_to_string(root().join("docs/migrate-from-avp.md")).expect("the guide");
    let plugin = guide.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("its first block");
    let mut programs = vec![("argocd-vault-plugin", binary().into())];
    programs.extend([("sh", "/bin/sh".into()), ("find", "/usr/bin/find".into())]);
    programs.extend([("xargs", "/usr/bin/xargs".into()), ("grep", "/bin/grep".into())]);
    let Some(argocd) = servers::argocd(&Sidecar { served, plugin, programs, settings: at(&vault) }) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    let named = Application::at("shop").plugin("argocd-vault-plugin");
    for application in [named, Application::at("shop").unnamed()] {
        let manifests = argocd.manifests(&repository, &application).unwrap();
        assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
    }
}

pub(super) fn what_is_wrong_is_shown_as_we_say_it(served: Served) {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(served, at(&vault)) else { return };
    let repository = Repository::new([
        ("key/secret.yaml", SECRET.replace("#password", "#pasword")),
        ("empty/readme.md", "nothing here".into()),
        ("kindless/secret.yaml", SECRET.replace("kind: Secret\n", "")),
    ]);
    let refused = |path| argocd.manifests(&repository, &Application::at(path)).unwrap_err();
    let error = refused("key");
    assert_holds(
        &error,
        &[
            "error: `<path:secret/data/shop#pasword>`: missing key `pasword` in the secret at `secret/data/shop`\n",
            " --> secret.yaml:6:13\n",
            "  = resource: Secret database\n  = field: stringData.password\nhint: did you mean `password`?",
        ],
    );
    let error = refused("empty");
    assert_holds(&error, &["error: ", "no manifest"]);
    let error = refused("kindless");
    assert_holds(&error, &["error: ", "kind"]);
}

pub(super) fn a_sealed_vault_is_shown(served: Served) {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(served, at(&vault)) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    vault.seal();
    let error = argocd.manifests(&repository, &Application::at("shop")).unwrap_err();
    assert_holds(&error, &["Vault is sealed", "secret.yaml:6:13", "`vault operator unseal`"]);
}

pub(super) fn an_application_in_a_big_repository_is_filled(served: Served) {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(served, at(&vault)) else { return };
    let others = (0..10_000).map(|number| (format!("apps/{}/{number}.yaml", number % 100), "kind: [".to_owned()));
    let repository = Repository::new(others.chain([("apps/shop/secret.yaml".to_owned(), SECRET.to_owned())]));
    let manifests = argocd.manifests(&repository, &Application::at("apps/shop")).unwrap();
    assert_eq!(manifests[0]["stringData"]["password"], "over-argo");
}

pub(super) fn a_tenant_sends_the_operator_s_token_nowhere_else(served: Served) {
    let Some(vault) = vault() else { return };
    let elsewhere = Faults::script(vec![found()]);
    let Some(argocd) = argocd(served, at(&vault)) else { return };
    let repository = Repository::new([("shop/secret.yaml", SECRET)]);
    let tenant = Application::at("shop").env("VAULT_ADDR", &elsewhere.address);
    let error = argocd.manifests(&repository, &tenant).unwrap_err();
    assert_holds(
        &error,
        &["`ARGOCD_ENV_VAULT_ADDR` would send the operator's `VAULT_TOKEN` (environment) to an address"],
    );
    assert!(elsewhere.requests().is_empty());
    let tenant = Application::at("shop").env("AVP_PARALLEL_RENDERS", "1000");
    let error = argocd.manifests(&repository, &tenant).unwrap_err();
    assert_holds(&error, &["`ARGOCD_ENV_AVP_PARALLEL_RENDERS` is the operator's to set"]);
}

pub(super) fn a_tenant_reads_neither_the_plugin_s_own_token_nor_beyond_their_checkout(served: Served) {
    let Some(vault) = vault() else { return };
    let Some(argocd) = argocd(served, at(&vault)) else { return };
    let neighbour = tempfile::tempdir().unwrap();
    std::fs::write(neighbour.path().join("a.yaml"), SECRET).unwrap();
    let outside = format!("resources: [../../../../../../..{}/a.yaml]\n", neighbour.path().display());
    let repository = Repository::new([
        ("token/secret.yaml", &*SECRET.replace("secret/data/shop#password", "auth/token/lookup-self#id")),
        ("outside/kustomization.yaml", &outside),
    ]);
    let error = argocd.manifests(&repository, &Application::at("token")).unwrap_err();
    assert_holds(&error, &["`auth/token/lookup-self`", "AVP_SYSTEM_PATHS"]);
    assert!(!error.contains(&vault.root), "{error}");
    let error = argocd.manifests(&repository, &Application::at("outside")).unwrap_err();
    assert_holds(&error, &["which is not in the repository"]);
}
