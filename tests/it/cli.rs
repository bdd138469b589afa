//! The command line itself: help, usage errors, exit codes, what goes to stdout and what to stderr, the small commands.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::program::{binary, program, root};
use crate::support::servers::{self, Faults, Response};

const FILLED: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
const BROKEN: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {k: <path:secret/data/shop/database#none>}\n";
/// Some of the secret's keys are not used.
const FULL: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {k: <path:secret/data/shop/database#user>}\n";
const SECRETS: [&str; 2] = ["--secrets", "examples/plain/secrets.yaml"];

#[test]
fn a_typo_in_a_command_or_flag_is_a_usage_error_with_the_near_name() {
    for (args, near) in [(vec!["gnerate"], "'generate'"), (vec!["generate", "--stric"], "'--strict'")] {
        program(args).status(2).stderr_holds(["error: ", near]).check();
    }
}

#[test]
fn flags_count_on_either_side_of_the_command() {
    let folder = folder(&[("settings.yaml", "AVP_TYPE: file\n"), ("a.yaml", BROKEN)]);
    let filled = BROKEN.replace("<path:secret/data/shop/database#none>", "x");
    let secrets = "secret/data/shop/database: {none: x}\n";
    std::fs::write(folder.path().join("s.yaml"), secrets).unwrap();
    for line in [
        "-c settings.yaml --secrets s.yaml generate a.yaml",
        "--secrets=s.yaml --strict generate -c settings.yaml a.yaml",
        "-csettings.yaml generate a.yaml --secrets s.yaml",
    ] {
        program(line.split(' ')).folder(folder.path()).stdout(&*filled).check();
    }
    // The Secret of `-s` is looked for, before and behind.
    for line in ["-s argocd:vault generate a.yaml", "generate -s argocd:vault a.yaml"] {
        program(line.split(' ')).folder(folder.path()).status(1).stderr_holds(["Secret `argocd:vault`"]).check();
    }
    program(["-s", "x", "version"]).status(2).stderr_holds(["unexpected argument '-s'"]).check();
    program(["--stric", "generate"]).status(2).stderr_holds(["'--strict'"]).check();
}

#[test]
fn help_teaches() {
    for (args, parts) in [
        (vec!["--help"], vec!["<path:", "kustomize build", "helm template", "Exit codes", "Every day:", "In CI:"]),
        (vec!["help"], vec!["<path:", "kustomize build"]),
        (
            vec!["generate", "--help"],
            vec!["--strict", "--secrets", "Examples:", "Exit codes", "--config-path", "--disable-token-cache"],
        ),
        (vec!["record", "--help"], vec!["--output", "--mask-key", "--offline", "Examples:", "Exit codes"]),
        (vec!["build", "--help"], vec!["--tool", "--release-name", "ARGOCD_ENV_HELM_ARGS", "Examples:", "Exit codes"]),
        (vec!["discover", "--help"], vec!["spec.source.plugin.name", "Exit code"]),
        (vec!["parameters", "--help"], vec!["parameters.dynamic.command"]),
        (vec!["plan", "--help"], vec!["--format", "vault policy write", "Examples:", "Exit codes"]),
        (vec!["settings", "--help"], vec!["--format", "ARGOCD_ENV_"]),
        (vec!["migrate", "--help"], vec!["kubectl get", "not understood", "Exit codes"]),
        (vec!["doctor", "--help"], vec!["--format", "kubectl exec", "Exit codes"]),
    ] {
        let output = program(&args).output();
        let help = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0));
        parts.iter().for_each(|part| assert!(help.contains(part), "{args:?} lacks {part}: {help}"));
    }
}

#[test]
fn help_is_a_command_and_short_help_is_short() {
    for command in ["generate", "diff", "fn"] {
        let whole = program(["help", command]).output().stdout;
        assert_eq!(whole, program([command, "--help"]).output().stdout);
        let short = String::from_utf8(program([command, "-h"]).output().stdout).unwrap();
        assert!(short.len() < whole.len() && !short.contains("Exit codes"), "{short}");
    }
    let short = String::from_utf8(program(["-h"]).output().stdout).unwrap();
    assert!(short.contains("Every day:") && !short.contains("Examples:"), "{short}");
    program(["help", "gnerate"]).status(2).stderr_holds(["error: "]).check();
}

