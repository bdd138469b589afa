//! The texts of a run, each once: a manifest that is printed twice is applied twice, or refused. Reads no file.

use std::collections::HashSet;
use std::path::PathBuf;

use super::InputText;
use super::repository::without_dots;
use crate::error::{Error, Kind};
use crate::workspace::Workspace;

/// Texts in order, each once.
pub(super) struct Texts<'w> {
    pub(super) list: Vec<InputText>,
    /// The place of each text; stdin has none.
    places: HashSet<Option<PathBuf>>,
    workspace: &'w Workspace,
}

impl<'w> Texts<'w> {
    pub(super) fn new(workspace: &'w Workspace) -> Self {
        Self { list: Vec::new(), places: HashSet::new(), workspace }
    }

    /// Adds the texts that a path names and no other path did. Returns a finding if some were named before.
    pub(super) fn add(&mut self, texts: Vec<InputText>) -> Option<Error> {
        let mut again = Vec::new();
        for text in texts {
            let place = text.path().map(|path| without_dots(&self.workspace.locate(path)));
            match self.places.insert(place) {
                true => self.list.push(text),
                false => again.push(text),
            }
        }
        match &again[..] {
            [] => None,
            [InputText::Stdin, ..] => Some(Error::new(Kind::Input, "stdin (`-`) is named twice").hint("name it once")),
            [one] => Some(twice(format!("`{}` is named twice, and read once", one.name()))),
            [one, more @ ..] => {
                Some(twice(format!("`{}` and {} more are named twice, and read once", one.name(), more.len())))
            }
        }
    }
}

fn twice(detail: String) -> Error {
    Error::warning(Kind::Input, detail).hint("name each file once, or the folder around it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_however_it_is_named() {
        let workspace = Workspace::bare("/work");
        let mut texts = Texts::new(&workspace);
        let files = |paths: &[&str]| paths.iter().map(|path| InputText::Found(path.into())).collect::<Vec<_>>();
        let named = |path: &str| vec![InputText::Named(path.into())];
        assert!(texts.add(named("a.yaml")).is_none());
        assert!(texts.add(files(&["b/x.yaml", "b/y.yaml"])).is_none());
        for path in ["./a.yaml", "b/../a.yaml", "/work/a.yaml", "b//x.yaml"] {
            assert!(texts.add(named(path)).is_some(), "{path}");
        }
        let error = texts.add(files(&["./a.yaml", "./b/x.yaml", "./c.yaml"])).unwrap();
        assert_eq!(error.detail, "`a.yaml` and 1 more are named twice, and read once");
        let names: Vec<String> = texts.list.iter().map(InputText::name).collect();
        assert_eq!(names, ["a.yaml", "b/x.yaml", "b/y.yaml", "c.yaml"]);
    }
}
