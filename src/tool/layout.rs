//! Which charts and kustomizations of a tree stand for themselves, and which folders and files are parts of them.
//! Knows how a kustomization and a chart name other folders. The caller reads the files.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::{MARKS, Tool, without_dots};
use crate::budget::Budget;
use crate::value::Value;
use crate::yaml;

/// The fields in which a kustomization names folders that it takes in.
const TAKES_FOLDERS: [&str; 6] = ["resources", "bases", "components", "generators", "transformers", "validators"];

/// How the folders with a chart or a kustomization depend on each other.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The folders that stand for themselves, with their tools.
    pub whole: BTreeSet<(PathBuf, Tool)>,
    /// Folders that are parts of others, and folders that are nothing by themselves: library charts, components.
    parts: HashSet<PathBuf>,
    /// Files that kustomizations read.
    files: HashSet<PathBuf>,
    /// Each folder with a folder or file that it takes in.
    taken: HashSet<(PathBuf, PathBuf)>,
    /// Folders of which helm prints all manifests.
    printed: Vec<PathBuf>,
}

impl Layout {
    /// Looks into `folders`, each with its tool; `read` gives a file's text, if it is there.
    pub(crate) fn new(folders: &BTreeSet<(PathBuf, Tool)>, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let (mut layout, budget) = (Self::default(), Budget::default());
        for (folder, tool) in folders {
            let marks = MARKS.iter().filter(|(_, of)| of == tool);
            let text = marks.filter_map(|(name, _)| read(&folder.join(name))).next().unwrap_or_default();
            let content = yaml::parse_with_written_keys(&text, &budget).unwrap_or(Value::Null);
            match tool {
                Tool::Helm => layout.chart(folder, &content),
                Tool::Kustomize => layout.kustomization(folder, &content),
                Tool::Plain => {}
            }
        }
        let stands_alone = |(folder, _): &&(PathBuf, Tool)| !layout.parts.contains(&without_dots(folder));
        layout.whole = folders.iter().filter(stands_alone).cloned().collect();
        layout
    }

    /// Whether the content of the file at `path` is part of a tool's output.
    pub(crate) fn is_printed(&self, path: &Path) -> bool {
        let path = without_dots(path);
        self.files.contains(&path) || self.printed.iter().any(|folder| path.starts_with(folder))
    }

    /// A folder, and all folders and files outside it that it takes in, directly or through others.
    pub(crate) fn reach(&self, folder: &Path) -> Vec<PathBuf> {
        let mut reach = vec![without_dots(folder)];
        let mut next = 0;
        while let Some(folder) = reach.get(next).cloned() {
            let taken = self.taken.iter().filter(|(by, _)| *by == folder).map(|(_, path)| path);
            let new: Vec<PathBuf> = taken.filter(|path| !reach.contains(path)).cloned().collect();
            reach.extend(new);
            next += 1;
        }
        reach
    }

    fn chart(&mut self, folder: &Path, content: &Value) {
        if text(content, "type") == Some("library") {
            self.parts.insert(without_dots(folder));
        }
        self.printed.push(without_dots(&folder.join("crds")));
        let repositories =
            items(content, "dependencies").iter().filter_map(|dependency| text(dependency, "repository"));
        let beside = repositories.filter_map(|repository| repository.strip_prefix("file://"));
        let beside: Vec<PathBuf> = beside.map(|path| without_dots(&folder.join(path))).collect();
        self.taken.extend(beside.iter().map(|path| (without_dots(folder), path.clone())));
        self.parts.extend(beside);
    }

    fn kustomization(&mut self, folder: &Path, content: &Value) {
        let own = without_dots(folder);
        if text(content, "kind") == Some("Component") {
            self.parts.insert(own.clone());
        }
        let named = TAKES_FOLDERS.iter().flat_map(|field| items(content, field)).filter_map(one_text);
        let home = content.get("helmGlobals").and_then(|globals| text(globals, "chartHome")).unwrap_or("charts");
        let charts = items(content, "helmCharts").iter().filter_map(|chart| text(chart, "name"));
        let charts = charts.map(|chart| Path::new(home).join(chart));
        let taken = named.map(PathBuf::from).chain(charts).map(|path| without_dots(&folder.join(path)));
        let taken: Vec<PathBuf> = taken.filter(|path| *path != own).collect();
        self.taken.extend(taken.iter().map(|path| (own.clone(), path.clone())));
        self.parts.extend(taken);
        let mut words = Vec::new();
        texts(content, &mut words);
        // `name=path` is how a generator gives a file another name.
        let paths = words.into_iter().map(|word| word.split_once('=').map_or(word, |(_, path)| path));
        let paths: Vec<PathBuf> = paths.map(|path| without_dots(&folder.join(path))).collect();
        self.taken.extend(paths.iter().map(|path| (own.clone(), path.clone())));
        self.files.extend(paths);
    }
}

