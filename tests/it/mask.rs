//! `--mask`: manifests with their values masked, in which every mask is valid in its field.

use crate::support::program::{Program, program};

const MANIFEST: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData:
  password: <path:secret/data/shop/database#password>
data:
  password: <path:secret/data/shop/database#password | base64encode>
";

const KEY: (&str, &str) = ("VAULT_RENDER_MASK_KEY", "sixteen letters!");

fn generate(more: &[&str]) -> Program {
    program(["generate", "-", "--secrets", "examples/plain/secrets.yaml"]).args(more).stdin(MANIFEST)
}

#[test]
fn a_masked_rendering_is_that_of_a_record_under_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("record.json");
    let run = program(["record", "-", "--secrets", "examples/plain/secrets.yaml", "-o"]).args([&record]);
    run.stdin(MANIFEST).env(KEY.0, KEY.1).check();
    let offline = program(["generate", "-", "--offline"]).args([&record]).stdin(MANIFEST).output();
    let offline = String::from_utf8(offline.stdout).unwrap();
    assert!(offline.contains("  password: '<redacted:"), "{offline}");
    generate(&["--mask"]).env(KEY.0, KEY.1).stdout(&*offline).check();
    generate(&["--mask", "--stream"]).env(KEY.0, KEY.1).stdout(&*offline).check();
    // A record is masked already, and needs no key.
    program(["generate", "-", "--mask", "--offline"]).args([&record]).stdin(MANIFEST).stdout(offline).check();
}

#[test]
fn without_a_key_a_note_says_that_fingerprints_compare_only_within_the_run() {
    let told = String::from_utf8(generate(&["--mask"]).output().stderr).unwrap();
    assert!(told.starts_with("note: there is no mask key: fingerprints compare only within this run"), "{told}");
    assert!(told.contains("`--mask-key FILE` or VAULT_RENDER_MASK_KEY"), "{told}");
    let outputs = [(); 2].map(|()| generate(&["--mask", "--quiet"]).output());
    assert!(outputs.iter().all(|output| output.status.success() && output.stderr.is_empty()));
    assert_ne!(outputs[0].stdout, outputs[1].stdout);
}

#[test]
fn build_and_fn_mask_as_generate_does() {
    let run = program(["build", "examples/plain/manifests", "--mask", "--secrets", "examples/plain/secrets.yaml"]);
    let built = run.env(KEY.0, KEY.1).output();
    let built = String::from_utf8(built.stdout).unwrap();
    assert!(built.contains("<redacted:") && !built.contains("correct horse"), "{built}");
    let items = MANIFEST.replace("\n", "\n  ");
    let list = format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- {items}");
    let run = program(["fn", "--mask", "--secrets", "examples/plain/secrets.yaml"]).env(KEY.0, KEY.1);
    let output = run.stdin(list.trim_end()).output();
    let (shown, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(shown.contains("password: '<redacted:") && told.is_empty(), "{shown}{told}");
}

/// Masking is for whoever types the command: a tenant can neither ask for it nor get round it.
#[test]
fn a_tenant_has_no_say() {
    let clear = String::from_utf8(generate(&[]).output().stdout).unwrap();
    let asked = [("ARGOCD_ENV_MASK", "true"), ("ARGOCD_ENV_VAULT_RENDER_MASK", "true"), ("ARGOCD_APP_NAME", "shop")];
    let ask = |run: Program| asked.iter().fold(run, |run, (name, value)| run.env(name, value));
    let output = ask(generate(&[])).output();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), clear);
    let masked = ask(generate(&["--mask", "--quiet"])).env("ARGOCD_ENV_VAULT_RENDER_MASK_KEY", "a key of the tenant");
    let output = masked.env(KEY.0, KEY.1).output();
    let shown = String::from_utf8(output.stdout).unwrap();
    let own = generate(&["--mask"]).env(KEY.0, KEY.1).output();
    assert!(shown.is_empty() || shown == String::from_utf8(own.stdout).unwrap(), "{shown}");
}

/// So many node ports meet by chance, were each masked by itself.
#[test]
fn ports_of_a_list_stay_apart() {
    let secrets = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    let values: String = (0..300).map(|index| format!("  k{index}: {}\n", 30_000 + index)).collect();
    std::fs::write(secrets.path(), format!("s:\n{values}")).unwrap();
    let ports: String = (0..300).map(|index| format!("  - {{port: 80, nodePort: <path:s#k{index}>}}\n")).collect();
    let service = format!("apiVersion: v1\nkind: Service\nmetadata: {{name: s}}\nspec:\n  ports:\n{ports}");
    let run = program(["generate", "-", "--mask", "--secrets"]).args([secrets.path()]).env(KEY.0, KEY.1);
    let shown = String::from_utf8(run.stdin(service).output().stdout).unwrap();
    let masks = shown.lines().filter_map(|line| line.split_once("nodePort: ")?.1.strip_suffix('}'));
    let masks: std::collections::HashSet<u16> = masks.map(|mask| mask.parse().expect("a port")).collect();
    assert_eq!(masks.len(), 300, "{shown}");
    assert!(masks.iter().all(|mask| (30_000..=32_767).contains(mask)), "{shown}");
}

#[test]
fn a_mask_keeps_to_what_stands_beside_it() {
    let file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    std::fs::write(file.path(), "s: {one: 1}\n").unwrap();
    let scaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n  maxReplicas: 3\n  \
                  minReplicas: <path:s#one>\n";
    let run = program(["generate", "-", "--mask", "--secrets"]).args([file.path()]).env(KEY.0, KEY.1);
    let shown = String::from_utf8(run.stdin(scaler).output().stdout).unwrap();
    let least = shown.lines().last().and_then(|line| line.split_once(": ")?.1.parse::<u8>().ok());
    assert!(least.is_some_and(|least| (1..=2).contains(&least)), "{shown}");
}
