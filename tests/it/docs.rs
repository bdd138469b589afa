//! The documentation is correct: pages made from tables are up to date, links work, and the README's blocks do what they show.

use std::path::Path;

use crate::support::program::{binary, program, root};
use crate::support::servers;

/// The pages that `vault-render docs` prints.
const PAGES: [&str; 6] = ["backends", "doctor", "metrics", "modifiers", "rules", "settings"];

/// The pages at the top of the repository.
const TOP: [&str; 5] = ["README.md", "CHANGELOG.md", "COMPATIBILITY.md", "CONTRIBUTING.md", "SECURITY.md"];

/// The pages that people write.
fn written() -> Vec<String> {
    let is_printed = |page: &String| PAGES.iter().any(|printed| *page == format!("docs/{printed}.md"));
    TOP.map(str::to_owned).into_iter().chain(pages_of_docs().filter(|page| !is_printed(page))).collect()
}

/// Every page of docs/.
fn pages_of_docs() -> impl Iterator<Item = String> {
    let files = std::fs::read_dir(root().join("docs")).expect("docs").flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    let mut pages: Vec<String> =
        names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
    pages.sort();
    pages.into_iter()
}

#[test]
fn pages_made_from_the_code_are_up_to_date() {
    for page in PAGES {
        let file = root().join(format!("docs/{page}.md"));
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let printed = program(["docs", page]).output();
        assert!(
            printed.stdout == text.as_bytes(),
            "docs/{page}.md is not what `vault-render docs {page}` prints: run `just docs`"
        );
    }
}

/// Links to files and to headings, as they are written: in any viewer of Markdown, not only on the site.
#[test]
fn links_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)#`\s]*)(?:#([^)\s]+))?\)").unwrap();
    for page in TOP.map(str::to_owned).into_iter().chain(pages_of_docs()) {
        let file = root().join(&page);
        let text = outside_of_blocks(&text(&page));
        for found in link.captures_iter(&text).filter(|found| !found[1].starts_with("https://")) {
            let target = match &found[1] {
                "" => file.clone(),
                name => file.parent().expect("a folder").join(name),
            };
            assert!(target.exists(), "{page} links to {}, which is not there", &found[1]);
            if let Some(heading) = found.get(2) {
                let target = std::fs::read_to_string(&target).expect("a page");
                let is_there = headings(&target).any(|name| name == heading.as_str());
                assert!(is_there, "{page} links to {}, which has no heading {}", &found[1], heading.as_str());
            }
        }
    }
}

/// The headings of a page, as links name them.
fn headings(page: &str) -> impl Iterator<Item = String> {
    let text = outside_of_blocks(page);
    let lines: Vec<String> = text.lines().filter(|line| line.starts_with('#')).map(str::to_owned).collect();
    lines.into_iter().map(|line| {
        let name = line.trim_start_matches('#').trim().to_lowercase();
        let kept = name.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
        kept.map(|char| if char == ' ' { '-' } else { char }).collect()
    })
}

/// A page without its code blocks.
fn outside_of_blocks(page: &str) -> String {
    page.split("```").step_by(2).collect()
}

/// The site shows every page, in an order that somebody chose.
#[test]
fn the_site_has_every_page() {
    let settings = text("docs/site/mkdocs.yml");
    let (_, navigation) = settings.split_once("\nnav:\n").expect("a navigation");
    let script = text("docs/site/build");
    for page in pages_of_docs() {
        let name = page.strip_prefix("docs/").expect("a page of docs/");
        assert!(navigation.contains(&format!(" {name}\n")), "docs/site/mkdocs.yml does not name {name}");
    }
    for page in TOP {
        assert!(script.contains(&format!("\"{page}\"")), "docs/site/build does not take {page}");
    }
}

