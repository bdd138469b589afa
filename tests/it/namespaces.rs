//! Namespaces, which OpenBao has as Vault Enterprise does: by setting, by annotation, in front of the path.

use serde_json::json;

use crate::support::program::Program;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Vault};

/// A namespace with one below it, each with a KV engine and a secret that says where it is.
fn nested(bao: &Vault, name: &str) {
    let below = format!("{name}/sub");
    for namespace in [name, &below] {
        bao.namespace(namespace);
        bao.mount_in(&format!("{namespace}/"), "secret", 2);
        bao.write(&format!("{namespace}/secret"), "app", &json!({"place": format!("in {namespace}")}));
    }
}

fn as_root(bao: &Vault, placeholders: &[&str]) -> Program {
    render(&bao.address, &secret(placeholders)).env("VAULT_TOKEN", &bao.root)
}

#[test]
fn the_namespace_of_the_settings_holds_for_every_path() {
    let Some(bao) = servers::openbao() else { return };
    nested(bao, "by-setting");
    for (namespace, place) in [("by-setting", "in by-setting"), ("/by-setting/sub/", "in by-setting/sub")] {
        let run = as_root(bao, &["<path:secret/data/app#place>"]).env("VAULT_NAMESPACE", namespace);
        run.stdout(secret(&[place])).check();
    }
    // The root namespace has no such path: a lost header would show.
    as_root(bao, &["<path:secret/data/app#place>"])
        .status(1)
        .stderr_holds(["no engine is mounted at `secret/`"])
        .check();
}

#[test]
fn the_namespace_of_an_annotation_holds_for_its_resource() {
    let Some(bao) = servers::openbao() else { return };
    nested(bao, "by-annotation");
    let annotation = "  annotations:\n    avp.kubernetes.io/namespace: by-annotation/sub\nstringData:";
    let annotate = |text: String| text.replace("stringData:", annotation);
    render(&bao.address, &annotate(secret(&["<path:secret/data/app#place>"])))
        .env("VAULT_TOKEN", &bao.root)
        .env("VAULT_NAMESPACE", "by-annotation")
        .stdout(annotate(secret(&["in by-annotation/sub"])))
        .check();
}

#[test]
fn a_namespace_may_stand_in_front_of_the_path() {
    let Some(bao) = servers::openbao() else { return };
    nested(bao, "by-path");
    let both = ["<path:by-path/secret/data/app#place>", "<path:by-path/sub/secret/data/app#place>"];
    as_root(bao, &both).stdout(secret(&["in by-path", "in by-path/sub"])).check();
    let below = as_root(bao, &["<path:sub/secret/data/app#place>"]).env("VAULT_NAMESPACE", "by-path");
    below.stdout(secret(&["in by-path/sub"])).check();
}

#[test]
fn the_mounts_of_a_namespace_in_front_of_the_path_are_asked_for_there() {
    let Some(bao) = servers::openbao() else { return };
    nested(bao, "mounts");
    bao.policy("mounts", &["mounts/secret/data/*", "mounts/sub/secret/data/*"]);
    let token = bao.token(&["mounts"]);
    for (token, namespace, written, read, place) in [
        (&token, "", "mounts/secret/app", "mounts/secret/data/app", "in mounts"),
        (&token, "", "mounts/sub/secret/app", "mounts/sub/secret/data/app", "in mounts/sub"),
        (&token, "mounts", "secret/app", "secret/data/app", "in mounts"),
        // OpenBao tells a token of least privilege nothing here.
        (&bao.root, "mounts", "sub/secret/app", "sub/secret/data/app", "in mounts/sub"),
    ] {
        render(&bao.address, &secret(&[&format!("<path:{written}#place>")]))
            .env("VAULT_TOKEN", token)
            .env("VAULT_NAMESPACE", namespace)
            .stdout(secret(&[place]))
            .stderr_holds(["is a KV version 2 mount", &format!("was read as `{read}`")])
            .check();
    }
    let typo = as_root(bao, &["<path:mounts/secret/data/ap#place>"]).status(1);
    typo.stderr_holds(["no secret at `mounts/secret/data/ap`", "did you mean `mounts/secret/data/app`"]).check();
    let no_mount = as_root(bao, &["<path:mounts/secrets/data/app#place>"]).status(1);
    no_mount.stderr_holds(["did you mean `mounts/secret/data/app`"]).check();
}
