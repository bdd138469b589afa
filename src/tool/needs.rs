//! The files and folders that a chart or a kustomization may name outside of its own folder, so that no more of a repository is unpacked.
//! Rather too many than too few: whatever may be a path counts as one. The caller looks at the files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::without_dots;
use crate::budget::Budget;
use crate::value::Value;
use crate::yaml;

/// The files in which charts name others.
const OF_CHARTS: [&str; 4] = ["Chart.yaml", "Chart.lock", "requirements.yaml", "requirements.lock"];

/// The files that kustomize reads itself.
const OF_KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// How a chart names one beside it.
const LOCAL: &str = "file://";

/// What separates the parts of an argument: a path is one of them.
const SEPARATORS: &[char] = &['=', ',', ':', ';', '"', '\'', '{', '}', '[', ']', '(', ')'];

/// How many files are looked at.
const MOST: usize = 10_000;

/// What is needed of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    /// These files and folders, by their paths below the root.
    Paths(BTreeSet<PathBuf>),
    /// It is not certain what.
    All,
}

/// A repository, by paths below its root.
pub struct RepositoryView<'v> {
    /// A path without links; `None` if nothing is there.
    pub real: &'v dyn Fn(&Path) -> Option<PathBuf>,
    /// The text of a file; `None` if it is not unpacked, or is not a text.
    pub text: &'v dyn Fn(&Path) -> Option<String>,
}

/// What the tool of a folder may read if it is called with some words: variables and arguments. Of what is not unpacked nothing further follows:
/// ask again once it is.
pub fn needs<'w>(folder: &Path, words: impl IntoIterator<Item = &'w str>, view: &RepositoryView<'_>) -> Needs {
    let mut search = Search { view, found: BTreeSet::new(), seen: BTreeSet::new() };
    let search_all = || {
        search.folder(folder)?;
        words.into_iter().try_for_each(|text| search.words(folder, text))?;
        Some(search.found)
    };
    search_all().map_or(Needs::All, Needs::Paths)
}

/// A search through files. Its functions return nothing where it is not certain what is needed.
struct Search<'s> {
    view: &'s RepositoryView<'s>,
    found: BTreeSet<PathBuf>,
    /// The files and folders that were looked at.
    seen: BTreeSet<PathBuf>,
}

impl Search<'_> {
    /// A folder that a tool may read.
    fn folder(&mut self, folder: &Path) -> Option<()> {
        let real = (self.view.real)(folder).unwrap_or_else(|| folder.to_owned());
        self.found.insert(folder.to_owned());
        self.found.insert(real.clone());
        if !self.is_new(&real)? {
            return Some(());
        }
        for name in OF_CHARTS.iter().chain(&OF_KUSTOMIZATIONS) {
            if let Some(text) = (self.view.text)(&real.join(name)) {
                self.document(&[folder, &real], &text)?;
            }
        }
        Some(())
    }

    /// A file that names others, by paths from one of the folders.
    fn document(&mut self, folders: &[&Path], text: &str) -> Option<()> {
        // Base64 is a text that is not there to see.
        if text.contains("!!") {
            return None;
        }
        let value = yaml::parse_with_written_keys(text, &Budget::default()).ok()?;
        let mut texts = Vec::new();
        all_texts(&value, &mut texts);
        texts.into_iter().try_for_each(|text| self.text(folders, text))
    }

    fn text(&mut self, folders: &[&Path], text: &str) -> Option<()> {
        if text.contains('\n') {
            // A resource or the configuration of a generator that stands in its field.
            return if is_plain(text) { Some(()) } else { self.document(folders, text) };
        }
        let path = text.strip_prefix(LOCAL).unwrap_or(text);
        // `name=path` is how a generator gives a file another name.
        let named = path.split_once('=').map(|(_, path)| path);
        let mut is_there = false;
        for path in std::iter::once(path).chain(named) {
            for folder in folders {
                is_there |= self.path(folders, &folder.join(path))?;
            }
        }
        (is_there || !leads_up(text)).then_some(())
    }

    /// A path, whether something is there or not.
    fn path(&mut self, folders: &[&Path], path: &Path) -> Option<bool> {
        let path = inside(path)?;
        let Some(real) = (self.view.real)(&path) else { return Some(false) };
        match (self.view.text)(&real) {
            None => self.folder(&path)?,
            Some(text) => {
                self.found.insert(path);
                if self.is_new(&real)? && !is_plain(&text) {
                    self.document(folders, &text)?;
                }
                self.found.insert(real);
            }
        }
        Some(true)
    }

    /// A variable or an argument: each part that may be a path.
    fn words(&mut self, folder: &Path, text: &str) -> Option<()> {
        let is_separator = |char: char| char.is_whitespace() || SEPARATORS.contains(&char);
        for part in text.split(is_separator).filter(|part| part.contains('/') || *part == "..") {
            let from_root = part.trim_start_matches('/');
            let path = if from_root == part { inside(&folder.join(part))? } else { PathBuf::from(from_root) };
            match (self.view.real)(&path) {
                Some(real) => self.found.extend([path, real]),
                None if leads_up(part) => return None,
                None => {}
            }
        }
        Some(())
    }

    /// Whether a file or folder was not looked at before.
    fn is_new(&mut self, real: &Path) -> Option<bool> {
        let is_new = self.seen.insert(real.to_owned());
        (self.seen.len() <= MOST).then_some(is_new)
    }
}

