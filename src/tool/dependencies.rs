//! The charts that a chart needs: when `helm dependency build` must fetch them, from where it may, and the repositories that it needs
//! to know.

use std::path::PathBuf;

use super::address::Address;
use super::command::{Command, PrivateFile, ToolContext};
use super::document::{Entries, ParsedFile, is_field};
use super::environment::environment;
use super::operator_files::OperatorFiles;
use super::without_dots;
use crate::error::{Error, Kind};
use crate::source::Span;
use crate::words::list;
use crate::yaml::tree::{Content, NodeId, Tree};

/// The files that name the exact charts: the one of charts today, the one of older charts.
const LOCKS: [&str; 2] = ["Chart.lock", "requirements.lock"];

/// The files that name the charts which a lock was made for.
const REQUIREMENTS: [&str; 2] = ["Chart.yaml", "requirements.yaml"];

/// The fields of a lock.
const LOCK: [&str; 3] = ["dependencies", "digest", "generated"];

/// The fields of a chart in it.
const DEPENDENCY: [&str; 8] =
    ["name", "version", "repository", "alias", "condition", "enabled", "import-values", "tags"];

/// How a lock names a local chart.
const LOCAL_CHART: &str = "file://";

/// A lock of a chart's dependencies.
struct ChartLock {
    document: ParsedFile,
    /// Its file's name.
    name: &'static str,
    /// The repositories that its charts come from.
    repositories: Vec<ChartRepository>,
}

/// Where a chart comes from.
#[derive(Debug, PartialEq, Eq)]
struct ChartRepository {
    text: String,
    span: Span,
}

/// The folders of the local charts that the lock names. `helm dependency build` copies them into the chart.
pub(super) fn sibling_charts(context: &ToolContext<'_>) -> Vec<PathBuf> {
    let lock = lock(context).ok().flatten().map(|lock| lock.repositories).unwrap_or_default();
    let paths = lock.iter().filter_map(|repository| repository.text.strip_prefix(LOCAL_CHART));
    paths.map(|path| place(context, path)).collect()
}

/// `helm dependency build`, if a lock asks for charts and `charts/` is missing. It writes that folder.
pub(super) fn build(context: &ToolContext<'_>) -> Result<Option<Command>, Error> {
    if (context.has)("charts") {
        return Ok(None);
    }
    let Some(lock) = lock(context)? else { return Ok(None) };
    if lock.repositories.is_empty() {
        return Ok(None);
    }
    lock.repositories
        .iter()
        .try_for_each(|repository| check_repository(context, &lock.document, lock.name, repository))?;
    REQUIREMENTS.iter().try_for_each(|name| requirements(context, name))?;
    let path = context.private.join("repositories.yaml");
    let words = ["dependency", "build", "--repository-config"].map(str::to_owned);
    let words = words.into_iter().chain([path.display().to_string(), "--".to_owned()]).collect();
    Ok(Some(Command {
        name: "helm dependency build",
        program: context.helm.to_owned(),
        words,
        folder: Some(context.folder.to_owned()),
        working_folder: context.working_folder.to_owned(),
        environment: environment(context),
        files: vec![PrivateFile { path, text: repositories(&lock), name: format!("`{}`", lock.name) }],
        operator_files: OperatorFiles::default(),
        logs_on_stdout: true,
        hints: &[],
    }))
}

/// The lock, if there is one. helm would take the second of two.
fn lock(context: &ToolContext<'_>) -> Result<Option<ChartLock>, Error> {
    let there: Vec<&'static str> = LOCKS.into_iter().filter(|name| (context.has)(name)).collect();
    let name = match there[..] {
        [] => return Ok(None),
        [name] => name,
        _ => {
            let detail = "`Chart.lock` and `requirements.lock` are both there, and helm takes the second";
            return Err(Error::new(Kind::Input, detail).hint("remove `requirements.lock`"));
        }
    };
    let document = read(context, name)?;
    let repositories = locked(&document, name)?;
    Ok(Some(ChartLock { document, name, repositories }))
}