#[test]
fn a_manual_page_has_its_sections() {
    let page = |args: &[&str]| String::from_utf8(program(["man"]).args(args).output().stdout).unwrap();
    for (args, parts) in [
        (
            &[][..],
            &[".SH \"COMMANDS\"", "vault\\-render\\-generate", "AVP_KV_VERSION", ".SH \"FILES\"", "vault\\-token"][..],
        ),
        (&["generate"], &[".SH \"EXAMPLES\"\n.PP\n.nf\nvault", "VAULT_ADDR", ".SH \"EXIT STATUS\"", "143", "(1)"]),
        (&["completions"], &[".SH \"EXAMPLES\""]),
    ] {
        let page = page(args);
        parts.iter().for_each(|part| assert!(page.replace(".nf\n  ", ".nf\n").contains(part), "{part}: {page}"));
    }
    assert!(!page(&["completions"]).contains("ENVIRONMENT"));
    let folder = tempfile::tempdir().unwrap();
    program(["man", "--all", "man/man1"]).folder(folder.path()).check();
    let pages: Vec<_> =
        std::fs::read_dir(folder.path().join("man/man1")).unwrap().map(|page| page.unwrap().path()).collect();
    assert!(pages.len() > 10 && pages.iter().any(|page| page.ends_with("vault-render-diff.1")), "{pages:?}");
    let Some(groff) = servers::installed("groff") else { return };
    let output = Command::new(groff).args(["-man", "-Tutf8", "-ww", "-z"]).args(&pages).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_near_path_is_suggested() {
    let folder = folder(&[("manifests/web.yaml", FILLED), ("settings.yaml", "AVP_TYPE: file\n")]);
    for (args, hint) in [
        (["generate", "manifest"], "did you mean `manifests`?"),
        (["check", "manifests/wep.yaml"], "did you mean `manifests/web.yaml`?"),
        (["plan", "manifets/web.yaml"], "did you mean `manifests/web.yaml`?"),
        (["build", "manifest"], "did you mean `manifests`?"),
        (["settings", "-csetings.yaml"], "did you mean `settings.yaml`?"),
        (["generate", "--offline=settings.yml"], "did you mean `settings.yaml`?"),
    ] {
        let output = program(args).folder(folder.path()).output();
        let stderr = [output.stdout, output.stderr].concat();
        assert!(String::from_utf8_lossy(&stderr).contains(hint), "{args:?}: {}", String::from_utf8_lossy(&stderr));
    }
    // What lies outside the repository is not named.
    let output = program(["generate", "../manifest"]).folder(folder.path().join("manifests")).output();
    assert!(!String::from_utf8(output.stderr).unwrap().contains("did you mean"));
}

#[test]
fn version_is_printed_as_the_predecessor_does() {
    let output = program(["version"]).output();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("vault-render v") && text.contains(") BuildDate: "), "{text}");
}

#[test]
fn completions_and_manual_pages_are_there() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = program(["completions", shell]).output().stdout;
        assert!(String::from_utf8(script).unwrap().contains("vault-render"), "{shell}");
    }
    for (args, title) in [(vec!["man"], ".TH vault-render 1"), (vec!["man", "generate"], ".TH vault-render-generate 1")]
    {
        assert!(String::from_utf8(program(args).output().stdout).unwrap().contains(title), "{title}");
    }
    program(["completions", "tcsh"]).status(2).stderr_holds(["bash"]).check();
}

#[test]
fn without_a_path_stdin_is_read() {
    program(["generate"]).stdin(FILLED).stdout(FILLED).check();
}

#[test]
fn an_empty_input_is_an_error_unless_it_is_accepted() {
    for stdin in ["", "\n", "# nothing\n---\n"] {
        for flags in [&[][..], &["--stream"]] {
            program(["generate"])
                .args(flags)
                .stdin(stdin)
                .status(1)
                .stderr_holds(["no manifest", "--allow-empty"])
                .check();
        }
    }
    for flags in [&[][..], &["--stream"]] {
        program(["generate", "--allow-empty"]).args(flags).check();
        program(["generate", "--allow-empty"]).args(flags).stdin("# nothing\n").stdout("# nothing\n").check();
    }
}

#[test]
fn a_folder_without_manifests_is_an_error_with_what_to_do() {
    for (file, hint) in [("notes.txt", ".yaml"), ("kustomization.yaml", "runs kustomize"), ("Chart.yaml", "runs helm")]
    {
        let folder = folder(&[(file, "a: 1\n")]);
        program(["generate", "."])
            .folder(folder.path())
            .status(1)
            .stderr_holds(["error: no manifests below `.`", hint])
            .check();
        program(["generate", ".", "--allow-empty"]).folder(folder.path()).stderr_holds([""]).check();
    }
}

