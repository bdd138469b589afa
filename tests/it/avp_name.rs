//! The program under the name `argocd-vault-plugin`: an unchanged plugin definition of its predecessor works.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::files::write;
use crate::support::program::binary;
use crate::support::servers;

const SECRETS: &str = "secret/data/app: { password: word }\n";
const MANIFEST: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: <path:secret/data/app#password>}\n";

/// A repository with one manifest, and the program under its predecessor's name.
fn repository() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "repository/secret.yaml", MANIFEST);
    write(folder.path(), "secrets.yaml", SECRETS);
    write(folder.path(), "settings.yaml", "AVP_TYPE: file\n");
    std::fs::create_dir(folder.path().join("bin")).unwrap();
    std::os::unix::fs::symlink(binary(), folder.path().join("bin/argocd-vault-plugin")).unwrap();
    let repository = folder.path().join("repository");
    (folder, repository)
}

/// What a plugin's command prints, and its exit code.
fn run(folder: &Path, command: &[&str]) -> (String, String, Option<i32>) {
    let path = format!("{}:/usr/bin:/bin", folder.join("bin").display());
    let output = Command::new(command[0])
        .args(&command[1..])
        .current_dir(folder.join("repository"))
        .env_clear()
        .envs([("PATH", &*path), ("AVP_TYPE", "file"), ("ARGOCD_APP_NAME", "a")])
        .env("AVP_FILE", folder.join("secrets.yaml"))
        .env("HOME", folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// The definitions of argocd-vault-plugin's own documentation.
#[test]
fn the_definitions_of_its_documentation_fill() {
    let (folder, _) = repository();
    let filled = MANIFEST.replace("<path:secret/data/app#password>", "word");
    for command in [
        &["argocd-vault-plugin", "generate", "."][..],
        &["argocd-vault-plugin", "generate", "./"],
        &["argocd-vault-plugin", "generate", ".", "--disable-token-cache", "--verbose-sensitive-output"],
        &["argocd-vault-plugin", "--disable-token-cache", "--verbose-sensitive-output", "generate", "./"],
        &["sh", "-c", "argocd-vault-plugin -c ../settings.yaml generate ./"],
        &["sh", "-c", "argocd-vault-plugin --config-path=../settings.yaml generate ./ --disable-token-cache"],
        &["sh", "-c", "cat *.yaml | argocd-vault-plugin generate -"],
        &["bash", "-c", "argocd-vault-plugin generate - < secret.yaml"],
    ] {
        assert_eq!(run(folder.path(), command), (filled.clone(), String::new(), Some(0)), "{command:?}");
    }
}

/// That for helm, with the process substitution that users have copied from it.
#[test]
fn the_definition_for_helm_fills() {
    let Some(helm) = servers::binary("helm3") else { return };
    let (folder, _) = repository();
    std::os::unix::fs::symlink(helm, folder.path().join("bin/helm")).unwrap();
    write(folder.path(), "repository/Chart.yaml", "apiVersion: v2\nname: a\nversion: 0.1.0\n");
    write(folder.path(), "repository/templates/secret.yaml", MANIFEST);
    let command =
        "helm template $ARGOCD_APP_NAME -f <(echo \"$ARGOCD_ENV_HELM_VALUES\") . | argocd-vault-plugin generate -";
    let (stdout, stderr, status) = run(folder.path(), &["bash", "-c", command]);
    assert!(stdout.contains("stringData: {p: word}"), "{stdout}{stderr}");
    assert_eq!(status, Some(0));
}

#[test]
fn completions_are_for_its_name() {
    let (folder, _) = repository();
    for (shell, part) in [
        ("bash", " argocd-vault-plugin\n"),
        ("zsh", "#compdef argocd-vault-plugin\n"),
        ("fish", "--command argocd-vault-plugin "),
    ] {
        let (script, stderr, _) = run(folder.path(), &["argocd-vault-plugin", "completions", shell]);
        assert!(script.contains(part) && !script.contains("vault-render"), "{script}{stderr}");
    }
}

#[test]
fn nothing_in_is_nothing_out() {
    let (folder, repository) = repository();
    for (command, expected) in [
        ("argocd-vault-plugin generate - < /dev/null", ""),
        ("argocd-vault-plugin generate --stream - < /dev/null", ""),
        ("printf '# comment\\n' | argocd-vault-plugin generate -", "# comment\n"),
    ] {
        assert_eq!(
            run(folder.path(), &["sh", "-c", command]),
            (expected.to_owned(), String::new(), Some(0)),
            "{command}"
        );
    }
    // As there, a folder without manifests is an error.
    std::fs::remove_file(repository.join("secret.yaml")).unwrap();
    let (stdout, stderr, status) = run(folder.path(), &["argocd-vault-plugin", "generate", "."]);
    assert_eq!((&*stdout, status), ("", Some(1)), "{stderr}");
}

#[test]
fn whatever_fails_is_exit_code_1() {
    let (folder, _) = repository();
    for command in [
        &["argocd-vault-plugin", "generate", "--no-such-flag", "."][..],
        &["argocd-vault-plugin", "no-such-command"],
        &["argocd-vault-plugin", "generate", "none.yaml"],
    ] {
        let (stdout, stderr, status) = run(folder.path(), command);
        assert_eq!((&*stdout, status), ("", Some(1)), "{command:?}: {stderr}");
        assert!(stderr.starts_with("error: "), "{stderr}");
    }
}
