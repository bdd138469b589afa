//! `migrate --compare`: the real predecessor and us on the same manifests and store, and stand-ins that do what it cannot be made to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use crate::support::files;
use crate::support::program::{Program, program};
use crate::support::servers::{self, Faults, Response, Vault};

/// A value that nothing may show.
const CANARY: &str = "canary-of-a-password";

fn secret(fields: &str) -> String {
    format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\nstringData:\n{fields}")
}

/// A store and a folder for one comparison.
struct SetUp {
    folder: tempfile::TempDir,
    address: String,
    token: String,
}

impl SetUp {
    fn of_vault(vault: &Vault, mount: &str) -> Self {
        vault.mount(mount, 2);
        vault.write(mount, "app", &json!({"password": CANARY, "port": 5432, "user": "bob-the-user"}));
        vault.policy(mount, &[&format!("{mount}/*")]);
        let token = vault.token_with(json!({"policies": [mount]}));
        Self { folder: tempfile::tempdir().unwrap(), address: vault.address.clone(), token }
    }

    /// A store that is no real one, for stand-ins of the predecessor.
    fn of_stand_in(server: &Faults) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), address: server.address.clone(), token: "t".to_owned() }
    }

    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn compare(&self, predecessor: &Path, path: &str) -> Program {
        program(["migrate", "--compare"])
            .args([predecessor.display().to_string(), path.to_owned()])
            .env("VAULT_ADDR", &self.address)
            .env("VAULT_TOKEN", &self.token)
            .env("AVP_TYPE", "vault")
            .env("AVP_AUTH_TYPE", "token")
            .env("HOME", self.folder.path())
            .folder(self.folder.path())
    }

    /// The exit code and what is printed, in which no value may be.
    #[track_caller]
    fn told(&self, run: Program) -> (Option<i32>, String) {
        let output = run.output();
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!told.contains("canary") && !told.contains("bob-the-user"), "{told}");
        (output.status.code(), told)
    }
}

#[test]
fn where_both_print_the_same_nothing_differs() {
    let (Some(vault), Some(avp)) = (servers::vault(), servers::binary("argocd-vault-plugin")) else { return };
    let set_up = SetUp::of_vault(vault, "compare-same");
    let fields = "  z: <path:compare-same/data/app#password>\n  a: x-<path:compare-same/data/app#user>\n";
    let list = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {plain: \"1\"}\n";
    files::write(set_up.folder.path(), "manifests/app.yaml", &(secret(fields) + list));
    let (code, told) = set_up.told(set_up.compare(&avp, "manifests"));
    assert_eq!((code, told.as_str()), (Some(0), "nothing changes, 2 unchanged\n"));
    let piped = set_up.compare(&avp, "-").stdin(secret(fields));
    assert_eq!(set_up.told(piped), (Some(0), "nothing changes, 1 unchanged\n".to_owned()));
}

#[test]
fn what_comes_out_otherwise_is_shown_masked() {
    let (Some(vault), Some(avp)) = (servers::vault(), servers::binary("argocd-vault-plugin")) else { return };
    let set_up = SetUp::of_vault(vault, "compare-other");
    // B1: the rest of the string is lost; B12: lists in lists are left as they are; `toJson` is no modifier there.
    let custom = "apiVersion: example.org/v1\nkind: Custom\nmetadata: {name: c}\nspec:\n  url: postgres://u@db:<path:compare-other/data/app#port>/app\n  m: [[<path:compare-other/data/app#password>]]\n  same: <path:compare-other/data/app#user>\n";
    files::write(
        set_up.folder.path(),
        "manifests/app.yaml",
        &(secret("  k: <path:compare-other/data/app#password>\n") + "---\n" + custom),
    );
    let (code, told) = set_up.told(set_up.compare(&avp, "manifests"));
    assert_eq!(code, Some(1), "{told}");
    for words in ["changed Custom c", "-  url: ", "+  url: ", "<redacted:", "1 changed, 1 unchanged"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(
        !told.contains("same:") || !told.lines().any(|line| line.starts_with(['-', '+']) && line.contains("same:")),
        "{told}"
    );
}

#[test]
fn a_chart_is_built_once_for_both() {
    let (Some(vault), Some(avp), Some(helm)) =
        (servers::vault(), servers::binary("argocd-vault-plugin"), servers::binary("helm3"))
    else {
        return;
    };
    let set_up = SetUp::of_vault(vault, "compare-chart");
    files::write(set_up.folder.path(), "chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 0.1.0\n");
    files::write(
        set_up.folder.path(),
        "chart/templates/a.yaml",
        &secret("  k: <path:compare-chart/data/app#password>\n"),
    );
    let run = set_up.compare(&avp, "chart").args(["--helm".to_owned(), helm.display().to_string()]);
    assert_eq!(set_up.told(run), (Some(0), "nothing changes, 1 unchanged\n".to_owned()));
}

#[test]
fn a_failure_of_one_is_a_difference_and_of_both_is_a_failure() {
    let (Some(vault), Some(avp)) = (servers::vault(), servers::binary("argocd-vault-plugin")) else { return };
    let set_up = SetUp::of_vault(vault, "compare-fails");
    // B6: it refuses what we take.
    files::write(
        set_up.folder.path(),
        "theirs/a.yaml",
        &secret("  k: <path:compare-fails/data/app#port | base64encode>\n"),
    );
    let (code, told) = set_up.told(set_up.compare(&avp, "theirs"));
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("fails, and vault-render does not"), "{told}");
    files::write(set_up.folder.path(), "both/a.yaml", &secret("  k: <path:compare-fails/data/app#nothing>\n"));
    let (code, told) = set_up.told(set_up.compare(&avp, "both"));
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("missing key `nothing`"), "{told}");
    // B19: a placeholder that it leaves in silence, which we refuse nowhere: it is the same, as nobody fills it.
    let (code, told) = set_up.told(set_up.compare(&avp, "nowhere"));
    assert_eq!(code, Some(2), "{told}");
}

