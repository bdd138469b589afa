//! Files that flags and settings name: a file in the repository leads neither out of it nor to Git's own files.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use tempfile::TempDir;

use crate::support::program::{Program, program};
use crate::support::render::{render, secret};
use crate::support::servers::{Faults, Response};

const PLACEHOLDER: &str = "<path:secret/app#password>";

/// A repository, and beside it a file that it must not read.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("repository/.git")).unwrap();
    fs::create_dir_all(folder.path().join("repository/sub")).unwrap();
    fs::write(folder.path().join("outside"), "AVP_PATH_VALIDATION: .*\nsecret/app: {password: s3cret-outside}\n")
        .unwrap();
    folder
}

fn store() -> Faults {
    Faults::start(|_, _| Response::json(200, r#"{"data": {"password": "operators-value"}}"#))
}

/// A run of the operator's in the repository, for a tenant.
fn run(store: &Faults, folder: &TempDir) -> Program {
    let run = render(&store.address, &secret(&[PLACEHOLDER])).folder(folder.path().join("repository"));
    run.env("VAULT_TOKEN", "operators-token").env("ARGOCD_APP_NAME", "app").env("VAULT_MAX_RETRIES", "0")
}

#[test]
fn a_settings_file_of_the_repository_is_no_link_out() {
    let (store, folder) = (store(), repository());
    let root = folder.path().join("repository");
    symlink("/proc/self/environ", root.join("environ.yaml")).unwrap();
    symlink("../outside", root.join("avp.yaml")).unwrap();
    symlink("avp.yaml", root.join("hop.yaml")).unwrap();
    symlink("..", root.join("up")).unwrap();
    let whole = root.join("avp.yaml").to_string_lossy().into_owned();
    for name in
        ["environ.yaml", "avp.yaml", "./sub/../avp.yaml", "../repository/avp.yaml", "hop.yaml", "up/outside", &whole]
    {
        // A line of a tenant's variable would be a line of the file.
        let run = run(&store, &folder).env("ARGOCD_ENV_X", "x\nAVP_PATH_VALIDATION=.*\n").args(["-c", name]);
        run.status(1).stderr_holds(["cannot read the settings file", "leads outside"]).check();
    }
    assert!(store.requests().is_empty(), "{:?}", store.requests());
}

#[test]
fn what_a_submodule_is_in_is_the_tenants_as_well() {
    let (store, folder) = (store(), repository());
    let root = folder.path().join("repository");
    fs::create_dir(root.join("sub/app")).unwrap();
    fs::write(root.join("sub/.git"), "gitdir: ../.git/modules/sub\n").unwrap();
    fs::write(root.join("avp.yaml"), "AVP_PATH_VALIDATION: .*\n").unwrap();
    for (app, names) in
        [("sub", ["../avp.yaml", "./../avp.yaml"]), ("sub/app", ["../../avp.yaml", "../../sub/../avp.yaml"])]
    {
        for name in names {
            let run = run(&store, &folder).folder(root.join(app)).env("ARGOCD_APP_SOURCE_PATH", app).args(["-c", name]);
            run.status(1).stderr_holds(["avp.yaml", "is the operator's to set"]).check();
        }
    }
}

#[test]
fn nor_does_it_lead_to_git_s_own() {
    let (store, folder) = (store(), repository());
    let root = folder.path().join("repository");
    fs::write(root.join(".git/config"), "A: b\n").unwrap();
    symlink(".git/config", root.join("avp.yaml")).unwrap();
    run(&store, &folder).args(["-c", "avp.yaml"]).status(1).stderr_holds(["it leads into `.git`"]).check();
}

#[test]
fn an_operators_settings_file_may_be_a_link_as_in_a_config_map() {
    let (store, folder) = (store(), repository());
    let volume = folder.path().join("volume");
    fs::create_dir_all(volume.join("..2026")).unwrap();
    fs::set_permissions(&volume, fs::Permissions::from_mode(0o777)).unwrap();
    symlink("..2026", volume.join("..data")).unwrap();
    symlink("..data/avp.yaml", volume.join("avp.yaml")).unwrap();
    fs::write(volume.join("..2026/avp.yaml"), "AVP_PATH_VALIDATION: ^allowed/\n").unwrap();
    let run = run(&store, &folder).args(["-c".as_ref(), volume.join("avp.yaml").as_os_str()]);
    run.env("ARGOCD_ENV_AVP_PATH_VALIDATION", ".*")
        .status(1)
        .stderr_holds(["avp.yaml", "which tenants cannot change"])
        .check();
}

#[test]
fn behind_it_stands_a_regular_file_of_bounded_length() {
    let (store, folder) = (store(), repository());
    let long = folder.path().join("long.yaml");
    fs::write(&long, "# x\n".repeat(1 << 19)).unwrap();
    let long = long.to_string_lossy().into_owned();
    for (name, cause) in [
        ("/proc/self/environ", "it is not a regular file"),
        ("/dev/stdin", "it is not a regular file"),
        ("/dev/zero", "it is not a regular file"),
        (&long, "it is longer than 1 MiB"),
    ] {
        run(&store, &folder).args(["-c", name]).status(1).stderr_holds([cause]).check();
    }
    // Without a tenant a stream is fine, as long as it ends.
    let alone = |name: &str| program(["settings"]).args(["-c", name]).folder(folder.path());
    let output = alone("/dev/stdin").stdin("VAULT_ADDR: https://of-stdin\n").output();
    assert!(String::from_utf8_lossy(&output.stdout).contains("https://of-stdin"), "{output:?}");
    let output = alone("/dev/zero").output();
    assert!(String::from_utf8_lossy(&output.stderr).contains("it is longer than 1 MiB"), "{output:?}");
}

#[test]
fn what_a_stream_of_settings_narrows_holds_in_every_command() {
    let folder = repository();
    let root = folder.path().join("repository");
    fs::write(root.join("app.yaml"), secret(&[PLACEHOLDER])).unwrap();
    fs::write(root.join("secrets"), "secret/app: {password: s3cret}\n").unwrap();
    for command in ["generate app.yaml", "plan app.yaml", "record app.yaml -o -", "check app.yaml --online"] {
        let script = format!(r#""$PROGRAM" {command} --secrets secrets -c <(echo 'AVP_PATH_VALIDATION: ^other/')"#);
        let mut shell = std::process::Command::new("bash");
        shell.args(["-c", &script]).current_dir(&root).env_clear();
        let output = shell.env("PROGRAM", crate::support::program::binary()).env("HOME", "/dev/null").output().unwrap();
        let shown = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(shown.contains("AVP_PATH_VALIDATION") && !shown.contains("s3cret"), "{command}: {shown}");
    }
}

/// A pipe can be read only once.
#[test]
fn each_file_that_a_flag_names_may_be_a_pipe() {
    let folder = repository();
    let root = folder.path().join("repository");
    fs::write(root.join("app.yaml"), secret(&[PLACEHOLDER])).unwrap();
    fs::write(root.join("empty.yaml"), secret(&[])).unwrap();
    fs::write(root.join("secrets"), "secret/app: {password: s3cret}\n").unwrap();
    fs::write(root.join("settings"), "AVP_TYPE: file\nAVP_FILE: secrets\n").unwrap();
    let run = |line: &str| {
        let mut shell = std::process::Command::new("bash");
        shell.args(["-c", &format!("\"$PROGRAM\" {line}")]).current_dir(&root).env_clear();
        let output = shell.env("PROGRAM", crate::support::program::binary()).env("HOME", "/dev/null").output().unwrap();
        (String::from_utf8([output.stdout, output.stderr].concat()).unwrap(), output.status.code())
    };
    let key = "--mask-key <(echo 0123456789abcdef)";
    assert_eq!(run("record app.yaml --secrets <(cat secrets) -o record").1, Some(0));
    for (line, shown) in [
        ("generate app.yaml -c <(cat settings)".to_owned(), "s3cret"),
        ("generate --stream app.yaml -c <(cat settings)".to_owned(), "s3cret"),
        ("build . --tool plain -c <(cat settings)".to_owned(), "s3cret"),
        ("-c <(cat settings) generate <(cat app.yaml)".to_owned(), "s3cret"),
        ("generate --stream <(cat app.yaml) --secrets <(cat secrets)".to_owned(), "s3cret"),
        ("check <(cat app.yaml) -c <(cat settings) --online".to_owned(), "nothing found in 1 "),
        ("generate app.yaml --offline <(cat record)".to_owned(), "redacted"),
        (format!("diff app.yaml --base empty.yaml --secrets <(cat secrets) {key}"), "+  k0: '<redacted:"),
        (format!("diff <(cat app.yaml) --base <(cat empty.yaml) -c <(cat settings) {key}"), "+  k0: '<redacted:"),
        (format!("diff app.yaml --base empty.yaml --offline <(cat record) {key}"), "+  k0: '<redacted"),
    ] {
        let (text, code) = run(&line);
        assert!(text.contains(shown) && matches!(code, Some(0 | 1)), "{line}: {text}");
    }
}

#[test]
fn what_flags_name_in_the_repository_is_no_link_out() {
    let folder = repository();
    let root = folder.path().join("repository");
    symlink("../outside", root.join("link")).unwrap();
    fs::write(root.join("app.yaml"), secret(&[PLACEHOLDER])).unwrap();
    for arguments in [
        &["generate", "app.yaml", "--secrets", "link"][..],
        &["generate", "app.yaml", "--offline", "link"],
        &["record", "app.yaml", "-o", "-", "--secrets", "link"],
        &["diff", "app.yaml", "--base", "app.yaml", "--mask-key", "link"],
        &["check", "app.yaml", "--baseline", "link"],
    ] {
        let output = program(arguments.iter().copied()).folder(&root).output();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code().is_some_and(|code| code > 0), "{arguments:?}: {stderr}");
        assert!(stderr.contains("outside"), "{arguments:?}: {stderr}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("s3cret"), "{arguments:?}");
    }
}

#[test]
fn authorities_of_a_tenants_folder_are_no_links_out() {
    let (store, folder) = (store(), repository());
    let certificates = folder.path().join("repository/certificates");
    fs::create_dir(&certificates).unwrap();
    symlink("../../outside", certificates.join("ca.pem")).unwrap();
    symlink("certificates", certificates.with_file_name("linked")).unwrap();
    for name in ["certificates", "linked"] {
        let run = own_login(&store, &folder).env("ARGOCD_ENV_VAULT_CAPATH", name);
        run.status(1).stderr_holds(["`VAULT_CAPATH` leads outside the repository", "ca.pem"]).check();
    }
    symlink(folder.path(), folder.path().join("repository/out")).unwrap();
    let run = own_login(&store, &folder).env("ARGOCD_ENV_VAULT_CAPATH", "out");
    run.status(1).stderr_holds(["`VAULT_CAPATH` leads outside the repository"]).check();
}

/// A run with a login that the tenant brings along, so that they may say whom TLS trusts.
fn own_login(store: &Faults, folder: &TempDir) -> Program {
    let run = render("", &secret(&[PLACEHOLDER])).folder(Path::new(&folder.path().join("repository")));
    run.env("ARGOCD_ENV_VAULT_ADDR", store.address.replace("http:", "https:"))
        .env("AVP_TENANT_SETTINGS", "VAULT_ADDR")
        .env("ARGOCD_ENV_AVP_AUTH_TYPE", "approle")
        .env("ARGOCD_ENV_AVP_ROLE_ID", "role")
        .env("ARGOCD_ENV_AVP_SECRET_ID", "secret")
}