/// Whether a text names no path outside of its folder: neither does it lead up nor hide that it does, or it configures nothing that is built
/// into kustomize.
fn is_plain(text: &str) -> bool {
    let hides = text.contains('\\') || text.contains("!!");
    !(hides || (leads_up(text) && text.contains("builtin")))
}

fn leads_up(text: &str) -> bool {
    text.contains("..")
}

/// A path below the root; `None` if it leads out.
fn inside(path: &Path) -> Option<PathBuf> {
    let path = without_dots(path);
    (!path.starts_with("..")).then_some(path)
}

fn all_texts<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::Text(text) => out.push(text),
        Value::List(items) => items.iter().for_each(|item| all_texts(item, out)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| all_texts(value, out)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is needed for the folder `app` of some files.
    fn found(files: &[(&str, &str)], words: &[&str]) -> Option<Vec<String>> {
        let is_there = |path: &Path| files.iter().any(|(name, _)| Path::new(name).starts_with(path));
        let view = RepositoryView {
            real: &|path| is_there(path).then(|| path.to_owned()),
            text: &|path| files.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| (*text).to_owned()),
        };
        match needs(Path::new("app"), words.iter().copied(), &view) {
            Needs::All => None,
            Needs::Paths(paths) => Some(paths.iter().map(|path| path.display().to_string()).collect()),
        }
    }

    #[test]
    fn what_a_kustomization_names_is_needed_and_what_that_names() {
        let files = [
            ("app/kustomization.yaml", "resources: [../base, a.yaml, sub]\npatches: [{path: ../p/patch.yaml}]\n"),
            ("app/a.yaml", "text: ../../other\n"),
            ("app/sub/kustomization.yml", "components: [../../component]\n"),
            (
                "base/kustomization.yaml",
                "configMapGenerator: [{files: [k=../conf/x.txt]}]\nresources: [https://x.test/..]\n",
            ),
            (
                "component/Kustomization",
                "kind: Component\nhelmCharts: [{name: c}]\nhelmGlobals: {chartHome: ../charts}\n",
            ),
            ("charts/c/Chart.yaml", "name: c\n"),
            ("conf/x.txt", "..\n"),
            ("p/patch.yaml", "{}\n"),
            ("other/x", ""),
        ];
        let plain: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (*path, text.strip_suffix("resources: [https://x.test/..]\n").unwrap_or(text)))
            .collect();
        let expected = ["app", "app/a.yaml", "app/sub", "base", "charts", "component", "conf/x.txt", "p/patch.yaml"];
        assert_eq!(found(&plain, &[]).unwrap(), expected);
        // An address that leads up may be a path that nobody sees.
        assert_eq!(found(&files, &[]), None);
    }

    #[test]
    fn charts_beside_and_files_that_words_name_are_needed() {
        let files = [
            ("app/Chart.yaml", "dependencies: [{repository: 'file://../lib'}, {repository: 'https://x.test'}]\n"),
            ("lib/Chart.yaml", "dependencies: [{repository: file://../deep}]\n"),
            ("deep/Chart.yaml", "name: deep\n"),
            ("values/prod.yaml", "a: 1\n"),
        ];
        let words = ["-f ../values/prod.yaml --set a=/healthz", "[{\"name\":\"x\",\"string\":\"a/b\"}]"];
        assert_eq!(found(&files, &words).unwrap(), ["app", "deep", "lib", "values/prod.yaml"]);
        assert_eq!(found(&files, &["-f /values/prod.yaml"]).unwrap(), ["app", "deep", "lib", "values/prod.yaml"]);
        assert_eq!(found(&files, &["--set a=../nothing"]), None);
    }

    #[test]
    fn what_is_not_certain_needs_all() {
        for text in [
            "resources: [../gone]\n",
            "resources: [../../out]\n",
            "resources: [!!binary Li4vYmFzZQ==]\n",
            "resources: [\n",
            "generators:\n- |\n  apiVersion: builtin\n  files: [../gone]\n",
            "generators: [g.yaml]\n",
        ] {
            let files =
                [("app/kustomization.yaml", text), ("app/g.yaml", "apiVersion: \"built\\x69n\"\nfiles: [../gone]\n")];
            assert_eq!(found(&files, &[]), None, "{text}");
        }
        let generator = "generators:\n- |\n  apiVersion: builtin\n  files: [../base/x]\n";
        let files = [("app/kustomization.yaml", generator), ("base/x", "")];
        assert_eq!(found(&files, &[]).unwrap(), ["app", "base/x"]);
    }
}
