//! The charts that a chart needs: when `helm dependency build` must fetch them, from where it may, and the repositories that it needs
//! to know.

use std::path::PathBuf;

use super::address::Address;
use super::command::{Command, Given};
use super::document::{Document, Entries, is_field};
use super::environment::environment;
use super::named::Named;
use super::plain;
use crate::error::{Error, Kind};
use crate::source::Span;
use crate::words::list;
use crate::yaml::tree::{Content, NodeId, Tree};

/// What names the exact charts: that of charts today, that of old ones.
const LOCKS: [&str; 2] = ["Chart.lock", "requirements.lock"];

/// What names the charts that a lock was made for.
const REQUIREMENTS: [&str; 2] = ["Chart.yaml", "requirements.yaml"];

/// The fields of a lock.
const LOCK: [&str; 3] = ["dependencies", "digest", "generated"];

/// The fields of a chart in it.
const DEPENDENCY: [&str; 8] =
    ["name", "version", "repository", "alias", "condition", "enabled", "import-values", "tags"];

/// What a chart beside this one is named by.
const BESIDE: &str = "file://";

/// A lock.
struct Lock {
    document: Document,
    /// Its file's name.
    name: &'static str,
    /// The repositories that its charts come from.
    repositories: Vec<Repository>,
}

/// Where a chart comes from.
#[derive(Debug, PartialEq, Eq)]
struct Repository {
    text: String,
    span: Span,
}

/// The charts beside this one of which `helm dependency build` copies some into it.
pub(super) fn beside(given: &Given<'_>) -> Vec<PathBuf> {
    let lock = lock(given).ok().flatten().map(|lock| lock.repositories).unwrap_or_default();
    let paths = lock.iter().filter_map(|repository| repository.text.strip_prefix(BESIDE));
    paths.map(|path| place(given, path)).collect()
}

/// `helm dependency build`, if a lock asks for charts and `charts/` is missing. It writes that folder.
pub(super) fn build(given: &Given<'_>) -> Result<Option<Command>, Error> {
    if (given.holds)("charts") {
        return Ok(None);
    }
    let Some(lock) = lock(given)? else { return Ok(None) };
    if lock.repositories.is_empty() {
        return Ok(None);
    }
    lock.repositories.iter().try_for_each(|repository| judge(given, &lock.document, lock.name, repository))?;
    REQUIREMENTS.iter().try_for_each(|name| requirements(given, name))?;
    let file = given.private.join("repositories.yaml");
    let words = ["dependency", "build", "--repository-config"].map(str::to_owned);
    let words = words.into_iter().chain([file.display().to_string(), "--".to_owned()]).collect();
    Ok(Some(Command {
        name: "helm dependency build",
        program: given.helm.to_owned(),
        words,
        folder: given.folder.to_owned(),
        working_folder: given.working_folder.to_owned(),
        environment: environment(given),
        files: vec![(file, repositories(&lock))],
        named: Named::default(),
        talks: true,
        hints: &[],
    }))
}

/// The lock, if there is one. helm would take the second of two.
fn lock(given: &Given<'_>) -> Result<Option<Lock>, Error> {
    let there: Vec<&'static str> = LOCKS.into_iter().filter(|name| (given.holds)(name)).collect();
    let name = match there[..] {
        [] => return Ok(None),
        [name] => name,
        _ => {
            let detail = "`Chart.lock` and `requirements.lock` are both there, and helm takes the second";
            return Err(Error::new(Kind::Input, detail).hint("remove `requirements.lock`"));
        }
    };
    let document = read(given, name)?;
    let repositories = locked(&document, name)?;
    Ok(Some(Lock { document, name, repositories }))
}

/// The repositories in a lock. A key that is not known is refused: helm may read it as one that is.
fn locked(document: &Document, name: &str) -> Result<Vec<Repository>, Error> {
    let trees = document.trees()?;
    let mut roots = trees.iter().filter_map(|tree| Some((tree, tree.root()?)));
    let Some((tree, root)) = roots.next() else { return Ok(Vec::new()) };
    if let Some((tree, root)) = roots.next() {
        return Err(document.wrong(tree.node(root).span, format!("`{name}` holds more than one document")));
    }
    known(document, tree, root, &LOCK)?;
    let Some(list) = tree.get(root, "dependencies") else { return Ok(Vec::new()) };
    let charts = tree.items(tree.target(list)).map(|chart| {
        known(document, tree, chart, &DEPENDENCY)?;
        let name = tree.get(chart, "name").and_then(|name| Some((name, tree.text(name)?)));
        if let Some((node, text)) = name.filter(|(_, text)| text.contains(['/', '\\']) || *text == "..") {
            return Err(document.wrong(tree.node(node).span, format!("`{text}` is not the name of a chart")));
        }
        let repository = tree.get(chart, "repository").unwrap_or(chart);
        let span = tree.node(repository).span;
        Ok(Repository { text: tree.text(repository).unwrap_or_default().to_owned(), span })
    });
    charts.collect()
}

/// An error for a key that is not one of `fields`, or is there twice.
fn known(document: &Document, tree: &Tree<'_>, map: NodeId, fields: &[&str]) -> Result<(), Error> {
    let map = tree.target(map);
    let mut seen = Vec::new();
    for (key, _) in tree.entries(map) {
        let text = tree.text(key).unwrap_or_default();
        let wrong = |what: &str| document.wrong(tree.node(key).span, format!("`{text}` {what}"));
        if !fields.contains(&text) {
            let known = list::quoted(fields);
            return Err(
                wrong("is not a key of a lock").hint(format!("there are {known}; `helm dependency update` writes it"))
            );
        }
        if seen.contains(&text) {
            return Err(wrong("is there twice"));
        }
        seen.push(text);
    }
    Ok(())
}

