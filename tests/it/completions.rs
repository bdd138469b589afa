//! Completions in the real shells: each sources the script that the program prints, and a user presses Tab.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::diff::Repository;
use crate::support::program::{binary, program};
use crate::support::servers::{self, Faults, Response};

/// What is typed before Tab, and the last word of the line after it.
const LINES: &[(&str, &str)] = &[
    ("vault-render gen", "generate"),
    ("vault-render generate --stri", "--strict"),
    ("vault-render generate man", "manifests/"),
    ("vault-render check --format sa", "sarif"),
    ("vault-render check --format=sa", "--format=sarif"),
    ("vault-render generate -c with", "with blank.yaml"),
    ("vault-render generate --secrets with\\ b", "with blank.yaml"),
    ("vault-render diff --base fea", "feature/login"),
    ("vault-render diff --base=fea", "--base=feature/login"),
    ("vault-render diff --base cha", "chart/"),
    ("vault-render diff --base li", "live"),
    ("vault-render check --since v1", "v1.0"),
    ("vault-render -c x gen", "generate"),
    ("vault-render man rec", "record"),
    ("vault-render diff --base main -- -f cha", "chart/"),
];

fn repository() -> Repository {
    let repository = Repository::new();
    repository.write("manifests/a.yaml", "a: 1\n").write("chart/Chart.yaml", "").write("with blank.yaml", "").commit();
    repository.git(&["branch", "feature/login"]);
    repository.git(&["tag", "v1.0"]);
    repository
}

/// A shell in an empty environment that finds the program as a user's would.
fn shell(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let bin = Path::new(binary()).parent().unwrap().display().to_string();
    command.env_clear().env("PATH", format!("{bin}:/usr/bin:/bin")).env("HOME", folder).env("TERM", "xterm");
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Presses Tab behind each line in an interactive shell, and compares the words of the line then.
fn press_tab(command_line: &str, setup: &str) {
    let repository = repository();
    let script = Path::new("/usr/bin/script");
    let mut terminal =
        shell(script, &repository.root()).args(["-qec", command_line, "/dev/null"]).spawn().expect("util-linux");
    // At the start of the line, a command is put before it that prints its words.
    let lines: String = LINES.iter().map(|(typed, _)| format!("{typed}\t\u{1}printf '<%s>' \n")).collect();
    let input = format!("{setup}\n{lines}\nexit\n");
    terminal.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = terminal.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    for (typed, last) in LINES {
        let before = typed.rsplit_once(if typed.contains("\\ ") { " with" } else { " " }).unwrap().0;
        let words: String = before.split(' ').chain([*last]).map(|word| format!("<{word}>")).collect();
        assert!(shown.contains(&words), "{typed}: no {words} in\n{shown}");
    }
}

#[test]
fn tab_completes_in_bash() {
    let Some(bash) = servers::installed("bash") else { return };
    press_tab(&format!("{} --noprofile --norc -i", bash.display()), "source <(vault-render completions bash)");
}

#[test]
fn tab_completes_in_zsh() {
    let Some(zsh) = servers::installed("zsh") else { return };
    let setup = "bindkey -e; autoload -U compinit; compinit -u -D; source <(vault-render completions zsh)";
    press_tab(&format!("{} -f -i", zsh.display()), setup);
}

/// zsh loads a script from its folder of functions when it is needed first.
#[test]
fn tab_completes_in_zsh_at_the_first_attempt() {
    let Some(zsh) = servers::installed("zsh") else { return };
    let setup = "bindkey -e; mkdir f; vault-render completions zsh > f/_vault-render; fpath=($PWD/f $fpath); \
                 autoload -U compinit; compinit -u -D";
    press_tab(&format!("{} -f -i", zsh.display()), setup);
}

#[test]
fn fish_completes() {
    let Some(fish) = servers::installed("fish") else { return };
    let repository = repository();
    for (typed, last) in LINES {
        let ask = format!("vault-render completions fish | source; complete -C {typed:?}");
        let output = shell(&fish, &repository.root()).args(["--no-config", "-c", &ask]).output().unwrap();
        let answers = String::from_utf8(output.stdout).unwrap();
        let mut words = answers.lines().map(|line| line.split('\t').next().unwrap());
        assert!(words.any(|word| word == *last), "{typed}: {answers}{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn no_store_is_asked_for_a_completion() {
    let vault = Faults::script(vec![Response::Silent]);
    let words = ["--", "vault-render", "generate", "-c", "nowhere", "--secrets", "examples/pl"];
    let answer = program(words).env("VAULT_RENDER_COMPLETE", "fish").env("VAULT_ADDR", &vault.address);
    answer.env("VAULT_TOKEN", "t").stdout("examples/plain/\n").check();
    assert!(vault.requests().is_empty());
}

/// The variable alone, without the words of a shell's script, must not turn a rendering into something else.
#[test]
fn only_a_script_is_answered() {
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
    program(["generate"]).env("VAULT_RENDER_COMPLETE", "bash").stdin(manifest).stdout(manifest).check();
}
