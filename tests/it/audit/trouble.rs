//! Audits that cannot be written, and those that a tenant would choose or see.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::json;

use super::{lines, members, secrets_file};
use crate::support::program::{Program, binary, program};
use crate::support::render::{render, secret};
use crate::support::servers;

fn run(folder: &Path, audit: impl AsRef<std::ffi::OsStr>) -> Program {
    let run = program(["generate", "-"]).stdin(secret(&["<path:app#k>", "<path:app#l>", "<path:db#k#3>"]));
    let repository = folder.join("repository");
    fs::create_dir_all(&repository).unwrap();
    run.folder(repository).env("AVP_TYPE", "file").env("AVP_FILE", secrets_file(folder)).env("AVP_AUDIT", audit)
}

fn rendered() -> String {
    secret(&["canary-value", "other", "canary-value"])
}

fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").args(["-m", "600"]).arg(path).status().unwrap().success());
}

#[test]
fn what_cannot_be_audited_fails_the_run_if_it_must_be_and_else_warns_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    pipe(&file("nobody-reads"));
    fs::write(file("shared"), "").unwrap();
    fs::set_permissions(file("shared"), PermissionsExt::from_mode(0o644)).unwrap();
    fs::write(file("target"), "").unwrap();
    symlink(file("target"), file("link")).unwrap();
    for (audit, cause) in [
        (Path::new("/dev/full").to_owned(), "No space left on device"),
        (file("nobody-reads"), "No such device or address"),
        // A folder where not even root makes a file.
        (Path::new("/proc/sys/audit").to_owned(), "audit"),
        (file("missing/audit"), "No such file or directory"),
        (file("shared"), "it is not a file of this user alone"),
        (file("link"), "symbolic links"),
    ] {
        let named = format!("cannot audit readings to `{}`, which `AVP_AUDIT` names", audit.display());
        let output = run(folder.path(), &audit).output();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(String::from_utf8_lossy(&output.stdout), rendered(), "{said}");
        assert!(said.contains(&format!("warning: {named}")) && said.contains(cause), "{said}");
        assert_eq!(said.matches("cannot audit").count(), 1, "{said}");

        let required = run(folder.path(), &audit).env("AVP_AUDIT_REQUIRED", "true");
        required.status(1).stderr_holds([&format!("error: {named}"), cause]).check();
        let streamed = run(folder.path(), &audit).env("AVP_AUDIT_REQUIRED", "true").args(["--stream"]);
        streamed.status(1).stderr_holds([&format!("error: {named}"), cause]).check();
    }
    assert_eq!(fs::read(file("target")).unwrap(), b"", "no link is followed");
}

#[test]
fn a_closed_stderr_fails_a_run_that_must_be_audited() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = secrets_file(folder.path());
    fs::write(folder.path().join("m.yaml"), secret(&["<path:app#k>"])).unwrap();
    for (is_required, is_rendered) in [("false", true), ("true", false)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = std::process::Command::new(binary());
        command.args(["generate", "m.yaml"]).current_dir(folder.path()).env_clear().stderr(writer);
        command.env("AVP_TYPE", "file").env("AVP_FILE", &secrets).env("AVP_AUDIT", "stderr");
        let output = command.env("AVP_AUDIT_REQUIRED", is_required).output().unwrap();
        assert_eq!((output.status.success(), !output.stdout.is_empty()), (is_rendered, is_rendered), "{is_required}");
    }
}

#[test]
fn a_pipe_that_somebody_reads_has_the_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    pipe(&path);
    let (reader, run) = (path.clone(), run(folder.path(), &path).env("AVP_AUDIT_REQUIRED", "true"));
    let reader = fs::OpenOptions::new().read(true).write(true).open(reader).unwrap();
    run.stdout(rendered()).check();
    let mut buffer = vec![0; 8192];
    let length = std::io::Read::read(&mut &reader, &mut buffer).unwrap();
    let read = String::from_utf8_lossy(&buffer[..length]).into_owned();
    assert_eq!(lines(&read).len(), 2, "{read}");
}

#[test]
fn on_stderr_a_tenant_sees_no_accessor() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("audit-stderr", 1);
    vault.write("audit-stderr", "app", &json!({"k": "v"}));
    vault.policy("audit-stderr", &["audit-stderr/app"]);
    let login = vault.approle("audit-stderr", &json!({"token_policies": ["audit-stderr"]}));
    for tenant in [None, Some("web")] {
        let run = render(&vault.address, &secret(&["<path:audit-stderr/app#k>"])).env("AVP_AUDIT", "stderr");
        let run = run.env("AVP_AUTH_TYPE", "approle").env("AVP_MOUNT_PATH", "audit-stderr");
        let run = run.env("AVP_ROLE_ID", &login.role_id).env("AVP_SECRET_ID", &login.secret_id);
        let output = tenant.into_iter().fold(run, |run, name| run.env("ARGOCD_APP_NAME", name)).output();
        let lines = lines(&String::from_utf8_lossy(&output.stderr));
        assert_eq!(members(&lines, &["path", "result"]), [["audit-stderr/app", "found"]]);
        assert_eq!(lines[0]["login"].is_null(), tenant.is_some(), "{lines:?}");
    }
}

#[test]
fn a_tenant_neither_chooses_the_audit_nor_turns_it_off() {
    let folder = tempfile::tempdir().unwrap();
    let [audit, elsewhere] = ["audit", "elsewhere"].map(|name| folder.path().join(name));
    let run = |required| run(folder.path(), &audit).env("ARGOCD_APP_NAME", "web").env("AVP_AUDIT_REQUIRED", required);
    for (name, value) in
        [("AVP_AUDIT", elsewhere.to_str().unwrap()), ("AVP_AUDIT", "stderr"), ("AVP_AUDIT_REQUIRED", "false")]
    {
        let refusal = format!("`ARGOCD_ENV_{name}` differs from `{name}` (environment), which tenants cannot change");
        run("true").env(&format!("ARGOCD_ENV_{name}"), value).status(1).stderr_holds([refusal]).check();
    }
    assert!(!elsewhere.exists() && !audit.exists());
    run("true").env("ARGOCD_ENV_AVP_AUDIT", "").output();
    assert!(audit.exists(), "an empty one is none");
}

#[test]
fn a_file_in_the_repository_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("repository");
    fs::create_dir_all(repository.join(".git")).unwrap();
    symlink(&repository, folder.path().join("link")).unwrap();
    for audit in [repository.join("audit"), repository.join(".git/audit"), folder.path().join("link/audit")] {
        let run = run(folder.path(), &audit).env("ARGOCD_APP_NAME", "web");
        run.status(1).stderr_holds(["`AVP_AUDIT` names a file in the repository", "hint: "]).check();
        assert!(!audit.exists());
    }
}