/// Judges the repositories that a chart itself names: helm reads them before those of the lock.
fn requirements(given: &Given<'_>, name: &str) -> Result<(), Error> {
    if !(given.holds)(name) {
        return Ok(());
    }
    let document = read(given, name)?;
    let mut entries = Entries::default();
    let trees = document.trees()?;
    for (tree, root) in trees.iter().filter_map(|tree| Some((tree, tree.root()?))) {
        let lists = fields(&mut entries, tree, root, "dependencies");
        for chart in lists.into_iter().flat_map(|list| tree.items(tree.target(list))) {
            for repository in fields(&mut entries, tree, chart, "repository") {
                let span = tree.node(repository).span;
                let text = tree.text(repository).unwrap_or_default().to_owned();
                judge(given, &document, name, &Repository { text, span })?;
            }
        }
    }
    match entries.are_too_many() {
        true => Err(document.wrong(Span::new(0, 0), format!("`{name}` names too many charts"))),
        false => Ok(()),
    }
}

/// The values of the keys that Go takes for `name`.
fn fields(entries: &mut Entries, tree: &Tree<'_>, map: NodeId, name: &str) -> Vec<NodeId> {
    let found = entries.of(tree, map).into_iter().filter(|(key, ..)| is_field(key, name));
    found.map(|(.., value)| value).filter(|value| tree.node(tree.target(*value)).content != Content::Map).collect()
}

/// An error unless a chart beside this one is in the repository, and an address may be fetched.
fn judge(given: &Given<'_>, document: &Document, file: &str, repository: &Repository) -> Result<(), Error> {
    let Repository { text, span } = repository;
    let names = |what: &str| document.wrong(*span, format!("`{file}` names the chart `{text}`, {what}"));
    if let Some(path) = text.strip_prefix(BESIDE) {
        let is_inside = (given.inside)(&place(given, path)) && (given.inside)(&given.folder.join(path));
        return if is_inside { Ok(()) } else { Err(names("which is not in the repository")) };
    }
    if text.starts_with('@') || text.starts_with("alias:") {
        let error = names("by a name that only the machine knows on which it was given");
        return Err(error.hint("write the repository's address"));
    }
    match Address::of(text) {
        Some(address) => address.refusal(given.reaches).map_or(Ok(()), |(what, hint)| Err(names(&what).hint(hint))),
        None if text.is_empty() => Ok(()),
        None => Err(names("which is neither an address nor `file://PATH`")),
    }
}

/// Where helm finds a chart beside this one: it shortens a path before it looks.
fn place(given: &Given<'_>, path: &str) -> PathBuf {
    plain(&given.folder.join(path))
}

/// A file of the chart, which must be a text: helm reads other encodings, too.
fn read(given: &Given<'_>, name: &str) -> Result<Document, Error> {
    let shown = plain(&given.folder.join(name)).to_string_lossy().into_owned();
    let unreadable = || Error::new(Kind::Input, format!("`{shown}` is not a text of the repository"));
    let text = (given.read)(name).ok_or_else(unreadable)?;
    Ok(Document::new(shown, text))
}

/// The repositories, as helm keeps those that it knows.
fn repositories(lock: &Lock) -> String {
    let mut urls: Vec<&str> = lock.repositories.iter().map(|repository| repository.text.as_str()).collect();
    urls.retain(|url| url.starts_with("https://"));
    urls.sort_unstable();
    urls.dedup();
    let entry = |(number, url)| serde_json::json!({"name": format!("repository-{number}"), "url": url});
    let list: Vec<serde_json::Value> = urls.iter().enumerate().map(entry).collect();
    serde_json::json!({"apiVersion": "", "generated": "2000-01-01T00:00:00Z", "repositories": list}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Result<Vec<String>, String> {
        let found = locked(&Document::new("Chart.lock", text.to_owned()), "Chart.lock");
        found.map(|list| list.into_iter().map(|one| one.text).collect()).map_err(|error| error.detail)
    }

    #[test]
    fn a_lock_is_read_to_the_letter() {
        let fine = "dependencies:\n- name: a\n  repository: https://x\n  version: 1.0.0\n- name: b\ndigest: x\ngenerated: \"y\"\n";
        assert_eq!(found(fine), Ok(vec!["https://x".to_owned(), String::new()]));
        for (text, error) in [
            ("Dependencies: []\n", "`Dependencies` is not a key of a lock"),
            ("dependencies: [{name: a, Repository: file:///x}]\n", "`Repository` is not a key of a lock"),
            ("dependencies: [{name: a, repoſitory: file:///x}]\n", "`repoſitory` is not a key of a lock"),
            ("a: &a {repository: x}\n", "`a` is not a key of a lock"),
            ("dependencies: [{<<: {repository: x}}]\n", "`<<` is not a key of a lock"),
            ("dependencies: [{repository: x, repository: y}]\n", "`repository` is there twice"),
            ("dependencies: [{name: ../../x}]\n", "`../../x` is not the name of a chart"),
            ("digest: x\n---\ndigest: y\n", "`Chart.lock` holds more than one document"),
        ] {
            assert_eq!(found(text), Err(error.to_owned()), "{text}");
        }
        assert!(found("dependencies: [").is_err());
    }
}
