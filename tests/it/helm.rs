//! The post-renderer of the real helm 3 and helm 4, and the plugins in integrations/helm/: the output, and the errors that a
//! user sees.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::files::write;
use crate::support::program::{binary, root};
use crate::support::servers;
use crate::tools::{assert_filled, chart};

const TEMPLATE: [&str; 3] = ["template", "web", "chart"];
const MISSING: &str = "secret/data/app: { pasword: canary, replicas: 3 }\n";

/// helm with the program on its PATH, in a world of its own.
pub(crate) fn helm(helm: &Path, folder: &Path) -> Command {
    let path = folder.join("path");
    if !path.exists() {
        fs::create_dir(&path).unwrap();
        std::os::unix::fs::symlink(binary(), path.join("vault-render")).unwrap();
    }
    let mut command = Command::new(helm);
    let path = format!("{}:/usr/bin:/bin", path.display());
    command.current_dir(folder).env_clear().env("HOME", folder).env("PATH", path).stdin(Stdio::null());
    command
}

/// Installs the plugin of integrations/helm/ that is meant for this helm.
pub(crate) fn install(binary: &Path, plugin: &str, folder: &Path) {
    let plugin = root().join("integrations/helm").join(plugin);
    let output = helm(binary, folder).args(["plugin", "install"]).arg(plugin).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The flags that make `post_renderer` fill from secrets.yaml, `arguments` before.
pub(crate) fn post_renderer(post_renderer: &str, arguments: &[&str]) -> Vec<String> {
    let mut flags = vec!["--post-renderer".to_owned(), post_renderer.to_owned()];
    for argument in arguments.iter().chain(&["--secrets", "secrets.yaml"]) {
        flags.extend(["--post-renderer-args".to_owned(), (*argument).to_owned()]);
    }
    flags
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The message about a missing key, without a secret and without colours.
#[track_caller]
fn assert_explained(text: &str, template: bool) {
    for part in ["missing key `password`", "did you mean `pasword`?", "resource: Secret web"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!template || text.contains("template: web/templates/secret.yaml"), "{text}");
    assert!(!text.contains("canary") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn helm_3_takes_the_program_as_its_post_renderer() {
    let Some(helm3) = servers::binary("helm3") else { return };
    let folder = tempfile::tempdir().unwrap();
    chart(folder.path());
    let flags = post_renderer("vault-render", &["generate", "-"]);
    let output = helm(&helm3, folder.path()).args(TEMPLATE).args(&flags).output().unwrap();
    assert_filled("helm3", &stdout(&output), &stderr(&output));
    write(folder.path(), "secrets.yaml", MISSING);
    let output = helm(&helm3, folder.path()).args(TEMPLATE).args(&flags).output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    assert_explained(&stderr(&output), true);
}

#[test]
fn helm_3_takes_the_plugin_as_a_command() {
    let Some(helm3) = servers::binary("helm3") else { return };
    let folder = tempfile::tempdir().unwrap();
    chart(folder.path());
    write(
        folder.path(),
        "secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {a: <path:secret/data/app#password>}\n",
    );
    install(&helm3, "helm3", folder.path());
    let generate = ["vault-render", "generate", "secret.yaml", "--secrets", "secrets.yaml"];
    let output = helm(&helm3, folder.path()).args(generate).output().unwrap();
    assert!(stdout(&output).contains("p@ss: word"), "{}", stderr(&output));
    write(folder.path(), "secrets.yaml", MISSING);
    let output = helm(&helm3, folder.path()).args(generate).output().unwrap();
    assert_explained(&stderr(&output), false);
    assert_eq!(stderr(&output).matches("missing key").count(), 1, "once: {}", stderr(&output));
}

/// helm 4 with the plugin, a chart, and secrets that lack a key; the post-renderer's flags.
fn broken_under_helm_4(folder: &Path) -> Option<(std::path::PathBuf, Vec<String>)> {
    let helm4 = servers::binary("helm4")?;
    chart(folder);
    install(&helm4, "helm4", folder);
    write(folder, "secrets.yaml", MISSING);
    Some((helm4, post_renderer("vault-render", &[])))
}

#[test]
fn helm_4_takes_the_plugin_as_its_post_renderer() {
    let folder = tempfile::tempdir().unwrap();
    let Some((helm4, flags)) = broken_under_helm_4(folder.path()) else { return };
    chart(folder.path());
    let output = helm(&helm4, folder.path()).args(TEMPLATE).args(&flags).output().unwrap();
    assert_filled("helm4", &stdout(&output), &stderr(&output));
}

#[test]
fn the_plugin_takes_vault_s_address_and_credentials_from_helm_4_s_environment() {
    let (Some(helm4), Some(vault)) = (servers::binary("helm4"), servers::vault()) else { return };
    vault.mount("helm4", 2);
    vault.policy("helm4", &["helm4/data/app"]);
    vault.write("helm4", "app", &serde_json::json!({"password": "p@ss: word", "replicas": 3}));
    let folder = tempfile::tempdir().unwrap();
    chart(folder.path());
    for file in ["values.yaml", "templates/deployment.yaml"].map(|file| folder.path().join("chart").join(file)) {
        fs::write(&file, fs::read_to_string(&file).unwrap().replace("secret/data/app", "helm4/data/app")).unwrap();
    }
    install(&helm4, "helm4", folder.path());
    let mut command = helm(&helm4, folder.path());
    command.env("VAULT_ADDR", &vault.address).env("VAULT_TOKEN", vault.token(&["helm4"]));
    let output = command.args(TEMPLATE).args(["--post-renderer", "vault-render"]).output().unwrap();
    assert_filled("helm4", &stdout(&output), &stderr(&output));
}

/// What is in the cluster after an installation with a Secret, and with another one that is a hook.
#[test]
fn what_is_installed_is_filled_and_so_are_helm_4_s_hooks() {
    let tools = (servers::binary("helm3"), servers::binary("helm4"), servers::kubernetes());
    let (Some(helm3), Some(helm4), Some(cluster)) = tools else { return };
    let kubeconfig = cluster.kubeconfig("helm-admin", cluster.admin);
    let secret = |name: &str, annotations: &str| {
        let metadata = format!("metadata: {{name: {name}, annotations: {{{annotations}}}}}");
        format!("apiVersion: v1\nkind: Secret\n{metadata}\nstringData: {{a: <path:secret/data/app#password>}}\n")
    };
    for (version, binary, arguments, hook) in [
        ("helm3", helm3, &["generate", "-"][..], "<path:secret/data/app#password>"),
        ("helm4", helm4, &[], "p@ss: word"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "secrets.yaml", "secret/data/app: { password: \"p@ss: word\" }\n");
        write(folder.path(), "chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
        write(folder.path(), "chart/templates/plain.yaml", &secret("plain", ""));
        write(folder.path(), "chart/templates/hook.yaml", &secret("hook", "helm.sh/hook: pre-install"));
        install(&binary, version, folder.path());
        cluster.namespace(version);
        let mut command = helm(&binary, folder.path());
        command.args(["install", "web", "chart", "--namespace", version, "--kubeconfig"]).arg(&kubeconfig);
        let output = command.args(post_renderer("vault-render", arguments)).output().unwrap();
        assert!(output.status.success(), "{version}: {}", stderr(&output));
        for (name, expected) in [("plain", "p@ss: word"), ("hook", hook)] {
            let stored = cluster.api().get(&format!("api/v1/namespaces/{version}/secrets/{name}")).ok();
            assert_eq!(stored["data"]["a"], base64(expected), "{version}: {name}");
        }
    }
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn an_error_under_helm_4_reaches_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let Some((helm4, flags)) = broken_under_helm_4(folder.path()) else { return };
    let output = helm(&helm4, folder.path()).args(TEMPLATE).args(&flags).output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    assert_explained(&stderr(&output), true);
}

#[test]
fn a_wrong_flag_under_helm_4_reaches_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let Some((helm4, mut flags)) = broken_under_helm_4(folder.path()) else { return };
    flags.extend(["--post-renderer-args".to_owned(), "--sekrets".to_owned()]);
    let output = helm(&helm4, folder.path()).args(TEMPLATE).args(&flags).output().unwrap();
    assert!(stderr(&output).contains("unexpected argument '--sekrets'"), "{}", stderr(&output));
}

#[test]
fn an_error_under_helm_4_is_added_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let Some((helm4, flags)) = broken_under_helm_4(folder.path()) else { return };
    let log = folder.path().join("log");
    fs::write(&log, "what was there\n").unwrap();
    let file = OpenOptions::new().append(true).open(&log).unwrap();
    helm(&helm4, folder.path()).args(TEMPLATE).args(&flags).stdout(Stdio::null()).stderr(file).status().unwrap();
    let text = fs::read_to_string(&log).unwrap();
    assert!(
        text.starts_with("what was there\nerror: ") && text.contains("Error: error while running post render"),
        "{text}"
    );
    assert_explained(&text, true);
}

/// helm does not append to a file that `2>` opened: it writes over what others have added.
#[test]
fn an_error_under_helm_4_survives_in_a_file_that_helm_goes_on_writing_to() {
    let folder = tempfile::tempdir().unwrap();
    let Some((helm4, flags)) = broken_under_helm_4(folder.path()) else { return };
    let log = folder.path().join("log");
    let file = File::create(&log).unwrap();
    helm(&helm4, folder.path()).args(TEMPLATE).args(&flags).stdout(Stdio::null()).stderr(file).status().unwrap();
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.contains("error: `<path:") && text.contains("Error: error while running post render"), "{text}");
    assert_explained(&text, true);
    // What the script around it writes later may cover it.
    assert_explained(&fs::read_to_string(folder.path().join(".cache/vault-render/helm.log")).unwrap(), true);
}

/// A socket cannot be opened a second time, and a test has no terminal.
#[test]
fn where_helm_4_s_stderr_cannot_be_opened_a_file_holds_the_error() {
    let folder = tempfile::tempdir().unwrap();
    let Some((helm4, flags)) = broken_under_helm_4(folder.path()) else { return };
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let mut command = helm(&helm4, folder.path());
    // Without a terminal of its own.
    let mut session = Command::new("setsid");
    session.arg("--wait").arg(command.get_program()).current_dir(folder.path()).env_clear();
    session.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command = session;
    let run = command.args(TEMPLATE).args(&flags).stdin(Stdio::null()).stdout(Stdio::null());
    assert!(!run.stderr(std::os::fd::OwnedFd::from(theirs)).status().unwrap().success());
    drop(command);
    let mut said = String::new();
    ours.read_to_string(&mut said).unwrap();
    assert!(said.contains("Error: error while running post render"), "{said}");
    assert_explained(&fs::read_to_string(folder.path().join(".cache/vault-render/helm.log")).unwrap(), true);
}

#[test]
fn the_plugins_are_of_the_program_s_version() {
    for plugin in ["helm3", "helm4"] {
        let text = fs::read_to_string(root().join("integrations/helm").join(plugin).join("plugin.yaml")).unwrap();
        assert!(text.contains(concat!("\nversion: ", env!("CARGO_PKG_VERSION"), "\n")), "{plugin}: {text}");
    }
}
