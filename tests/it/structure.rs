//! Holds the architecture: which folder may name which, how long a file may be, and what a pure folder must not touch.

use std::path::{Path, PathBuf};

use regex::Regex;
use walkdir::WalkDir;

use crate::support::program::root;

const YAML: &[&str] = &["value", "source", "error", "budget"];
const MANIFEST: &[&str] = &["switch", "yaml", "value", "source", "error"];
const BACKEND: &[&str] = &[
    "digest",
    "wiped",
    "audit",
    "moment",
    "probe",
    "percent",
    "redacted",
    "words",
    "journal",
    "private_folder",
    "setting_file",
    "keep",
    "client",
    "config",
    "policy",
    "secret",
    "value",
    "error",
    "yaml",
    "budget",
];
const KEEP: &[&str] = &["private_folder", "setting_file", "journal", "client", "config", "error"];
const RENDER: &[&str] = &[
    "escape",
    "words",
    "modifier",
    "placeholder",
    "manifest",
    "yaml",
    "policy",
    "backend",
    "secret",
    "value",
    "source",
    "error",
    "visible",
    "budget",
];
const PASS: &[&str] = &[
    "digest",
    "audit",
    "words",
    "journal",
    "keep",
    "workspace",
    "input",
    "tool",
    "contain",
    "render",
    "manifest",
    "policy",
    "backend",
    "client",
    "config",
    "named_file",
    "secret",
    "value",
    "source",
    "error",
    "budget",
];
const SEPARATE: &[&str] = &[
    "policy", "journal", "tool", "contain", "pass", "render", "modifier", "backend", "config", "secret", "value",
    "source", "error", "budget",
];
const KRM: &[&str] = &["switch", "words", "render", "config", "yaml", "source", "error", "visible"];
const LINT: &[&str] = &[
    "words",
    "backend",
    "config",
    "render",
    "finding_id",
    "placeholder",
    "manifest",
    "modifier",
    "yaml",
    "secret",
    "value",
    "source",
    "error",
];
const LIVE: &[&str] =
    &["compare", "client", "render", "placeholder", "manifest", "yaml", "secret", "value", "source", "error", "budget"];
const DOCTOR: &[&str] = &[
    "words",
    "journal",
    "keep",
    "client",
    "pass",
    "workspace",
    "input",
    "tool",
    "render",
    "policy",
    "probe",
    "backend",
    "config",
    "secret",
    "error",
];
const REPORT: &[&str] = &[
    "policy",
    "migrate",
    "probe",
    "percent",
    "words",
    "visible",
    "compare",
    "render",
    "finding_id",
    "excerpt",
    "diff",
    "placeholder",
    "backend",
    "secret",
    "source",
    "error",
];

/// Each module of the crate with the modules that it may name. What is not here may name nothing.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("visible", &[]),
    ("wiped", &[]),
    ("words", &[]),
    ("redacted", &[]),
    ("percent", &[]),
    ("switch", &[]),
    ("escape", &[]),
    ("budget", &[]),
    ("value", &["wiped", "budget"]),
    ("source", &[]),
    ("secret", &["percent", "visible", "value", "source", "error"]),
    ("error", &["source", "budget"]),
    ("digest", &["error"]),
    ("moment", &[]),
    ("probe", &["error"]),
    ("excerpt", &["visible", "source"]),
    ("finding_id", &["error"]),
    ("diff", &[]),
    ("compare", &["diff", "manifest", "yaml", "source"]),
    ("yaml", YAML),
    ("manifest", MANIFEST),
    ("modifier", &["percent", "words", "value", "error", "yaml", "budget"]),
    ("placeholder", &["percent", "modifier", "manifest", "yaml", "value", "source", "error"]),
    ("config", &["redacted", "escape", "switch", "words", "error", "source", "value", "yaml", "visible", "budget"]),
    ("contain", &["error"]),
    ("policy", &["words", "yaml", "secret", "config", "error", "source"]),
    ("named_file", &["wiped"]),
    ("private_folder", &[]),
    ("setting_file", &["named_file", "config", "error"]),
    ("keep", KEEP),
    ("journal", &[]),
    ("client", &["wiped", "moment", "journal", "percent", "redacted", "workspace", "error", "budget"]),
    ("audit", &["private_folder", "named_file", "moment", "policy", "config", "secret", "error"]),
    ("backend", BACKEND),
    ("render", RENDER),
    ("workspace", &[]),
    ("input", &["words", "contain", "workspace", "source", "error"]),
    ("report", REPORT),
    ("lint", LINT),
    ("live", LIVE),
    ("tool", &["words", "contain", "value", "yaml", "source", "error", "budget"]),
    ("krm", KRM),
    ("pass", PASS),
    ("separate", SEPARATE),
    ("doctor", DOCTOR),
    ("migrate", &["backend", "config", "tool", "yaml", "source"]),
];

