//! Whatever names a release's archives names the right ones, with the right sums.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{ARCHITECTURES, Release, VERSION, archive, generated_files, ok, script, shown, write_program};
use crate::support::program::{binary, root};
use crate::support::servers;

/// The address of each architecture's archive, with its sum, computed from the file.
fn expected(release: &Release) -> BTreeMap<String, (String, String)> {
    let archive_of = |architecture: &str| {
        let name = Release::archive_name(architecture);
        let sum = ok(script("sha256sum").arg(release.file(&name)));
        (format!("{}/v{VERSION}/{name}", release.address()), sum[..64].to_owned())
    };
    ARCHITECTURES.into_iter().map(|architecture| (architecture.to_owned(), archive_of(architecture))).collect()
}

#[test]
fn krew_s_manifest_names_the_archives_and_their_sums() {
    let release = Release::new();
    let manifest: Value = serde_yaml::from_str(&release.text("vault-render.yaml")).expect("YAML");
    assert_eq!(manifest["metadata"]["name"], "vault-render");
    assert_eq!(manifest["spec"]["version"], format!("v{VERSION}"));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let platforms = manifest["spec"]["platforms"].as_array().unwrap();
    let found: BTreeMap<String, (String, String)> = platforms
        .iter()
        .map(|platform| {
            assert_eq!(platform["selector"]["matchLabels"]["os"], "linux");
            let architecture = text(&platform["selector"]["matchLabels"]["arch"]);
            (architecture, (text(&platform["uri"]), text(&platform["sha256"])))
        })
        .collect();
    assert_eq!(found, expected(&release));
    // What krew takes out of an archive has to be in it.
    for platform in platforms {
        let architecture = text(&platform["selector"]["matchLabels"]["arch"]);
        let inside = contents(&release, &architecture);
        for file in platform["files"].as_array().unwrap() {
            let name = text(&file["from"]);
            assert!(inside.contains(&name), "{name} is not in {inside:?}");
        }
    }
}

/// Ruby reads the formula as Homebrew does, with the words of a formula that it uses.
const FORMULA: &str = r##"
class Formula
  %w[desc homepage version license depends_on].each { |word| define_singleton_method(word) { |value| puts "#{word} #{value}" } }
  def self.on_intel = (puts "amd64"; yield)
  def self.on_arm = (puts "arm64"; yield)
  def self.url(value) = puts(value)
  def self.sha256(value) = puts(value)
  def self.test = nil
end
load ARGV[0]
abort "no install" unless VaultRender.method_defined?(:install)
"##;