#[test]
fn what_is_not_there_is_an_error() {
    let stderr = "error: there is no file or folder `nowhere`\n  = cause: No such file or directory (os error 2)\n";
    program(["generate", "nowhere"]).status(1).stderr(stderr).check();
}

#[test]
fn files_are_joined_by_separators() {
    let object = |name: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}");
    let (a, b) = (object("a"), object("b"));
    let json = "{\"apiVersion\": \"v1\", \"kind\": \"List\"}\n";
    let folder = folder(&[("b.yaml", &format!("{b}\n")), ("a/x.yml", &a), ("c.json", json)]);
    let stdout = format!("{a}\n---\n{b}\n---\n{json}");
    for flags in [&[][..], &["--stream"]] {
        program(["generate", "."]).args(flags).folder(folder.path()).stdout(stdout.clone()).check();
    }
    program(["generate", "b.yaml", "-"])
        .folder(folder.path())
        .stdin(FILLED)
        .stdout(format!("{b}\n---\n{FILLED}"))
        .check();
}

#[test]
fn one_separator_stands_between_files_whatever_stands_beside_it() {
    for (first, second, expected) in [
        ("a: 1\n", "\u{feff}---\nb: 2\n", "a: 1\n---\nb: 2\n"),
        ("\u{feff}a: 1\n", "\u{feff}b: 2\n", "\u{feff}a: 1\n---\nb: 2\n"),
        ("a: 1\n---\n", "b: 2\n", "a: 1\n---\nb: 2\n"),
        ("a: 1\n--- # c\n", "b: 2\n", "a: 1\n--- # c\nb: 2\n"),
        ("a: 1\n--- {c: 3}\n", "b: 2\n", "a: 1\n--- {c: 3}\n---\nb: 2\n"),
        ("--- {c: 3}", "--- {d: 4}\n", "--- {c: 3}\n--- {d: 4}\n"),
        ("--- x\n", "b: 2\n", "--- x\n---\nb: 2\n"),
    ] {
        let folder = folder(&[("a.yaml", first), ("b.yaml", second)]);
        for flags in [&[][..], &["--stream"]] {
            program(["generate", "a.yaml", "b.yaml"]).args(flags).folder(folder.path()).stdout(expected).check();
        }
    }
}

#[test]
fn every_error_of_a_run_is_reported_in_the_order_of_the_input() {
    let folder = folder(&[("b.yaml", BROKEN), ("a.yaml", FILLED), ("c.yaml", BROKEN)]);
    let secrets = root().join(SECRETS[1]);
    let run =
        program(["generate".as_ref(), ".".as_ref(), "--secrets".as_ref(), secrets.as_os_str()]).folder(folder.path());
    let output = run.output();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let [first, second] =
        ["b.yaml:4:11", "c.yaml:4:11"].map(|place| stderr.find(place).unwrap_or_else(|| panic!("{stderr}")));
    assert!(first < second && stderr.ends_with("\n2 errors\n"), "{stderr}");
    assert!(output.stdout.is_empty() && output.status.code() == Some(1));
}