/// A stand-in for the predecessor: a script that prints what stands in a file.
fn stand_in(folder: &Path, text: &str) -> std::path::PathBuf {
    files::write(folder, "printed.yaml", text);
    let script = folder.join("stand-in");
    fs::write(
        &script,
        format!("#!/bin/sh\nprintf '%s ' \"$@\" > '{0}/words'\n/bin/cat '{0}/printed.yaml'\n", folder.display()),
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    script
}

fn store() -> Faults {
    let data = json!({"data": {"data": {"password": CANARY}, "metadata": {"version": 1, "created_time": "", "destroyed": false, "deletion_time": ""}}});
    let body = data.to_string();
    Faults::start(move |_, _| Response::json(200, &body))
}

#[test]
fn objects_and_values_that_only_it_prints_are_told_without_their_values() {
    let server = store();
    let set_up = SetUp::of_stand_in(&server);
    let input = secret("  k: <path:secret/data/app#password>\n  l: plain\n");
    files::write(set_up.folder.path(), "manifests/app.yaml", &input);
    let printed = secret(&format!("  k: {CANARY}-2\n  l: other\n"))
        + &format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: extra}}\nstringData: {{k: {CANARY}}}\n---\n{CANARY}\n"
        );
    let stand_in = stand_in(set_up.folder.path(), &printed);
    let (code, told) = set_up.told(
        set_up
            .compare(&stand_in, "manifests")
            .args(["-s", "ns:name", "-c", "avp.yaml"])
            .env("KUBECONFIG", set_up.at("none")),
    );
    // Without a cluster our own settings fail: the flags went to both.
    assert_eq!(
        fs::read_to_string(set_up.folder.path().join("words")).unwrap(),
        "generate manifests -c avp.yaml -s ns:name "
    );
    assert_eq!(code, Some(1), "{told}");
    let (code, told) = set_up.told(set_up.compare(&stand_in, "manifests"));
    assert_eq!(code, Some(1), "{told}");
    for words in ["changed Secret app", "prints `Secret extra`", "0 documents without a name here, and 1 there"] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn what_cannot_run_is_said() {
    let server = store();
    let set_up = SetUp::of_stand_in(&server);
    files::write(set_up.folder.path(), "manifests/app.yaml", &secret("  k: <path:secret/data/app#password>\n"));
    let (code, told) = set_up.told(set_up.compare(Path::new("/nowhere/argocd-vault-plugin"), "manifests"));
    assert!(code == Some(2) && told.contains("there is no `/nowhere/argocd-vault-plugin`"), "{told}");
    let (code, told) = set_up.told(set_up.compare(Path::new("/bin/true"), "manifests").args(["--secrets", "x.yaml"]));
    assert!(code == Some(2) && told.contains("reads no secrets from a file"), "{told}");
    // It prints nothing, and we print something.
    let (code, told) = set_up.told(set_up.compare(Path::new("/bin/true"), "manifests"));
    assert!(code == Some(1) && told.contains("added Secret app"), "{told}");
    let odd = stand_in(set_up.folder.path(), &format!("a: [{CANARY}\n"));
    let (code, told) = set_up.told(set_up.compare(&odd, "manifests"));
    assert!(code == Some(2) && told.contains("cannot be read"), "{told}");
}
