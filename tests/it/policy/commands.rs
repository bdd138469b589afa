//! `policy check`, `policy test`, `explain` and `check --policy`: what they print, and their exit codes.

use std::fs;

use crate::support::program::program;
use crate::support::render::secret;

const RULES: &str = "\
rules:
  - who: {project: shop}
    allow: {paths: [\"secret/data/{project}/**\"], keys: [user, password]}
    login: {role: \"app-{project}\"}
  - who: {project: rival}
    deny: {paths: [secret/data/shop/secret-project]}
  - deny: {paths: [\"**/admin\"]}
tests:
  - as: {project: shop}
    allow: [secret/data/shop/db#password]
    deny: [secret/data/rival/db, secret/data/shop/admin#user]
";

/// A repository with a policy file and a manifest.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("policy.yaml"), RULES).unwrap();
    let placeholders = [
        "<path:secret/data/shop/db#password>",
        "<path:secret/data/shop/admin#user>",
        "<path:secret/data/rival/db#user>",
    ];
    fs::create_dir(folder.path().join("app")).unwrap();
    fs::write(folder.path().join("app/app.yaml"), secret(&placeholders)).unwrap();
    folder
}

#[test]
fn a_policy_file_is_checked_and_tested() {
    let folder = repository();
    let run = |action: &str, file: &str| program(["policy", action, file]).folder(folder.path());
    run("check", "policy.yaml").stdout("policy.yaml: 3 rules\n").check();
    run("test", "policy.yaml").stdout("policy.yaml: 3 rules, and 3 paths as the tests say\n").check();
    run("check", "nowhere.yaml").status(2).stderr_holds(["cannot read the policy file `nowhere.yaml`"]).check();
    fs::write(folder.path().join("wrong.yaml"), "rules:\n- allow: {path: [a]}\n").unwrap();
    let wrong = "error: `allow` has no `path`\n --> wrong.yaml:2:11\n  |\n2 | - allow: {path: [a]}\n  |           ^^^^\n\
                 hint: did you mean `paths`?\n\n1 error in `wrong.yaml`\n";
    run("check", "wrong.yaml").status(1).stdout(wrong).check();
    fs::write(
        folder.path().join("other.yaml"),
        RULES.replace("deny: [secret/data/rival/db, ", "deny: [secret/data/shop/db#user, "),
    )
    .unwrap();
    let output = run("test", "other.yaml").status(1).output();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        told.contains("error: `secret/data/shop/db` is allowed by rule 1 (other.yaml:2) for project `shop`"),
        "{told}"
    );
    assert!(told.contains("other.yaml:11:12"), "{told}");
}

#[test]
fn explain_says_which_rule_decides_and_as_whom() {
    let folder = repository();
    let run = |requester: &str| {
        program(["explain", "app", "--policy", "policy.yaml", "--as", requester]).folder(folder.path())
    };
    let expected = "\
app/app.yaml:6:7  Secret app  secret/data/shop/db#password
  allowed by rule 1 (policy.yaml:2), read with role app-shop
app/app.yaml:7:7  Secret app  secret/data/shop/admin#user
  denied: the key `user` of the path `secret/data/shop/admin` is denied by rule 3 (policy.yaml:7)
app/app.yaml:8:7  Secret app  secret/data/rival/db#user
  denied: the key `user` of the path `secret/data/rival/db` is not allowed: no rule of the policy allows it to project `shop`
3 placeholders for project `shop`: 1 allowed, 2 denied
";
    let output = run("project=shop").output();
    assert_eq!(
        (String::from_utf8_lossy(&output.stdout).replace("Secret s ", "Secret app "), output.status.code()),
        (expected.to_owned(), Some(1))
    );
    // Where a tenant may read it, no rule is named: it may be about others.
    let output = run("project=shop").env("ARGOCD_APP_NAME", "web").output();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!told.contains("denied by rule 3") && told.contains("allowed by rule 1"), "{told}");
    for wrong in ["team=shop", "shop"] {
        run(wrong).status(2).stderr_holds(["`project`, `app`, `namespace`, `repo`"]).check();
    }
    let json = run("project=shop").args(["--format", "json"]).output();
    let lines: Vec<serde_json::Value> =
        String::from_utf8_lossy(&json.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(bool, &str)> = lines
        .iter()
        .map(|line| (line["allowed"].as_bool().unwrap(), line["rule"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(told, [(true, "rule 1 (policy.yaml:2)"), (false, "rule 3 (policy.yaml:7)"), (false, "")]);
}

#[test]
fn everything_allowed_is_exit_code_0() {
    let folder = repository();
    fs::write(folder.path().join("app/app.yaml"), secret(&["<path:secret/data/shop/db#user>"])).unwrap();
    let output =
        program(["explain", "app", "--policy", "policy.yaml", "--as", "project=shop"]).folder(folder.path()).output();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let output =
        program(["check", "app", "--policy", "policy.yaml", "--as", "project=shop"]).folder(folder.path()).output();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn check_judges_a_pull_request_and_tells_nobody_of_rules_about_others() {
    let folder = repository();
    let judged = |requester: &str| {
        let run = program(["check", "app", "--policy", "policy.yaml", "--as", requester]).folder(folder.path());
        let output = run.output();
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
    };
    let (told, code) = judged("project=shop,app=web");
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(told.matches("rule: denied").count(), 2, "{told}");
    assert!(told.contains("app/app.yaml:8:7") && told.contains("no rule of the policy allows it"), "{told}");
    assert!(!told.contains("policy.yaml:") && !told.contains("rival`:"), "{told}");
    assert_eq!(judged("project=rival").0.matches("rule: denied").count(), 3);
}
