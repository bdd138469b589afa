//! `vault-render generate -` against a server: one small manifest in, one out.

use super::program::{Program, program};

/// A Secret whose entries hold these values; `secret(&["<path:a/b#c>"])` is the input, `secret(&["value"])` the output.
pub(crate) fn secret(values: &[&str]) -> String {
    let mut text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\nstringData:\n".to_owned();
    for (number, value) in values.iter().enumerate() {
        text += &format!("  k{number}: {value}\n");
    }
    text
}

/// A ConfigMap-like object of a custom kind, where values keep their types.
pub(crate) fn custom(values: &[&str]) -> String {
    let mut text = "apiVersion: example.org/v1\nkind: Custom\nmetadata:\n  name: app\nspec:\n".to_owned();
    for (number, value) in values.iter().enumerate() {
        text += &format!("  k{number}: {value}\n");
    }
    text
}

/// Renders `manifest` from the store at `address`. The caller adds the login.
pub(crate) fn render(address: &str, manifest: &str) -> Program {
    program(["generate", "-"]).env("VAULT_ADDR", address).stdin(manifest)
}
