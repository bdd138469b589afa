//! No circle leads through the files of a folder, but where a grammar needs it. A folder's own `mod.rs` is its face: it names all of
//! them, and they may name what stands in it.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use walkdir::WalkDir;

use crate::support::program::root;

/// Folders whose files call each other as the rules of a grammar do.
const GRAMMARS: &[&str] = &["modifier/jsonpath"];

/// Folders with circles that are no grammar's. Nothing is added here: what is mended is taken out.
const ROUND: &[&str] = &["backend/vault", "client", "config", "contain/proxy", "pass/build", "tool"];

/// A module by its path: `["render", "plan"]`.
type Module = Vec<String>;

/// Each module's text, without comments and tests.
type Modules = BTreeMap<Module, String>;

/// Each module's paths to what it names, and the modules that they lead to.
type Uses = BTreeMap<Module, Vec<Path>>;
type Imports = BTreeMap<Module, BTreeSet<Module>>;

/// `super::b::One`, and whether others find it here too.
struct Path {
    names: Vec<String>,
    is_passed_on: bool,
}

#[test]
fn no_files_of_a_folder_name_each_other() {
    let modules = modules(&root().join("src"));
    let imports = all_imports(&modules);
    let mut circles = Vec::new();
    // What folders of the root may name stands in a table of its own.
    let folders = modules.keys().filter_map(|module| module.split_last().map(|(_, rest)| rest));
    let folders: BTreeSet<&[String]> = folders.filter(|folder| !folder.is_empty()).collect();
    for folder in folders {
        if !GRAMMARS.iter().chain(ROUND).any(|exception| *exception == folder.join("/")) {
            circles.extend(circle(folder, &imports).map(|names| format!("src/{}: {names}", folder.join("/"))));
        }
    }
    assert!(circles.is_empty(), "these name each other:\n{}", circles.join("\n"));
}

/// The members of `folder` that a circle leads through, each with those that it names.
fn circle(folder: &[String], imports: &Imports) -> Option<String> {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (module, others) in imports {
        let Some(own) = member(folder, module) else { continue };
        let others = others.iter().filter_map(|other| member(folder, other)).filter(|other| *other != own);
        named.entry(own).or_default().extend(others);
    }
    loop {
        let all: BTreeSet<&str> = named.keys().copied().collect();
        let used: BTreeSet<&str> = named.values().flatten().copied().collect();
        let leads_on = |name: &str, others: &BTreeSet<&str>| used.contains(name) && !others.is_disjoint(&all);
        named.retain(|name, others| leads_on(name, others));
        if named.len() == all.len() {
            break;
        }
    }
    let all: BTreeSet<&str> = named.keys().copied().collect();
    let line = |(name, others): (&&str, &BTreeSet<&str>)| {
        format!("{name} → {}", others.intersection(&all).copied().collect::<Vec<_>>().join(", "))
    };
    (!named.is_empty()).then(|| named.iter().map(line).collect::<Vec<_>>().join("; "))
}

/// The file or folder in `folder` that `module` belongs to; `None` for the folder's own file.
fn member<'m>(folder: &[String], module: &'m [String]) -> Option<&'m str> {
    module.strip_prefix(folder)?.first().map(String::as_str)
}

/// The modules that each module names, in `use` or in a path.
fn all_imports(modules: &Modules) -> Imports {
    let paths = Regex::new(r"(?s)\b(pub(?:\([^)]*\))? )?use ([^;]+);").unwrap();
    let inline = Regex::new(r"(?:^|[^:\w])((?:[a-z_]+::)+[A-Za-z_]+)").unwrap();
    let used = modules.iter().map(|(module, text)| {
        let mut used = Vec::new();
        for found in paths.captures_iter(text) {
            expand(&found[2], &[], found.get(1).is_some(), &mut used);
        }
        let rest = paths.replace_all(text, "");
        for found in inline.captures_iter(&rest) {
            expand(&found[1], &[], false, &mut used);
        }
        (module.clone(), used)
    });
    let used: Uses = used.collect();
    let resolved = |(module, paths): (&Module, &Vec<Path>)| {
        (module.clone(), paths.iter().filter_map(|path| resolve(module, &path.names, &used)).collect())
    };
    used.iter().map(resolved).collect()
}

