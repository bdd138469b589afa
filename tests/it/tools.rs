//! The output of the real kustomize and helm, piped in. `krm.rs` and `helm.rs` test the program as they call it.

use std::path::Path;
use std::process::Command;

use crate::support::files::write;
use crate::support::program::program;
use crate::support::servers;

const SECRETS: &str = "secret/data/app: { password: \"p@ss: word\", replicas: 3 }\n";

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: <path:secret/data/app#replicas>
";

/// What the tool prints, in a world of its own.
pub(crate) fn run(tool: &Path, folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(tool);
    command.args(arguments).current_dir(folder).env_clear().env("HOME", folder).env("PATH", "/usr/bin:/bin");
    let output = command.output().expect("the tool starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A chart whose release `web` is filled by secrets.yaml beside it.
pub(crate) fn chart(folder: &Path) {
    write(folder, "secrets.yaml", SECRETS);
    write(folder, "chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    write(folder, "chart/values.yaml", "password: <path:secret/data/app#password>\n");
    write(folder, "chart/templates/deployment.yaml", DEPLOYMENT);
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  plain: {{ .Values.password | quote }}\n\
                  data:\n  encoded: {{ .Values.password | b64enc }}\n";
    write(folder, "chart/templates/secret.yaml", secret);
}

#[test]
fn a_kustomize_build_is_piped_in() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "secrets.yaml", SECRETS);
    let resources = "resources: [deployment.yaml]\nnamePrefix: prod-\nsecretGenerator:\n  - name: app\n    \
                     literals: ['password=<path:secret/data/app#password>']\n";
    write(folder.path(), "kustomization.yaml", resources);
    write(folder.path(), "deployment.yaml", DEPLOYMENT);
    let built = run(&kustomize, folder.path(), &["build", "."]);
    let output = program(["generate", "-", "--secrets", "secrets.yaml"]).folder(folder.path()).stdin(built).output();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    assert!(stdout.contains("replicas: 3\n"), "{stdout}");
    assert!(stdout.contains("password: cEBzczogd29yZA==\n"), "{stdout}");
}

#[test]
fn a_helm_template_is_piped_in() {
    for name in ["helm3", "helm4"] {
        let Some(helm) = servers::binary(name) else { continue };
        let folder = tempfile::tempdir().unwrap();
        chart(folder.path());
        let templated = run(&helm, folder.path(), &["template", "web", "chart"]);
        let output =
            program(["generate", "-", "--secrets", "secrets.yaml"]).folder(folder.path()).stdin(templated).output();
        assert_filled(name, &String::from_utf8_lossy(&output.stdout), &String::from_utf8_lossy(&output.stderr));
    }
}

pub(crate) fn assert_filled(tool: &str, stdout: &str, stderr: &str) {
    for part in ["replicas: 3\n", "plain: \"p@ss: word\"\n", "encoded: cEBzczogd29yZA==\n"] {
        assert!(stdout.contains(part) || stdout.contains(&part.replace('"', "'")), "{tool}: {stdout}{stderr}");
    }
}