/// docs/versions.md names the versions that `tests/servers/build` builds and this program wants.
#[test]
fn the_versions_that_are_supported_are_those_that_are_tested() {
    let (page, script) = (text("docs/versions.md"), text("tests/servers/build"));
    let vault = text("tests/servers/vault/go.mod");
    let after = |text: &str, words: &str| {
        let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("`{words}` names no version"));
        let version = rest.split(['.', '\'', ' ', '"', '\n']).take(2).collect::<Vec<_>>();
        version.join(".")
    };
    for (row, versions) in [
        ("Vault", vec![after(&vault, "github.com/hashicorp/vault v")]),
        ("Kubernetes", vec![after(&script, "gitVersion=v")]),
        ("Argo CD", vec![after(&script, "common.version=")]),
        (
            "helm",
            vec![
                after(&script, "helm/v3/internal/version.version=v"),
                after(&script, "helm/v4/internal/version.version=v"),
            ],
        ),
        ("kustomize", vec![after(&script, "provenance.version=v")]),
        ("pre-commit", vec![after(&script, "pre-commit==")]),
        ("Rust", vec![after(&text("Cargo.toml"), "rust-version = \"")]),
    ] {
        let line = page.lines().find(|line| line.starts_with(&format!("| {row}"))).unwrap_or_else(|| panic!("{row}"));
        assert!(line.ends_with(&format!("| {} |", versions.join(", "))), "{line}: {versions:?}");
    }
}

#[test]
fn every_difference_with_a_number_is_listed_and_has_a_case() {
    let page = text("COMPATIBILITY.md");
    let cases = std::fs::read_dir(root().join("tests/cases/avp")).expect("the cases").flatten();
    let cases: Vec<String> = cases.map(|case| case.file_name().to_string_lossy().into_owned()).collect();
    for number in 1..=33 {
        assert!(page.contains(&format!("| B{number} |")), "COMPATIBILITY.md lacks B{number}");
        assert!(cases.iter().any(|case| case.starts_with(&format!("b{number:02}-"))), "no case shows B{number}");
    }
    (1..=6).for_each(|number| assert!(page.contains(&format!("| S{number} |")), "COMPATIBILITY.md lacks S{number}"));
}

/// Each row of the tables of promises and of known attacks ends in tests: `module::name`, or the path of a case.
#[test]
fn every_promise_and_every_known_attack_has_a_test() {
    let page = text("docs/security.md");
    let sources = sources();
    for (heading, least) in [("## Promises", 20), ("## One process for all calls", 6), ("## Known attacks", 100)] {
        let rows = rows(&page, heading);
        assert!(rows.len() >= least, "{heading} has {} rows", rows.len());
        for row in rows {
            let tests = row.trim_end_matches([' ', '|']).rsplit(" | ").next().unwrap_or_default();
            assert!(tests.contains('`'), "no test: {row}");
            for test in tests.split('`').skip(1).step_by(2) {
                let name = test.rsplit("::").next().unwrap_or_default();
                let is_there = root().join(test).is_file() || has_test(&sources, name);
                assert!(is_there, "there is no test `{test}`: {row}");
            }
        }
    }
}

/// The rows of the table below a heading, without its head.
fn rows<'p>(page: &'p str, heading: &str) -> Vec<&'p str> {
    let (_, section) = page.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let section = section.split("\n## ").next().unwrap_or_default();
    section.lines().filter(|line| line.starts_with("| ")).skip(1).collect()
}

/// Whether a test has this name: a function with nothing but attributes between it and its `#[test]`, or a case of a table of tests.
pub(crate) fn has_test(sources: &str, name: &str) -> bool {
    let tables = sources.split("\ncases! {\n").skip(1).filter_map(|rest| rest.split('}').next());
    if tables.flat_map(str::lines).any(|case| case.trim().trim_end_matches(',') == name) {
        return true;
    }
    let before = |at: usize| sources[..at].lines().rev().take_while(|line| line.trim_start().starts_with(['#', '/']));
    let function = format!("fn {name}(");
    let mut functions = sources.match_indices(&function).map(|(at, _)| sources[..at].rfind('\n').unwrap_or(0));
    functions.any(|at| before(at).any(|line| line.trim() == "#[test]" || line.trim().starts_with("#[tokio::test")))
}

/// All the code, in which tests are looked for.
pub(crate) fn sources() -> String {
    ["src", "tests/it"].into_iter().flat_map(rust).collect()
}

/// The Rust files below a folder.
fn rust(folder: &str) -> Vec<String> {
    let files = walkdir::WalkDir::new(root().join(folder)).into_iter().flatten();
    let files = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "rs"));
    files.map(|file| std::fs::read_to_string(file.path()).expect("a text")).collect()
}