/// The repositories in a lock. A key that is not known is refused: helm may read it as one that is.
fn locked(document: &ParsedFile, name: &str) -> Result<Vec<ChartRepository>, Error> {
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
        Ok(ChartRepository { text: tree.text(repository).unwrap_or_default().to_owned(), span })
    });
    charts.collect()
}

/// An error for a key that is not one of `fields`, or is there twice.
fn known(document: &ParsedFile, tree: &Tree<'_>, map: NodeId, fields: &[&str]) -> Result<(), Error> {
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
            return Err(wrong("occurs twice"));
        }
        seen.push(text);
    }
    Ok(())
}

/// Checks the repositories that a chart itself names: helm reads them before those of the lock.
fn requirements(context: &ToolContext<'_>, name: &str) -> Result<(), Error> {
    if !(context.has)(name) {
        return Ok(());
    }
    let document = read(context, name)?;
    let mut entries = Entries::default();
    let trees = document.trees()?;
    for (tree, root) in trees.iter().filter_map(|tree| Some((tree, tree.root()?))) {
        let lists = fields(&mut entries, tree, root, "dependencies");
        for chart in lists.into_iter().flat_map(|list| tree.items(tree.target(list))) {
            for repository in fields(&mut entries, tree, chart, "repository") {
                let span = tree.node(repository).span;
                let text = tree.text(repository).unwrap_or_default().to_owned();
                check_repository(context, &document, name, &ChartRepository { text, span })?;
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

/// An error unless a local chart is in the repository, and a remote one may be fetched.
fn check_repository(
    context: &ToolContext<'_>,
    document: &ParsedFile,
    file: &str,
    repository: &ChartRepository,
) -> Result<(), Error> {
    let ChartRepository { text, span } = repository;
    let names = |what: &str| document.wrong(*span, format!("`{file}` names the chart `{text}`, {what}"));
    if let Some(path) = text.strip_prefix(LOCAL_CHART) {
        let is_inside = (context.is_inside)(&place(context, path)) && (context.is_inside)(&context.folder.join(path));
        return if is_inside { Ok(()) } else { Err(names("which is not in the repository")) };
    }
    if text.starts_with('@') || text.starts_with("alias:") {
        let error = names("by a name that only one machine knows");
        return Err(error.hint("write the repository's address"));
    }
    match Address::of(text) {
        Some(address) => address.refusal(context.may_reach).map_or(Ok(()), |(what, hint)| Err(names(&what).hint(hint))),
        None if text.is_empty() => Ok(()),
        None => Err(names("which is neither an address nor `file://PATH`")),
    }
}

/// Where helm finds a local chart: it shortens a path before it looks.
fn place(context: &ToolContext<'_>, path: &str) -> PathBuf {
    without_dots(&context.folder.join(path))
}

/// A file of the chart, which must be a text: helm reads other encodings, too.
fn read(context: &ToolContext<'_>, name: &str) -> Result<ParsedFile, Error> {
    let shown = without_dots(&context.folder.join(name)).to_string_lossy().into_owned();
    let unreadable = || Error::new(Kind::Input, format!("`{shown}` is not a text file of the repository"));
    let text = (context.read)(name).ok_or_else(unreadable)?;
    Ok(ParsedFile::new(shown, text))
}

/// The repositories in the form of helm's own file of repositories.
fn repositories(lock: &ChartLock) -> String {
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
        let found = locked(&ParsedFile::new("Chart.lock", text.to_owned()), "Chart.lock");
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
            ("dependencies: [{repository: x, repository: y}]\n", "`repository` occurs twice"),
            ("dependencies: [{name: ../../x}]\n", "`../../x` is not the name of a chart"),
            ("digest: x\n---\ndigest: y\n", "`Chart.lock` holds more than one document"),
        ] {
            assert_eq!(found(text), Err(error.to_owned()), "{text}");
        }
        assert!(found("dependencies: [").is_err());
    }
}