#[test]
fn homebrew_s_formula_names_the_archives_and_their_sums() {
    let Some(ruby) = servers::installed("ruby") else { return };
    let release = Release::new();
    let printed = ok(script(&ruby).args(["-w", "-e", FORMULA]).arg(release.file("vault-render.rb")));
    assert!(printed.contains(&format!("\nversion {VERSION}\n")), "{printed}");
    for (architecture, (url, sum)) in expected(&release) {
        assert!(printed.contains(&format!("{architecture}\n{url}\n{sum}\n")), "{architecture}: {printed}");
    }
    // What it installs has to be in the archives, whose one folder Homebrew enters by itself.
    let formula = release.text("vault-render.rb");
    let installed = regex::Regex::new(r#"\.install (?:Dir\[)?"([^"*]+)"#).unwrap();
    for name in installed.captures_iter(&formula).map(|found| found[1].to_owned()) {
        let inside = contents(&release, "amd64");
        assert!(inside.iter().any(|file| file.split_once('/').unwrap().1.starts_with(&name)), "{name}: {inside:?}");
    }
}

#[test]
fn the_installer_holds_the_release_s_sums() {
    let release = Release::new();
    let installer = release.text("install.sh");
    for (architecture, (_, sum)) in expected(&release) {
        assert!(installer.contains(&format!("\nsha256_{architecture}={sum}\n")), "{architecture}");
    }
    assert!(installer.contains(&format!("\nreleased={VERSION}\naddress={}\n", release.address())));
}

/// What stands for a value in a template is replaced everywhere, and a name that nobody fills in is an error.
#[test]
fn nothing_is_left_to_fill_in() {
    let release = Release::new();
    let left = regex::Regex::new("@[A-Z0-9_]+@").unwrap();
    for file in fs::read_dir(root().join("packaging/templates")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert_eq!(left.find(&release.text(&name)), None, "{name}");
    }
}

#[test]
fn an_archive_holds_all_that_a_package_needs() {
    let release = Release::new();
    for architecture in ARCHITECTURES {
        let (top, inside) = (format!("vault-render-{VERSION}-linux-{architecture}/"), contents(&release, architecture));
        for name in
            ["vault-render", "LICENSE", "NOTICE", "README.md", "man/vault-render.1", "man/vault-render-generate.1"]
        {
            assert!(inside.contains(&format!("{top}{name}")), "{name} is not in {inside:?}");
        }
        for name in ["vault-render.bash", "_vault-render", "vault-render.fish"] {
            assert!(inside.contains(&format!("{top}completions/{name}")), "{name} is not in {inside:?}");
        }
        assert!(inside.iter().all(|name| name.starts_with(&top)), "{inside:?}");
    }
    for (shell, file) in [("bash", "vault-render.bash"), ("zsh", "_vault-render"), ("fish", "vault-render.fish")] {
        let written = fs::read_to_string(generated_files().join("completions").join(file)).unwrap();
        assert_eq!(written, ok(script(binary()).args(["completions", shell])), "{shell}");
    }
}

#[test]
fn the_same_files_make_the_same_archive() {
    let folder = tempfile::tempdir().unwrap();
    let sums = ["first", "second"].map(|name| {
        let program = folder.path().join(name);
        write_program(&program, "#!/bin/sh\n");
        // Another owner's mask, and a later time.
        ok(script("touch").args(["-d", if name == "first" { "2001-01-01" } else { "2020-01-01" }]).arg(&program));
        archive("amd64", &program, folder.path());
        ok(script("sha256sum").arg(folder.path().join(Release::archive_name("amd64"))))
    });
    assert_eq!(sums[0], sums[1]);
}

/// The step of the action, as a runner calls it.
#[test]
fn the_action_installs_the_version_of_its_own_commit() {
    let (release, work) = (Release::new(), tempfile::tempdir().unwrap());
    let action: Value = serde_yaml::from_str(&fs::read_to_string(root().join("action.yml")).unwrap()).unwrap();
    let [step] = action["runs"]["steps"].as_array().unwrap().as_slice() else { panic!("{action}") };
    let inputs = [("inputs.version", ""), ("inputs.base-url", &*release.address())];
    let folder = work.path().join("vault-render");
    let mut runner = Command::new("bash");
    runner.args(["-eo", "pipefail", "-c", step["run"].as_str().unwrap()]).env_clear().env("PATH", "/usr/bin:/bin");
    runner.env("GITHUB_ACTION_PATH", root()).env("GITHUB_PATH", work.path().join("path")).env("HOME", work.path());
    for (name, value) in step["env"].as_object().unwrap() {
        let value = value.as_str().unwrap().replace("${{ runner.temp }}", &work.path().display().to_string());
        let value = inputs.iter().fold(value, |value, (input, is)| value.replace(&format!("${{{{ {input} }}}}"), is));
        assert!(!value.contains("${{"), "{name}: {value}");
        runner.env(name, value);
    }
    ok(&mut runner);
    assert_eq!(fs::read_to_string(work.path().join("path")).unwrap(), format!("{}\n", folder.display()));
    assert!(ok(script(folder.join("vault-render")).arg("version")).contains(VERSION));

    // While Cargo.toml names no repository, the place has to be given.
    let output = runner.env("VAULT_RENDER_BASE_URL", "").output().unwrap();
    let repository = ok(script(root().join("packaging/fact")).arg("repository"));
    assert!(!repository.trim().is_empty() || shown(&output).contains("where the releases are is not known"));
}

/// The names in an architecture's archive.
fn contents(release: &Release, architecture: &str) -> Vec<String> {
    let list = ok(script("tar").arg("-tzf").arg(release.file(&Release::archive_name(architecture))));
    list.lines().map(str::to_owned).collect()
}