#[test]
fn colours_are_for_terminals_unless_somebody_says_otherwise() {
    for (args, variables, is_coloured) in [
        (&["generate", "-"][..], &[][..], false),
        (&["generate", "-"], &[("CLICOLOR_FORCE", "1")], true),
        (&["generate", "-"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&["generate", "-", "--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
        (&["--color=always", "generate", "-"], &[], true),
        (&["generate", "--nope", "--color", "always"], &[], true),
        (&["generate", "--nope", "--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
    ] {
        let run = program(args.iter().chain(SECRETS.iter())).stdin(BROKEN);
        let output = variables.iter().fold(run, |run, (name, value)| run.env(name, value)).output();
        assert_eq!(output.stderr.contains(&0x1b), is_coloured, "{args:?} {variables:?}");
    }
    for args in [&["plan", "-", "--color", "always"][..], &["--color", "always", "help"], &["-h", "--color=always"]] {
        assert!(program(args).stdin(BROKEN).output().stdout.contains(&0x1b), "{args:?}");
    }
}

#[test]
fn quiet_leaves_out_notes_and_keeps_warnings() {
    let folder = folder(&[("chart/Chart.yaml", "name: x\n"), ("a.yaml", FILLED)]);
    let run = |flags: &[&str]| {
        let output = program(["plan", "--no-build"]).args(flags).env("AVP_TYP", "x").folder(folder.path()).output();
        String::from_utf8(output.stderr).unwrap()
    };
    let (loud, quiet) = (run(&[]), run(&["--quiet"]));
    assert!(loud.contains("note: charts are not built") && loud.contains("warning: "), "{loud}");
    assert!(!quiet.contains("note") && quiet.contains("warning: "), "{quiet}");
    let check = |flags: &[&str]| {
        let run = program(["check", "-", "--online"]).args(SECRETS).args(flags).stdin(FULL).output();
        String::from_utf8(run.stdout).unwrap()
    };
    assert!(check(&[]).contains("note: ") && !check(&["-q"]).contains("note"));
}

#[test]
fn a_closed_pipe_is_success() {
    let folder = folder(&[("a.yaml", &format!("apiVersion: v1\nkind: {}\n", "x".repeat(1 << 20)))]);
    let mut command = Command::new(binary());
    command.args(["generate", "."]).env_clear().current_dir(folder.path());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_stream_prints_what_comes_before_the_first_error() {
    let mut stdin = String::new();
    while stdin.len() < 3 << 20 {
        stdin += &format!("{FILLED}---\n");
    }
    program(["generate", "--stream"]).stdin(&*stdin).stdout(&*stdin).check();
    let output =
        program(["generate", "--stream"]).args(SECRETS).stdin(format!("{stdin}{BROKEN}---\n{stdin}{BROKEN}")).output();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stderr.ends_with("\n2 errors\n"), "{stderr}");
    assert!(!stdout.is_empty() && stdin.starts_with(&stdout) && stdout.len() < stdin.len());
    let line = stdin.lines().count() + 4;
    assert!(stderr.contains(&format!("stdin:{line}:11")), "{stderr}");
}

#[test]
fn a_wrong_setting_is_an_error_of_the_command() {
    program(["generate"]).env("AVP_KV_VERSION", "3").stdin(BROKEN).status(1).stderr_holds(["`AVP_KV_VERSION`"]).check();
    let output = program(["settings"]).env("AVP_KV_VERSION", "v2").output();
    assert_eq!(output.status.code(), Some(2));
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(stderr.contains("`AVP_KV_VERSION` (environment)") && stderr.contains("did you mean `2`?"), "{stderr}");
    let row = stdout.lines().find(|line| line.starts_with("AVP_KV_VERSION ")).unwrap();
    assert!(row.contains("[invalid]") && row.ends_with("environment"), "{row}");
    let output = program(["settings", "--format", "json"]).env("AVP_KV_VERSION", "v2").output();
    let row = r#"{"name":"AVP_KV_VERSION","value":null,"origin":"environment","invalid":true}"#;
    assert!(String::from_utf8_lossy(&output.stdout).contains(row), "{output:?}");
    program(["generate", "-c", "nowhere.yaml"]).stdin(FILLED).status(1).stderr_holds(["`nowhere.yaml`"]).check();
}

#[test]
fn settings_are_shown_with_their_origin() {
    let run = || program(["settings"]).env("VAULT_ADDR", "https://vault.example.com").env("VAULT_TOKEN", "hvs.secret");
    let text = String::from_utf8(run().args(SECRETS).output().stdout).unwrap();
    for line in [
        "AVP_TYPE  file",
        "AVP_FILE  examples/plain/secrets.yaml  flag `--secrets`",
        "VAULT_ADDR  https://vault.example.com  environment",
        "VAULT_TOKEN  [redacted]  environment",
    ] {
        let squeezed: Vec<String> = text
            .lines()
            .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("  "))
            .collect();
        assert!(squeezed.iter().any(|shown| shown.starts_with(line)), "{line} is not in\n{text}");
    }
    let json = String::from_utf8(run().args(["--format", "json"]).output().stdout).unwrap();
    let rows: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let token = rows.iter().find(|row| row["name"] == "VAULT_TOKEN").unwrap();
    assert_eq!((&token["value"], &token["origin"]), (&"[redacted]".into(), &"environment".into()));
}

/// Nobody listens at the address: nothing is sent.
#[test]
fn settings_say_what_a_run_would_lack() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "jwt").unwrap();
    let complete = [
        ("VAULT_ADDR", "https://127.0.0.1:9"),
        ("AVP_AUTH_TYPE", "k8s"),
        ("AVP_K8S_ROLE", "r"),
        ("AVP_K8S_TOKEN_PATH", token.to_str().unwrap()),
    ];
    let run = |more: &[(&str, &str)], flags: &[&str]| {
        let run = complete.iter().chain(more).fold(program(["settings"]), |run, (name, value)| run.env(name, value));
        let output = run.args(flags).output();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for flags in [&[][..], &["--complete"]] {
        assert_eq!(run(&[], flags), (Some(0), String::new()));
        for (name, value, words) in [
            ("AVP_K8S_TOKEN_PATH", "/nowhere", "error: cannot read `/nowhere`"),
            ("VAULT_CACERT", "/nowhere", "error: cannot read `/nowhere`"),
            ("SSL_CERT_FILE", "/nowhere", "error: cannot read `/nowhere`, which `SSL_CERT_FILE` names"),
            ("VAULT_CACERT_BYTES", "x", "error: `VAULT_CACERT_BYTES` holds no certificate"),
            ("AVP_TOOL_HOSTS", "https://charts.example.com", "error: "),
            (
                "AVP_TYPE",
                "file",
                if flags.is_empty() { "warning: the `file` store needs a file" } else { "error: the" },
            ),
        ] {
            let (code, stderr) = run(&[(name, value)], flags);
            let expected = if words.starts_with("error") { 2 } else { 0 };
            assert!(code == Some(expected) && stderr.starts_with(words), "{name}: {code:?} {stderr}");
        }
        for (name, words) in [("VAULT_ADDR", "`VAULT_ADDR` is not set"), ("AVP_K8S_ROLE", "needs `AVP_K8S_ROLE`")] {
            let (code, stderr) = run(&[(name, "")], flags);
            let (expected, level) = if flags.is_empty() { (0, "warning: ") } else { (2, "error: ") };
            assert!(code == Some(expected) && stderr.starts_with(level) && stderr.contains(words), "{name}: {stderr}");
        }
    }
    let (code, stderr) = run(&[("VAULT_ADDR", "http://vault.example.com"), ("VAULT_SKIP_VERIFY", "true")], &[]);
    assert!(code == Some(0) && stderr.contains("`VAULT_SKIP_VERIFY` (environment) accepts any"), "{stderr}");
    assert!(stderr.contains("warning: `VAULT_ADDR` (environment) is `http://`"), "{stderr}");
}

/// The name of the other machine leads nowhere.
#[test]
fn a_connection_in_clear_is_told_by_the_command_that_uses_it() {
    let run = |args: &[&str], input: &str| {
        let run =
            program(args).env("VAULT_ADDR", "http://vault.invalid").env("VAULT_TOKEN", "t").env("AVP_TIMEOUT", "1s");
        let output = run.env("VAULT_MAX_RETRIES", "0").stdin(input).output();
        String::from_utf8(output.stderr).unwrap()
    };
    let told = "warning: `VAULT_ADDR` (environment) is `http://`";
    let manifest = "apiVersion: v1\nkind: A\na: <path:a/b#k>\n";
    for args in [&["generate", "-"][..], &["record", "-", "-o", "-"], &["check", "-", "--online"]] {
        assert!(run(args, manifest).contains(told), "{args:?}");
    }
    assert_eq!(run(&["generate", "-"], FILLED), "");
}

#[test]
fn utf16_with_placeholders_is_an_error_and_other_utf16_passes() {
    let utf16 = |text: &str| -> Vec<u8> {
        "\u{feff}".chars().chain(text.chars()).map(|c| c as u16).flat_map(u16::to_le_bytes).collect()
    };
    let told = "error: placeholders in UTF-16 are not filled\n --> stdin:1:1\nhint: save it as UTF-8\n";
    for flags in [&[][..], &["--stream"], &["--strict"]] {
        let run = |text: &str| program(["generate", "-"]).args(flags).args(SECRETS).stdin(utf16(text));
        run("apiVersion: v1\nkind: A\na: <path:a/b#k>\n").status(1).stderr(told).check();
        let plain = run("a: b\n---\nc: d\n").output();
        assert!(plain.status.success() && plain.stdout == utf16("a: b\n---\nc: d\n"), "{plain:?}");
    }
    let check = program(["check", "-"]).stdin(utf16("a: b\n")).output();
    assert_eq!(check.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&check.stdout).starts_with("warning: this is UTF-16, in which nothing is looked at\n")
    );
}

#[test]
fn a_misspelt_variable_is_told_wherever_settings_are_read() {
    let told = ["warning: `AVP_KV_VERSON` (environment) is not a setting", "hint: did you mean `AVP_KV_VERSION`?"];
    let run = |args: &[&str]| program(args).args(SECRETS).env("AVP_KV_VERSON", "2").env("AVP_VERSION", "1.18.1");
    for args in [["settings"].as_slice(), &["plan", "-"], &["generate", "-"]] {
        let stderr = String::from_utf8(run(args).stdin(FILLED).output().stderr).unwrap();
        assert!(told.iter().all(|told| stderr.contains(told)) && !stderr.contains("AVP_VERSION"), "{args:?}: {stderr}");
    }
}

#[test]
fn the_predecessor_s_flags_are_accepted() {
    for flag in ["--disable-token-cache", "--verbose-sensitive-output"] {
        program(["generate", flag, "-"]).stdin(FILLED).stdout(FILLED).check();
    }
}

#[test]
fn without_placeholders_no_setting_is_missed() {
    program(["generate", "-"]).env("AVP_AUTH_TYPE", "k8s").stdin(FILLED).stdout(FILLED).check();
}

#[test]
fn links_out_of_the_checkout_are_refused() {
    let outside = folder(&[("x.yaml", "secret: of the host\n")]);
    let checkout = folder(&[("apps/web/a.yaml", FILLED), ("shared/b.yaml", FILLED)]);
    let app = checkout.path().join("apps/web");
    std::os::unix::fs::symlink("../../shared/b.yaml", app.join("b.yaml")).unwrap();
    let run = || program(["generate", "."]).folder(&app).env("ARGOCD_APP_SOURCE_PATH", "apps/web");
    run().stdout(format!("{FILLED}---\n{FILLED}")).check();
    std::os::unix::fs::symlink(outside.path().join("x.yaml"), app.join("c.yaml")).unwrap();
    run().status(1).stderr_holds(["error: the link `c.yaml` leads outside the repository"]).check();
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn a_signal_ends_a_run_that_waits_for_the_store() {
    for (signal, command, status) in [
        ("TERM", &["generate", "examples/broken.yaml"][..], 143),
        ("INT", &["generate", "--stream", "examples/broken.yaml"], 130),
        ("INT", &["check", "--online", "examples/broken.yaml"], 130),
        ("TERM", &["record", "examples/broken.yaml", "-o", "target/tmp/not-written.json"], 143),
    ] {
        let vault = Faults::script(vec![Response::Silent]);
        // Who runs the tests may ignore signals, and the program keeps to that.
        let mut run = Command::new("env");
        run.args(["--default-signal=INT,TERM", binary()])
            .args(command)
            .env_clear()
            .current_dir(root())
            .stdin(Stdio::null());
        run.env("VAULT_ADDR", &vault.address).env("VAULT_TOKEN", "t").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = run.spawn().unwrap();
        while vault.requests().is_empty() {
            assert_eq!(child.try_wait().unwrap(), None, "it ended before it asked");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.starts_with(&format!("error: stopped by SIG{signal}")), "{said}");
    }
    assert!(!root().join("target/tmp/not-written.json").exists());
}

#[test]
fn a_server_that_is_away_is_said_once() {
    let fields: String = (0..200).map(|number| format!("  k{number}: <path:secret/data/app{number}#k>\n")).collect();
    let stderr = "\
error: cannot connect to `http://127.0.0.1:1`
 --> stdin:5:7
  |
5 |   k0: <path:secret/data/app0#k>
  |       ^^^^^^^^^^^^^^^^^^^^^^^^^
  = resource: Secret app
  = field: stringData.k0
  = also: stdin:6:7, stdin:7:7, stdin:8:7 and 196 more
  = cause: Connection refused (os error 111)
hint: is `VAULT_ADDR` right, and does the server run there?

200 errors
";
    program(["generate", "-"])
        .env("VAULT_ADDR", "http://127.0.0.1:1")
        .env("VAULT_TOKEN", "x")
        .env("VAULT_MAX_RETRIES", "0")
        .stdin(format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: app}}\nstringData:\n{fields}"))
        .status(1)
        .stderr(stderr)
        .check();
}
