//! What a child has of its parent: its environment, its arguments and its open descriptors hold no credential.

use std::fs;
use std::process::{Command, Stdio};

use super::{CANARY, Site, manifest};
use crate::support::program::binary;

/// Prints what it has: the numbers of its open descriptors, what it can read from 3 to 9, its arguments and its environment.
const LOOK: &str = r#"#!/bin/sh
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  open: "'
number=0
while [ $number -lt 100 ]; do
  if (eval ": <&$number") 2>/dev/null; then printf '%s ' $number; fi
  number=$((number + 1))
done
printf '"\n  read: "'
number=3
while [ $number -lt 10 ]; do
  line=
  (eval "read line <&$number && printf '%s ' \"\$line\"") 2>/dev/null
  number=$((number + 1))
done
printf '"\n  arguments: "%s"\n  environment: |\n' "$0 $*"
export -p | while read -r line; do printf '    %s\n' "$line"; done
"#;

/// Where credentials may stand in the environment of a run: as settings of the operator, of a tenant, of other programs.
const CREDENTIALS: [&str; 15] = [
    "VAULT_TOKEN",
    "BAO_TOKEN",
    "AVP_SECRET_ID",
    "AVP_PASSWORD",
    "AVP_GITHUB_TOKEN",
    "AVP_KEEP_PASSWORD",
    "VAULT_RENDER_MASK_KEY",
    "VAULT_CLIENT_KEY",
    "ARGOCD_ENV_VAULT_TOKEN",
    "PARAM_PASSWORD",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "GITHUB_TOKEN",
    "ARGOCD_GIT_ASKPASS_NONCE",
    "HTTPS_PROXY",
];

#[test]
fn no_credential_reaches_helm_or_kustomize() {
    let site = Site::new();
    site.chart("chart", "x: y\n");
    site.write("repository/overlay/kustomization.yaml", "resources: [a.yaml]\n");
    site.write("repository/overlay/a.yaml", &manifest("a"));
    let (secret, audit) = (site.folder.path().join("secret"), site.folder.path().join("audit"));
    fs::write(&secret, CANARY).unwrap();
    let tool = site.script("tool", LOOK);
    for (folder, flag) in [("chart", "--helm"), ("overlay", "--kustomize")] {
        // The caller leaves a file open, as a shell does with `exec 7<secret`.
        let script = "exec 7<\"$SECRET\"; exec \"$0\" \"$@\" --secrets <(echo '{}')";
        let mut command = Command::new("/bin/bash");
        command.args(["-c", script, binary(), "build", folder, flag, &tool]).current_dir(site.repository());
        command.env_clear().env("PATH", "/usr/bin:/bin").env("SECRET", &secret).env("AVP_AUDIT", &audit);
        command.envs(CREDENTIALS.map(|name| {
            (name, if name == "HTTPS_PROXY" { format!("http://u:{CANARY}@proxy.test") } else { CANARY.to_owned() })
        }));
        let output = command.stdin(Stdio::null()).output().unwrap();
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(stdout.contains("  open: \"0 1 2 \"\n  read: \"\"\n"), "{stdout}{stderr}");
        assert!(
            stdout.contains("export PATH=") && stdout.contains(&format!("arguments: \"{tool}")),
            "{stdout}{stderr}"
        );
        assert!(!stdout.contains(CANARY), "{folder}: {stdout}");
    }
}
