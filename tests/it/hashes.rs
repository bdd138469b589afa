//! The salts of `bcrypt` and `htpasswd`: the operator's key for what is printed, any key for what is masked.

use crate::support::program::{Program, program};

const MANIFEST: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: users}
stringData:
  auth: <path:secret/data/shop/database#password | htpasswd bob 4>
";

const KEY: (&str, &str) = ("VAULT_RENDER_MASK_KEY", "sixteen letters!");

fn run(arguments: &str) -> Program {
    program(arguments.split(' ')).args(["--secrets", "examples/plain/secrets.yaml"]).stdin(MANIFEST)
}

fn printed(run: Program) -> String {
    let output = run.output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_hash_is_the_same_in_every_render_under_one_key() {
    let [one, again] = [(); 2].map(|()| printed(run("generate -").env(KEY.0, KEY.1)));
    assert!(one.contains("auth: 'bob:$2y$04$") && one == again, "{one}");
    assert_ne!(printed(run("generate -").env(KEY.0, "sixteen others!!")), one);
    let tenants = run("generate -").env("ARGOCD_ENV_VAULT_RENDER_MASK_KEY", KEY.1).status(1);
    tenants.stderr_holds(["`ARGOCD_ENV_VAULT_RENDER_MASK_KEY` is the operator's to set"]).hints().check();
}

#[test]
fn what_is_masked_needs_no_key_of_the_operators() {
    let masked = printed(run("generate - --mask --quiet"));
    assert!(masked.contains("auth: '<redacted:") && !masked.contains("$2y$"), "{masked}");
    let record = printed(run("record - -o -"));
    assert!(record.contains("htpasswd bob 4") && !record.contains("$2y$"), "{record}");
}

#[test]
fn without_a_key_what_is_printed_is_an_error_that_names_both_ways() {
    let output = run("generate -").output();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.stdout.is_empty() && told.contains("VAULT_RENDER_MASK_KEY") && told.contains("salt=TEXT"), "{told}");
}