/// May name everything, the later ones not the earlier ones: the terminal starts the server.
const EDGES: [&str; 2] = ["cli", "server"];

/// The crate as others see it, and its start: they name everything.
const FACES: [&str; 3] = ["lib", "internals", "main"];

/// No runtime, no files, no environment, no network: folders, and files in folders that are not pure as a whole.
const PURE: &[&str] = &[
    "visible.rs",
    "wiped.rs",
    "words/",
    "redacted.rs",
    "journal.rs",
    "percent.rs",
    "moment.rs",
    "switch.rs",
    "escape.rs",
    "config/",
    "budget.rs",
    "value.rs",
    "value/",
    "source.rs",
    "secret.rs",
    "error.rs",
    "excerpt.rs",
    "finding_id.rs",
    "diff.rs",
    "compare/",
    "yaml/",
    "manifest/",
    "modifier/",
    "placeholder/",
    "policy/",
    "audit/line.rs",
    "audit/settings.rs",
    "audit/uses.rs",
    "render/",
    "migrate/",
    "report/",
    "lint/",
    "tool/address.rs",
    "tool/allow.rs",
    "tool/announce.rs",
    "tool/bounds.rs",
    "tool/chart_resource.rs",
    "tool/command.rs",
    "tool/dependencies.rs",
    "tool/document.rs",
    "tool/environment.rs",
    "tool/helm.rs",
    "tool/kustomize.rs",
    "tool/layout.rs",
    "tool/named.rs",
    "tool/needs.rs",
    "tool/parameter.rs",
    "tool/references.rs",
    "tool/words.rs",
    "keep/entry.rs",
    "keep/place.rs",
    "krm/",
    "live/",
    "server/authority/",
    "separate/environment.rs",
    "separate/message.rs",
    "separate/settings.rs",
    "separate/value.rs",
    "backend/vault/absence.rs",
    "backend/vault/failure.rs",
    "backend/vault/guard.rs",
    "backend/vault/login_response.rs",
    "backend/vault/member.rs",
    "backend/vault/mount.rs",
    "backend/vault/outcome.rs",
    "backend/vault/query.rs",
    "backend/vault/request.rs",
    "backend/vault/response.rs",
];

/// The only `await` of a pass.
const NOT_PURE: &str = "render/fetch.rs";

const LONGEST: usize = 400;

