//! Whose the policy file is, and what a run does without a right one.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use super::Policy;
use crate::support::program::{Program, program};
use crate::support::render::secret;

const ALLOW: &str = "rules: [{allow: {stores: [file]}}]";

/// Renders a secret of the file store, for a tenant.
fn render(folder: &std::path::Path) -> Program {
    let secrets = folder.join("secrets.yaml");
    fs::write(&secrets, "app: {k: value}\n").unwrap();
    let run = program(["generate", "-", "--secrets"]).args([&secrets]).stdin(secret(&["<path:app#k>"]));
    run.env("ARGOCD_APP_PROJECT_NAME", "shop").folder(folder)
}

#[test]
fn a_policy_file_allows_what_it_allows() {
    let work = tempfile::tempdir().unwrap();
    let policy = Policy::new(ALLOW);
    let allowed = render(work.path()).env("AVP_POLICY", &policy.path).output();
    assert!(allowed.status.success() && String::from_utf8_lossy(&allowed.stdout).contains("value"), "{allowed:?}");
    let policy = Policy::new("rules: [{who: {project: rival}, allow: {stores: [file]}}]");
    render(work.path())
        .env("AVP_POLICY", &policy.path)
        .status(1)
        .stderr_holds(["no rule of the policy allows it to project `shop`", "stdin:6:7"])
        .check();
}

#[test]
fn a_file_that_somebody_else_may_write_is_refused() {
    let work = tempfile::tempdir().unwrap();
    let own = work.path().join("policy.yaml");
    fs::write(&own, ALLOW).unwrap();
    let in_repository = render(work.path()).env("AVP_POLICY", &own);
    in_repository.status(1).stderr_holds(["which is not the operator's alone", "it lies in the repository"]).check();
    let policy = Policy::new(ALLOW);
    for mode in [0o664, 0o646] {
        fs::set_permissions(&policy.path, Permissions::from_mode(mode)).unwrap();
        let run = render(work.path()).env("AVP_POLICY", &policy.path);
        run.status(1).stderr_holds(["others than its user may write it", "chmod go-w"]).check();
    }
    fs::set_permissions(&policy.path, Permissions::from_mode(0o644)).unwrap();
    assert!(render(work.path()).env("AVP_POLICY", &policy.path).output().status.success());
}

/// A volume of Kubernetes: `policy.yaml -> ..data/policy.yaml`, `..data -> ..2026`, in a folder of mode 0777.
#[test]
fn behind_the_links_of_a_volume_the_file_itself_counts() {
    let (work, volume) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir(volume.path().join("..2026")).unwrap();
    let real = volume.path().join("..2026/policy.yaml");
    fs::write(&real, ALLOW).unwrap();
    symlink("..2026", volume.path().join("..data")).unwrap();
    symlink("..data/policy.yaml", volume.path().join("policy.yaml")).unwrap();
    fs::set_permissions(volume.path(), Permissions::from_mode(0o777)).unwrap();
    let run = || render(work.path()).env("AVP_POLICY", volume.path().join("policy.yaml"));
    assert!(run().output().status.success());
    fs::set_permissions(&real, Permissions::from_mode(0o666)).unwrap();
    run().status(1).stderr_holds(["others than its user may write it"]).check();
    let into_repository = volume.path().join("stolen.yaml");
    fs::write(work.path().join("policy.yaml"), ALLOW).unwrap();
    symlink(work.path().join("policy.yaml"), &into_repository).unwrap();
    let run = render(work.path()).env("AVP_POLICY", &into_repository);
    run.status(1).stderr_holds(["it lies in the repository"]).check();
}

#[test]
fn a_file_that_cannot_be_used_fails_the_run_and_nothing_is_read() {
    let work = tempfile::tempdir().unwrap();
    for (text, said) in
        [("rules: [{alow: {}}]", "rule 1 has no `alow`"), ("", "the policy file is empty"), ("rules: {", "policy.yaml")]
    {
        let policy = Policy::new(text);
        render(work.path()).env("AVP_POLICY", &policy.path).status(1).stderr_holds([said]).check();
    }
    let missing = render(work.path()).env("AVP_POLICY", "/nowhere/policy.yaml");
    missing.status(1).stderr_holds(["cannot read the policy file `/nowhere/policy.yaml`"]).check();
}

/// The readiness probe of the sidecar: the role of a login may be the rules' to choose, and a wrong file keeps the pod from getting ready.
#[test]
fn the_readiness_probe_knows_the_policy_file() {
    let settings = |policy: &Policy| {
        let run =
            program(["settings", "--complete"]).env("VAULT_ADDR", "https://vault").env("AVP_AUTH_TYPE", "approle");
        run.env("AVP_POLICY", &policy.path).output()
    };
    let right = settings(&Policy::new(ALLOW));
    assert!(right.status.success(), "{right:?}");
    let wrong = settings(&Policy::new("rules: []"));
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(wrong.status.code() == Some(2) && told.contains("without `rules` denies everything"), "{told}");
}

#[test]
fn a_tenant_chooses_no_policy_file() {
    let work = tempfile::tempdir().unwrap();
    let (own, policy) = (Policy::new(ALLOW), Policy::new("rules: [{deny: {}}]"));
    let run = || render(work.path()).env("ARGOCD_ENV_AVP_POLICY", &own.path);
    run().status(1).stderr_holds(["`ARGOCD_ENV_AVP_POLICY`", "operator"]).check();
    run().env("AVP_POLICY", &policy.path).status(1).stderr_holds(["`ARGOCD_ENV_AVP_POLICY` differs from"]).check();
}