/// The paths of a `use`: `a::b` and `a::c` of `a::{b, c as d}`.
fn expand(tree: &str, before: &[String], is_passed_on: bool, out: &mut Vec<Path>) {
    let tree = tree.trim();
    let (path, list) = tree.split_once('{').map_or((tree, None), |(path, list)| (path, list.strip_suffix('}')));
    let path = path.split(" as ").next().unwrap_or_default();
    let names = path.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let names: Vec<String> = before.iter().cloned().chain(names).collect();
    let Some(list) = list else { return out.push(Path { names, is_passed_on }) };
    let (mut depth, mut start) = (0, 0);
    for (at, char) in list.char_indices().chain([(list.len(), ',')]) {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !list[start..at].trim().is_empty() {
                    expand(&list[start..at], &names, is_passed_on, out);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// The module that a path leads to from `module`, through what others pass on; `None` for another crate's.
fn resolve(module: &[String], path: &[String], uses: &Uses) -> Option<Module> {
    let mut at: Module = module.to_vec();
    let mut names = path.iter().peekable();
    match path.first()?.as_str() {
        "crate" => at.clear(),
        "self" | "super" => {}
        first if uses.contains_key(&[module, &[first.to_owned()]].concat()) => {}
        _ => return None,
    }
    while let Some(name) = names.next_if(|name| matches!(name.as_str(), "crate" | "self" | "super")) {
        if name == "super" {
            at.pop()?;
        }
    }
    for name in names {
        at.push(name.clone());
        if !uses.contains_key(&at) {
            at.pop();
            let passed_on = uses[&at].iter().find(|path| path.is_passed_on && path.names.last() == Some(name));
            return passed_on.and_then(|path| resolve(&at, &path.names, uses)).or(Some(at));
        }
    }
    Some(at)
}

fn modules(src: &std::path::Path) -> Modules {
    let files = WalkDir::new(src).into_iter().map(|entry| entry.expect("src is readable").into_path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let module = |path: &std::path::Path| {
        let path = path.strip_prefix(src).expect("it is below").with_extension("");
        let mut names: Module = path.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        names.pop_if(|last| matches!(last.as_str(), "mod" | "lib"));
        names
    };
    let visibility = Regex::new(r"pub\(in [^)]*\)").unwrap();
    let text = |path: &std::path::Path| {
        let text = std::fs::read_to_string(path).expect("a source file is text");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.map(|line| visibility.replace(line, "pub ")).collect::<Vec<_>>().join("\n")
    };
    let is_test = |name: &String| name.ends_with("tests");
    let tests = |module: &Module| module.iter().any(is_test) || module.last().is_some_and(|last| last == "main");
    files.map(|path| (module(&path), text(&path))).filter(|(module, _)| !tests(module)).collect()
}

#[test]
fn imports_are_read() {
    let names = |text: &str| text.split('/').map(str::to_owned).collect::<Module>();
    let modules: Modules = [
        ("a", "mod b;\nmod c;\npub use b::{One, Two as Three};\nfn f() { c::g() }"),
        ("a/b", "use super::c::{g, self};\nuse std::fmt;"),
        ("a/c", "use super::{One, Own};\nuse crate::a::d::e;"),
        ("a/d", ""),
        ("a/d/e", "fn f() { super::super::c::g() }"),
    ]
    .map(|(module, text)| (names(module), text.to_owned()))
    .into();
    let imports = all_imports(&modules);
    assert_eq!(imports[&names("a")], ["a/b", "a/c"].map(names).into());
    assert_eq!(imports[&names("a/b")], ["a/c"].map(names).into());
    assert_eq!(imports[&names("a/c")], ["a", "a/b", "a/d/e"].map(names).into());
    assert_eq!(imports[&names("a/d/e")], ["a/c"].map(names).into());
    assert_eq!(circle(&names("a"), &imports).as_deref(), Some("b → c; c → b, d; d → c"));
}