#[test]
fn imports_point_one_way() {
    let forbidden = imports().into_iter().filter(|import| !may_name(&import.module, &import.named));
    let mut wrong: Vec<String> = forbidden
        .map(|import| format!("src/{} must not name crate::{}", import.file.display(), import.named))
        .collect();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_permission_to_import_is_used() {
    let imports = imports();
    let is_used = |module: &str, named: &str| imports.iter().any(|one| one.module == module && one.named == named);
    let permissions = MAY_NAME.iter().flat_map(|(module, others)| others.iter().map(move |other| (*module, *other)));
    let unused: Vec<String> = permissions
        .filter(|(module, named)| !is_used(module, named))
        .map(|(module, named)| format!("{module} does not name {named}"))
        .collect();
    assert!(unused.is_empty(), "{}", unused.join("\n"));
}

#[test]
fn the_table_has_no_circle() {
    let mut done: Vec<&str> = Vec::new();
    while let Some((module, _)) = MAY_NAME
        .iter()
        .find(|(module, others)| !done.contains(module) && others.iter().all(|other| done.contains(other)))
    {
        done.push(module);
    }
    assert_eq!(done.len(), MAY_NAME.len(), "only {done:?} are in order");
}

#[test]
fn no_file_is_too_long() {
    let long =
        files().into_iter().map(|(file, text)| (text.lines().count(), file)).filter(|(lines, _)| *lines > LONGEST);
    let long: Vec<String> = long.map(|(lines, file)| format!("src/{}: {lines} lines", file.display())).collect();
    assert!(long.is_empty(), "over {LONGEST} lines:\n{}", long.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    let silent = files().into_iter().filter(|(_, text)| !text.starts_with("//! "));
    let silent: Vec<String> = silent.map(|(file, _)| file.display().to_string()).collect();
    assert!(silent.is_empty(), "no `//!` line at the start of {silent:?}");
}

#[test]
fn pure_folders_touch_nothing() {
    let impure =
        Regex::new(r"\b(tokio|std::fs|std::env|std::net|std::process|reqwest|(e?println|e?print|dbg)!)").unwrap();
    let mut wrong = Vec::new();
    for (file, text) in files() {
        let name = file.to_string_lossy();
        if name == NOT_PURE || !PURE.iter().any(|pure| name.starts_with(pure)) {
            continue;
        }
        wrong
            .extend(impure.find_iter(&code(&text)).map(|found| format!("src/{name} must not name {}", found.as_str())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What reads the environment, the working folder or the temporary folder of the process.
const OF_PROCESS: &str = r"\benv::(args|var|vars|var_os|vars_os|args_os|current_dir|temp_dir|home_dir|current_exe)\b|\bcurrent_dir\(\)|\bpath::absolute\b|\btempdir\(\)|\btempfile\(\)|\bNamedTempFile::new\(\)|\bConfig::infer\b|\bKubeconfig::(read|from_env)\(";

/// The one place that may: everything later takes a workspace.
const EDGE: &str = "cli/environment.rs";

#[test]
fn nothing_but_the_edge_reads_what_belongs_to_the_process() {
    assert_eq!(naming(OF_PROCESS, |file| file != EDGE), [""; 0], "take it from the workspace");
}

#[test]
fn a_run_knows_no_terminal() {
    let terminal =
        r"\b(clap|anyhow|block_on|runtime::(Builder|Runtime)|tokio::signal|io::(stdin|stdout|stderr)|ExitCode)\b";
    assert_eq!(naming(terminal, |file| file.starts_with("pass/")), [""; 0]);
    assert_eq!(naming(r"\banyhow\b", |file| !file.starts_with("cli/")), [""; 0]);
    assert_eq!(naming(r"\bruntime::(Builder|Runtime)\b", |file| !file.starts_with("cli/")), [""; 0]);
    let blocking = ["src/cli/runtime.rs names block_on", "src/server/generation.rs names block_on"];
    assert_eq!(
        naming(r"\bblock_on\b", |_| true),
        blocking,
        "the runtime starts once, at the edge, and calls render on threads of their own"
    );
}

/// The files among the `wanted` that name something, with what they name.
fn naming(pattern: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let files = files().into_iter().map(|(file, text)| (file.to_string_lossy().into_owned(), code(&text)));
    let files = files.filter(|(file, _)| wanted(file) && !file.ends_with("tests.rs") && !file.contains("/tests/"));
    let named = |(file, code): (String, String)| {
        pattern.find(&code).map(|found| format!("src/{file} names {}", found.as_str()))
    };
    files.filter_map(named).collect()
}

/// A store's names for things come to the client as options.
#[test]
fn the_client_names_no_setting() {
    let setting = Regex::new(r"\b(VAULT|AVP)_[A-Z]").unwrap();
    let naming = files().into_iter().filter(|(file, text)| file.starts_with("client") && setting.is_match(&code(text)));
    let naming: Vec<String> = naming.map(|(file, _)| file.display().to_string()).collect();
    assert!(naming.is_empty(), "{naming:?} name settings");
}

#[test]
fn only_the_command_line_prints() {
    let print = Regex::new(r"\b(e?println!|e?print!|dbg!|io::stdout|io::stderr)").unwrap();
    let printing = files().into_iter().filter(|(file, text)| !file.starts_with("cli") && print.is_match(&code(text)));
    let printing: Vec<String> = printing.map(|(file, _)| file.display().to_string()).collect();
    assert!(printing.is_empty(), "{printing:?} print");
}

/// What unpacks can be made to write outside of its folder: of an archive we read the entries, and decide of each ourselves.
#[test]
fn nothing_here_lets_a_library_unpack_an_archive() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    for archiver in ["zip", "async-tar", "tokio-tar", "async_zip", "sevenz-rust", "unrar", "cpio"] {
        assert!(!lock.contains(&format!("name = \"{archiver}\"\n")), "`{archiver}` unpacks archives");
    }
    let unpacks = Regex::new(r"\.unpack(_in)?\(").unwrap();
    for (file, text) in files() {
        let is_reader = file.starts_with("input/archive");
        assert!(is_reader || !code(&text).contains("tar::"), "{} reads archives", file.display());
        assert!(!unpacks.is_match(&code(&text)), "{} unpacks an archive", file.display());
    }
}

/// That a file of a module names another module.
struct Import {
    file: PathBuf,
    module: String,
    named: String,
}

fn imports() -> Vec<Import> {
    let path = Regex::new(r"crate::(\{[^;]*\}|[a-z_]+)").unwrap();
    let name = Regex::new(r"[a-z_]+").unwrap();
    let mut imports = Vec::new();
    for (file, text) in files() {
        let module = module(&file);
        if FACES.contains(&module.as_str()) || is_for_tests(&file) {
            continue;
        }
        for path in path.captures_iter(&code(&text)) {
            let others = first_segments(&path[1], &name).into_iter().filter(|named| *named != module);
            imports.extend(others.map(|named| Import { file: file.clone(), module: module.clone(), named }));
        }
    }
    imports
}

/// Every source file below src/, by its path there.
fn files() -> Vec<(PathBuf, String)> {
    let src = root().join("src");
    let walk =
        WalkDir::new(&src).sort_by_file_name().into_iter().map(|entry| entry.expect("src is readable").into_path());
    let rust = walk.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    rust.map(|path| {
        let text = std::fs::read_to_string(&path).expect("a source file is text");
        (path.strip_prefix(&src).expect("it is below").to_owned(), text)
    })
    .collect()
}

/// Whether only unit tests compile a file: it may use what it needs, as they may.
fn is_for_tests(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.ends_with("fixtures.rs")
}

/// The module at the crate's root that a file belongs to.
fn module(file: &Path) -> String {
    let first = file.components().next().expect("a path is not empty");
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// A file without comments and unit tests: those may use what they need.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// `a` of `a::b`, and `a` and `c` of `{a::b, c::{d, e}}`.
fn first_segments(path: &str, name: &Regex) -> Vec<String> {
    let Some(list) = path.strip_prefix('{') else { return vec![path.to_owned()] };
    let mut depth = 0;
    let mut segments = Vec::new();
    for part in list.split_inclusive(['{', '}', ',']) {
        if depth == 0 {
            segments.extend(name.find(part).map(|found| found.as_str().to_owned()));
        }
        depth += part.matches('{').count() as i32 - part.matches('}').count() as i32;
    }
    segments
}

fn may_name(module: &str, named: &str) -> bool {
    let edge = |name: &str| EDGES.iter().position(|edge| *edge == name);
    if let Some(place) = edge(module) {
        return edge(named).is_none_or(|other| other > place);
    }
    MAY_NAME.iter().any(|(name, others)| *name == module && others.contains(&named))
}

#[test]
fn a_list_of_imports_is_read() {
    let name = Regex::new(r"[a-z_]+").unwrap();
    assert_eq!(first_segments("{error::{Error, Kind}, source::Place, yaml}", &name), ["error", "source", "yaml"]);
    assert!(!may_name("manifest", "cli") && may_name("cli", "manifest"));
    assert!(may_name("cli", "server") && !may_name("server", "cli"));
}
