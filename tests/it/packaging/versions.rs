//! The version and the toolchain are the same wherever they are named.

use std::fs;

use super::VERSION;
use crate::support::program::root;

/// A file, and what in it stands around a version.
const PLACES: &[(&str, &str)] = &[
    ("CHANGELOG.md", r"\A(?s:.*?)\n## ([0-9.]+)"),
    ("deploy/argocd/server/repo-server.yaml", r"image: vault-render-tools:([0-9.]+)"),
    ("deploy/argocd/server/values.yaml", r"image: vault-render-tools:([0-9.]+)"),
    ("deploy/argocd/sidecar/repo-server.yaml", r"image: vault-render-tools:([0-9.]+)"),
    ("deploy/argocd/values.yaml", r"image: vault-render-tools:([0-9.]+)"),
    ("docs/ci.md", r"registry\.example\.com/vault-render[a-z-]*:([0-9.]+)"),
    ("docs/ci.md", r"rev: v([0-9.]+)"),
    ("docs/install.md", r"\bv?([0-9]+\.[0-9]+\.[0-9]+)\b"),
    ("fuzz/Cargo.lock", "name = \"vault-render\"\nversion = \"([0-9.]+)\""),
    ("integrations/helm/helm3/plugin.yaml", r"\nversion: ([0-9.]+)"),
    ("integrations/helm/helm4/plugin.yaml", r"\nversion: ([0-9.]+)"),
];

#[test]
fn every_file_that_names_the_version_names_this_one() {
    for (file, pattern) in PLACES {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let found: Vec<_> = regex::Regex::new(pattern).unwrap().captures_iter(&text).map(|f| f[1].to_owned()).collect();
        assert!(!found.is_empty(), "{file} does not name a version any more: {pattern}");
        assert!(found.iter().all(|version| version == VERSION), "{file} names {found:?}, Cargo.toml {VERSION}");
    }
}

#[test]
fn every_file_that_names_the_toolchain_names_cargo_toml_s() {
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    for (file, pattern) in [
        ("Dockerfile", "rust:([0-9.]+)-"),
        (".github/workflows/release.yml", "RUSTUP_TOOLCHAIN: \"([0-9.]+)\""),
        ("README.md", "Rust ([0-9.]+)"),
        ("CONTRIBUTING.md", "Rust ([0-9.]+)"),
        ("docs/install.md", "Rust ([0-9.]+)"),
        ("docs/versions.md", r"Rust, to build it \| ([0-9.]+)"),
    ] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let found: Vec<_> = regex::Regex::new(pattern).unwrap().captures_iter(&text).map(|f| f[1].to_owned()).collect();
        assert!(!found.is_empty(), "{file} does not name a toolchain any more: {pattern}");
        let is_same = |found: &String| found.trim_end_matches('.') == wanted;
        assert!(found.iter().all(is_same), "{file} names {found:?}, Cargo.toml {wanted}");
    }
}