#[test]
fn the_readme_is_short() {
    assert!(text("README.md").lines().count() < 200);
}

#[test]
fn the_readme_s_before_becomes_its_after() {
    let blocks = blocks(&text("README.md"), "yaml");
    program(["generate", "-", "--secrets", "examples/plain/secrets.yaml"])
        .stdin(&*blocks[0])
        .stdout(&*blocks[1])
        .check();
}

/// Every command line in a `sh` block is one that is known to work: the first two are what a newcomer types.
#[test]
fn the_readme_s_commands_are_the_program_s() {
    for line in blocks(&text("README.md"), "sh").iter().flat_map(|block| block.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        let ours = line.rsplit("| ").next().unwrap_or_default();
        if let Some(args) = ours.strip_prefix("cargo run -- ") {
            let expected = std::fs::read(root().join("examples/plain/rendered.yaml")).unwrap();
            program(args.split_whitespace()).stdout(expected).check();
        } else if let Some(args) = ours.strip_prefix("vault-render ") {
            let command = args.split_whitespace().next().unwrap_or_default();
            assert_eq!(program([command, "--help"]).output().status.code(), Some(0), "{line}");
        } else {
            let known =
                ["cargo test", "cargo install --locked --path .", "export VAULT_ADDR=https://vault.example.com:8200"];
            assert!(known.contains(&line), "README.md has `{line}`, which no test runs");
        }
    }
}

/// A `console` block shows a command after `$ ` and then what a terminal shows.
#[test]
fn console_blocks_show_what_the_program_does() {
    for page in written() {
        for block in blocks(&text(&page), "console") {
            let (command, expected) = block.split_once('\n').expect("a command and its output");
            let Some(shown) = shown(command.strip_prefix("$ ").expect("`$ ` and a command")) else { continue };
            assert_eq!(shown, expected, "{page}: {command}");
        }
    }
}

/// Every command in a guide's blocks is one of ours, with flags that it knows.
#[test]
fn the_guides_commands_are_the_program_s() {
    let command = regex::Regex::new(r"vault-render ([a-z]+(?: [^|>&'`\n]+)?)").unwrap();
    let mut count = 0;
    for page in written().iter().filter(|page| page.starts_with("docs/")) {
        for block in ["sh", "yaml"].into_iter().flat_map(|language| blocks(&text(page), language)) {
            for found in command.captures_iter(&block) {
                let args = found[1].split(" #").next().unwrap_or_default().split_whitespace();
                let args = args.take_while(|word| *word != "--").chain(["--help"]);
                let output = program(args).output();
                assert!(output.status.success(), "{page}: {}: {}", &found[0], String::from_utf8_lossy(&output.stderr));
                count += 1;
            }
        }
    }
    assert!(count > 5, "{count}");
}

#[test]
fn the_guides_yaml_is_yaml() {
    use serde::Deserialize;
    for page in written() {
        for block in blocks(&text(&page), "yaml") {
            for document in serde_yaml::Deserializer::from_str(&block) {
                let read = serde_yaml::Value::deserialize(document);
                assert!(read.is_ok(), "{page}: {read:?}\n{block}");
            }
        }
    }
}

/// What a terminal shows of a command; none if a tool is missing (said loudly).
fn shown(command: &str) -> Option<String> {
    let tools = tempfile::tempdir().expect("a folder for the tools");
    let link = |name: &str, path: &Path| std::os::unix::fs::symlink(path, tools.path().join(name)).expect("a link");
    link("vault-render", Path::new(binary()));
    for (tool, built) in [("kustomize", "kustomize"), ("helm", "helm3")] {
        if command.contains(&format!("{tool} ")) || command.contains(&format!("build examples/{tool}")) {
            link(tool, &servers::binary(built)?);
        }
    }
    let path = format!("{}:/usr/bin:/bin", tools.path().display());
    let shell = std::process::Command::new("sh")
        .args(["-c", &format!("{{ {command}; }} 2>&1")])
        .env_clear()
        .env("PATH", path)
        .env("HOME", tools.path())
        .current_dir(root())
        .output()
        .expect("a shell");
    Some(String::from_utf8_lossy(&shell.stdout).into_owned())
}

pub(crate) fn text(page: &str) -> String {
    std::fs::read_to_string(root().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"))
}

/// The code blocks of a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}
