//! docs/install.md does what it says: its blocks run in an empty home, against a release in a folder.

use std::fs;

use super::{Release, VERSION, ok, script};
use crate::support::program::root;

#[test]
fn the_page_s_commands_install_the_program() {
    let (release, home) = (Release::new(), tempfile::tempdir().unwrap());
    let page = fs::read_to_string(root().join("docs/install.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    // Two of them compile for minutes. Cargo wants the package's name, as the repository has the fuzz targets' package, too.
    let compiling = [
        format!("cargo install --locked --git https://git.example.com/vault-render --tag v{VERSION} vault-render\n"),
        format!("just release {VERSION} --base-url https://releases.example.com\n"),
    ];
    let (compile, blocks): (Vec<_>, Vec<_>) = blocks.partition(|block| compiling.iter().any(|line| line == block));
    assert_eq!((compile.len(), blocks.len()), (2, 3), "{blocks:?}");
    let program = home.path().join(".local/bin/vault-render");
    for block in blocks {
        let block = block.replace("https://releases.example.com", &release.address());
        let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
        let mut shell = script("bash");
        shell.args(["-euc", &block]).env("PATH", path).env("HOME", home.path()).current_dir(home.path());
        ok(&mut shell);
        assert!(ok(script(&program).arg("version")).contains(VERSION), "{block}");
    }
    for file in ["share/bash-completion/completions/vault-render", "share/man/man1/vault-render.1"] {
        assert!(home.path().join(".local").join(file).is_file(), "{file}");
    }
}

/// The files that the page names are those that a release has: all but the packages, which Cargo's tools write.
#[test]
fn the_page_names_files_that_a_release_has() {
    let release = Release::new();
    let page = fs::read_to_string(root().join("docs/install.md")).unwrap();
    for name in [&*Release::archive_name("amd64"), "SHA256SUMS", "install.sh", "vault-render.rb", "vault-render.yaml"] {
        assert!(page.contains(name), "docs/install.md does not name {name}");
        assert!(release.file(name).is_file(), "{name}");
    }
    let script = fs::read_to_string(root().join("packaging/packages")).unwrap();
    for (name, pattern) in [
        (format!("vault-render_{VERSION}-1_amd64.deb"), "vault-render_$version-1_$architecture.deb"),
        (format!("vault-render-{VERSION}-1.x86_64.rpm"), "vault-render-$version-1.$machine.rpm"),
        (format!("vault-render-{VERSION}-linux-amd64.cdx.json"), "vault-render-$version-linux-$architecture.cdx"),
    ] {
        assert!(page.contains(&name) && script.contains(pattern), "{name}");
    }
}