fn text<'v>(map: &'v Value, key: &str) -> Option<&'v str> {
    one_text(map.get(key)?)
}

pub(super) fn one_text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

pub(super) fn items<'v>(map: &'v Value, key: &str) -> &'v [Value] {
    match map.get(key) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// Every text of one line: whatever the field, a path is one of them.
pub(super) fn texts<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::Text(text) if !text.contains('\n') => out.push(text),
        Value::List(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| texts(value, out)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The layout of files, each with its text.
    fn layout(files: &[(&str, &str)]) -> Layout {
        let read =
            |path: &Path| files.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| (*text).to_owned());
        let folders = files.iter().filter_map(|(name, _)| {
            let path = Path::new(name);
            let tool = Tool::of(|mark| path.ends_with(mark));
            (tool != Tool::Plain).then(|| (path.parent().unwrap().to_owned(), tool))
        });
        Layout::new(&folders.collect(), &read)
    }

    fn whole(layout: &Layout) -> Vec<&str> {
        layout.whole.iter().map(|(folder, _)| folder.to_str().unwrap()).collect()
    }

    #[test]
    fn what_another_takes_in_does_not_stand_for_itself() {
        let found = layout(&[
            ("base/kustomization.yaml", "resources: [web.yaml, https://example.com/x.yaml]\nnamespace: prod\n"),
            ("cd/Kustomization", "kind: Component\npatches: [{path: patch.yaml}]\n"),
            ("charts/db/Chart.yaml", "name: db\n"),
            ("lib/Chart.yaml", "type: library\n"),
            ("prod/kustomization.yml", "resources: [../base, .]\ncomponents: [../cd]\n"),
            (
                "stage/kustomization.yaml",
                "bases: ['../base/']\nhelmCharts: [{name: db}]\nhelmGlobals: {chartHome: ../charts}\n",
            ),
            ("umbrella/Chart.yaml", "dependencies: [{repository: 'file://../web'}, {repository: https://x}]\n"),
            ("web/Chart.yaml", "name: web\n"),
        ]);
        assert_eq!(whole(&found), ["prod", "stage", "umbrella"]);
    }

    #[test]
    fn a_folder_reaches_what_it_takes_in() {
        let found = layout(&[
            ("base/kustomization.yaml", "resources: [../shared/b.yaml]\n"),
            ("prod/kustomization.yaml", "resources: [../base]\n"),
            ("web/Chart.yaml", "dependencies: [{repository: 'file://../lib'}]\n"),
        ]);
        for (folder, part, is_reached) in [
            ("prod", "prod", true),
            ("prod", "base", true),
            ("prod", "shared/b.yaml", true),
            ("base", "prod", false),
            ("web", "lib", true),
        ] {
            assert_eq!(found.reach(Path::new(folder)).contains(&part.into()), is_reached, "{folder} {part}");
        }
    }

    #[test]
    fn a_name_is_no_folder() {
        let found = layout(&[
            ("kustomization.yaml", "namespace: web\nnamePrefix: web\nresources: [a.yaml]\n"),
            ("web/kustomization.yaml", "resources: ["),
        ]);
        assert_eq!(whole(&found), ["", "web"]);
    }

    #[test]
    fn files_that_a_tool_reads_are_known() {
        let found = layout(&[
            (
                "app/kustomization.yaml",
                "resources: [./a.yaml, ../shared/b.yaml]\npatches: [{path: patches/p.yaml}, {patch: \"- op: x\\n  path: /y.yaml\"}]\n\
                 configMapGenerator: [{files: [config.yaml=files/c.yaml]}]\nhelmCharts: [{valuesFile: v.yaml}]\n",
            ),
            ("chart/Chart.yaml", ""),
        ]);
        for (path, taken) in [
            ("app/a.yaml", true),
            ("./app/a.yaml", true),
            ("shared/b.yaml", true),
            ("app/patches/p.yaml", true),
            ("app/files/c.yaml", true),
            ("app/v.yaml", true),
            ("app/other.yaml", false),
            ("app/y.yaml", false),
            ("chart/crds/x.yaml", true),
            ("chart/extra.yaml", false),
        ] {
            assert_eq!(found.is_printed(Path::new(path)), taken, "{path}");
        }
    }

    #[test]
    fn paths_lose_what_says_nothing() {
        for (path, expected) in [("a/./b/../c", "a/c"), ("../../a", "../../a"), ("a/..", ""), ("/a/../b", "/b")] {
            assert_eq!(without_dots(Path::new(path)), Path::new(expected));
        }
    }
}
