//! What a call is answered: manifests, charts and kustomizations filled, or the reason why not.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::support::servers::plugin::{PluginServer, Upload};
use crate::support::servers::{self, Faults, Response};

const SECRET: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: '<path:secret/data/shop#password>'}\n";

/// A store that answers after a while.
fn vault(latency: Duration) -> Faults {
    Faults::start(move |_, _| {
        std::thread::sleep(latency);
        Response::json(
            200,
            &json!({"data": {"data": {"password": "over-grpc"}, "metadata": {"version": 1}}}).to_string(),
        )
    })
}

fn server(vault: &Faults, programs: &Path) -> PluginServer {
    let path = programs.display().to_string();
    let settings = [("VAULT_ADDR", &*vault.address), ("VAULT_TOKEN", "t"), ("AVP_KV_VERSION", "2"), ("PATH", &path)];
    PluginServer::start(&[], &settings)
}

#[test]
fn an_application_s_manifests_are_one_json_text_each() {
    let vault = vault(Duration::ZERO);
    let server = server(&vault, Path::new("/bin"));
    let files = [
        ("apps/shop/a.yaml", "kind: List\nitems: []\n---\n# none\n---\nx: 0x10\n"),
        ("apps/shop/db.yaml", SECRET),
        ("b.yaml", "b: ["),
    ];
    let manifests = server.manifests(&Upload::new("apps/shop", files)).unwrap();
    assert_eq!(manifests[..2], [json!({"kind": "List", "items": []}), json!({"x": 16})]);
    assert_eq!(manifests[2]["stringData"]["password"], "over-grpc");
    assert_eq!(manifests.len(), 3);
}

#[test]
fn charts_and_kustomizations_are_built() {
    let (Some(helm), Some(kustomize)) = (servers::binary("helm4"), servers::binary("kustomize")) else { return };
    let programs = tempfile::tempdir().unwrap();
    for (name, program) in [("helm", helm), ("kustomize", kustomize)] {
        std::os::unix::fs::symlink(program, programs.path().join(name)).unwrap();
    }
    let vault = vault(Duration::ZERO);
    let server = server(&vault, programs.path());
    let files = [
        ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        ("chart/templates/db.yaml", SECRET),
        ("base/db.yaml", SECRET),
        ("base/kustomization.yaml", "resources: [db.yaml]\n"),
        ("prod/kustomization.yaml", "namespace: prod\nresources: [../base]\n"),
    ];
    for (folder, namespace) in [("chart", json!(null)), ("prod", json!("prod"))] {
        let manifests = server.manifests(&Upload::new(folder, files)).unwrap();
        assert_eq!(manifests[0]["stringData"]["password"], "over-grpc", "{folder}");
        assert_eq!(manifests[0]["metadata"]["namespace"], namespace, "{folder}");
    }
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_answered() {
    let vault = vault(Duration::ZERO);
    let server = server(&vault, Path::new("/bin"));
    let unknown = SECRET.replace("#password", "#user");
    for (folder, file, expected) in [
        ("app", ("app/a.yaml", &*unknown), "missing key `user` in the secret"),
        ("app", ("app/a.yaml", &SECRET.replace("}", "")), " --> a.yaml:4:"),
        ("app", ("app/README.md", "x"), "no manifests below `.`"),
        ("gone", ("app/a.yaml", "a: 1"), "there is no folder `gone`"),
        ("../app", ("app/a.yaml", "a: 1"), "illegal appPath: out of workDir bound"),
    ] {
        let error = server.manifests(&Upload::new(folder, [file])).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_client_s_time_ends_a_call_before_the_client_does_and_the_answer_says_what_was_slow() {
    let vault = vault(Duration::from_secs(20));
    let server = server(&vault, Path::new("/bin"));
    let upload = Upload::new("app", [("app/db.yaml", SECRET)]);
    let status = server.run(async { server.connect().await.manifests_within(Duration::from_secs(2), &upload).await });
    let error = status.unwrap_err();
    assert_eq!(error.code(), tonic::Code::Unknown, "{error}");
    for expected in [
        "stopped by the end of its time (as long as its client waits) while reading secrets",
        "its time went into reading 1 secret 1.",
    ] {
        assert!(error.message().contains(expected), "{error}");
    }
}
