//! The manifests below a folder in the order of their names, and the folders there that a tool builds. Reads no file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::entry_error::{leads_back, no_manifests, unreadable_entry};
use super::names::{CHART, has_manifest_ending, is_skipped, tool_of};
use super::repository::Repository;
use super::typed_folder::TypedFolder;
use super::{ENTRIES, InputText, too_many, typed_name};
use crate::error::{Error, Errors, Kind};
use crate::workspace::Workspace;

/// Folders that a tool builds, each by the name that a user types, with the tool's name.
pub(crate) type Buildable = BTreeSet<(String, &'static str)>;

/// Adds the manifests below the folder that a user types as `name` to `texts`. Links are followed as long as they stay inside the
/// repository. A folder without manifests is an error unless it `may_be_empty`.
pub(super) fn list(
    name: &Path,
    may_be_empty: bool,
    workspace: &Workspace,
    texts: &mut Vec<InputText>,
    errors: &mut Errors,
) {
    let (folder, repository) = (TypedFolder::new(name, workspace), Repository::around(name, workspace));
    let (before, had_errors) = (texts.len(), errors.any());
    let walk = WalkDir::new(&folder.place).follow_links(true).sort_by_file_name();
    let is_git = |entry: &DirEntry| entry.file_type().is_dir() && repository.is_git_dir(entry.path());
    let is_input = |entry: &DirEntry| entry.depth() == 0 || !(is_skipped_entry(entry) || is_git(entry));
    let mut walk = walk.into_iter().filter_entry(is_input);
    let mut left = ENTRIES;
    while let Some(entry) = walk.next() {
        let Some(less) = left.checked_sub(1) else { return errors.push(too_many(name)) };
        left = less;
        let entry = entry.map_err(|error| walk_error(&error, &folder, &repository));
        let is_folder = entry.as_ref().is_ok_and(|entry| entry.file_type().is_dir());
        match entry.and_then(|entry| manifest(&entry, &folder, &repository)) {
            Ok(Some(path)) => texts.push(InputText::Found(path)),
            Ok(None) => {}
            Err(error) => {
                errors.push(error);
                if is_folder {
                    walk.skip_current_dir();
                }
            }
        }
    }
    if texts.len() == before && !may_be_empty && errors.any() == had_errors {
        errors.push(no_manifests(name, |file| folder.place.join(file).exists()));
    }
}

/// The folders with a chart or a kustomization, those below which `paths` name. Links are followed as for manifests.
pub(crate) fn buildable_folders(paths: &[String], workspace: &Workspace) -> Buildable {
    let mut buildable = Buildable::new();
    let folders = paths.iter().map(|path| TypedFolder::new(Path::new(path), workspace));
    for folder in folders.filter(|folder| folder.place.is_dir()) {
        let repository = Repository::around(folder.name, workspace);
        let stays = |entry: &DirEntry| !entry.path_is_symlink() || repository.check_link(entry.path()).is_ok();
        let is_input = |entry: &DirEntry| entry.depth() == 0 || (!is_hidden_or_a_chart_s(entry) && stays(entry));
        let walk = WalkDir::new(&folder.place).follow_links(true).into_iter().filter_entry(is_input);
        // Listing the manifests reports that there are too many.
        for entry in walk.take(ENTRIES).flatten() {
            let name = entry.path().parent().map(|parent| typed_name(&folder.name_of(parent))).unwrap_or_default();
            buildable.extend(tool_of(&entry.file_name().to_string_lossy()).map(|tool| (name, tool)));
        }
    }
    buildable
}

/// Whether there is a manifest below `folder`; the first one tells.
pub(super) fn has_manifest(folder: &Path) -> bool {
    let walk = WalkDir::new(folder).into_iter().filter_entry(|entry| entry.depth() == 0 || !is_skipped_entry(entry));
    walk.flatten().any(|entry| !entry.file_type().is_dir() && has_manifest_ending(entry.path()))
}

/// The name that a user would type for the entry, if it is a manifest; an error if it may not be read.
fn manifest(entry: &DirEntry, folder: &TypedFolder<'_>, repository: &Repository) -> Result<Option<PathBuf>, Error> {
    let is_manifest = !entry.file_type().is_dir() && has_manifest_ending(entry.path());
    let matters = is_manifest || entry.file_type().is_dir();
    if entry.depth() > 0 && entry.path_is_symlink() && matters {
        repository.check_link_as(entry.path(), &folder.name_of(entry.path()))?;
    }
    if is_manifest && !entry.file_type().is_file() {
        let error =
            Error::new(Kind::Input, format!("`{}` is not a regular file", typed_name(&folder.name_of(entry.path()))));
        return Err(error.hint("remove it, or give it another name than a manifest's"));
    }
    Ok(is_manifest.then(|| folder.name_of(entry.path())))
}

fn is_hidden_or_a_chart_s(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.') || (entry.file_type().is_dir() && is_skipped_entry(entry))
}

fn is_skipped_entry(entry: &DirEntry) -> bool {
    let is_in_a_chart = || entry.path().parent().is_some_and(|folder| folder.join(CHART).exists());
    is_skipped(&entry.file_name().to_string_lossy(), is_in_a_chart)
}

fn walk_error(error: &walkdir::Error, folder: &TypedFolder<'_>, repository: &Repository) -> Error {
    let name = error.path().map(|path| folder.name_of(path)).unwrap_or_default();
    if let Some(ancestor) = error.loop_ancestor() {
        return leads_back(&name, &folder.name_of(ancestor));
    }
    let is_link = error.path().is_some_and(Path::is_symlink);
    let cause = error.io_error().map(ToString::to_string).unwrap_or_default();
    let unreadable = || unreadable_entry(&name, cause);
    let is_circle = error.io_error().is_some_and(|error| error.raw_os_error() == Some(libc::ELOOP));
    let link = error.path().filter(|_| is_link && !is_circle);
    link.and_then(|link| repository.check_link_as(link, &name).err()).unwrap_or_else(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with `files`, and what `list` finds in it, names below the folder.
    fn found(files: &[&str], links: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("repository");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(folder.path().join("outside.yaml"), "").unwrap();
        for file in files {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        for (link, target) in links {
            std::os::unix::fs::symlink(target, root.join(link)).unwrap();
        }
        let (mut texts, mut errors) = (Vec::new(), Errors::new());
        list(Path::new("."), false, &Workspace::bare(root.clone()), &mut texts, &mut errors);
        let names = texts.iter().map(InputText::name);
        let details = errors.iter().map(|error| error.detail.clone());
        (names.collect(), details.collect())
    }

    #[test]
    fn entries_come_in_the_order_of_their_names_and_a_folder_where_its_name_stands() {
        let (names, errors) =
            found(&["b/z.yml", "b/a.json", "c.yaml", "a.yaml", "b.yaml", "notes.txt", "b-c.yaml"], &[]);
        assert_eq!(names, ["a.yaml", "b/a.json", "b/z.yml", "b-c.yaml", "b.yaml", "c.yaml"]);
        assert!(errors.is_empty());
    }

    #[test]
    fn hidden_files_kustomizations_and_charts_are_skipped() {
        let skipped =
            [".hidden.yaml", ".github/x.yaml", "kustomization.yaml", "k/kustomization.yml", "k/Kustomization"];
        let chart = [
            "chart/Chart.yaml",
            "chart/values.yaml",
            "chart/values-prod.yaml",
            "chart/values-dev.yml",
            "chart/values.schema.json",
            "chart/requirements.yaml",
            "chart/templates/x.yaml",
            "chart/charts/y.yaml",
        ];
        let read = ["chart/extra.yaml", "plain/templates/x.yaml", "plain/values.yaml"];
        let (names, errors) = found(&[&skipped[..], &chart[..], &read[..]].concat(), &[]);
        assert_eq!(names, read);
        assert!(errors.is_empty());
    }

    #[test]
    fn links_are_followed_inside_the_repository_only() {
        for (link, target, names, error) in [
            ("l.yaml", "a/x.yaml", vec!["a/x.yaml", "l.yaml"], None),
            ("l", "a", vec!["a/x.yaml", "l/x.yaml"], None),
            ("l.yaml", "../outside.yaml", vec!["a/x.yaml"], Some("leads outside the repository")),
            ("l.yaml", ".git/config", vec!["a/x.yaml"], Some("leads to Git's own files")),
            ("l.yaml", "a/./../.git/../.git/config", vec!["a/x.yaml"], Some("leads to Git's own files")),
            ("l", ".git", vec!["a/x.yaml"], Some("leads to Git's own files")),
            ("l", "..", vec!["a/x.yaml"], Some("leads")),
            ("l.yaml", "nowhere.yaml", vec!["a/x.yaml"], Some("the link `l.yaml` leads nowhere")),
            ("a/up", "..", vec!["a/x.yaml"], Some("the link `a/up` leads back to")),
            ("a/self", "self", vec!["a/x.yaml"], Some("cannot read `a/self`")),
        ] {
            let (found, errors) = found(&["a/x.yaml", ".git/config"], &[(link, target)]);
            assert_eq!(found, names, "{link} -> {target}");
            assert_eq!(errors.is_empty(), error.is_none(), "{link} -> {target}: {errors:?}");
            assert!(error.is_none_or(|error| errors[0].contains(error)), "{link} -> {target}: {errors:?}");
        }
    }

    #[test]
    fn links_side_by_side_do_not_multiply_for_ever() {
        let names: Vec<String> = (0..40).map(|number| format!("f{number}/x.yaml")).collect();
        let links: Vec<(String, String)> = (0..39)
            .flat_map(|number| ["a", "b"].map(|link| (format!("f{number}/{link}"), format!("../f{}", number + 1))))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let links: Vec<(&str, &str)> = links.iter().map(|(link, target)| (&**link, &**target)).collect();
        let (_, errors) = found(&names, &links);
        assert_eq!(errors, ["there are more than 10000 files and folders below `.`"]);
    }

    #[test]
    fn a_folder_without_manifests_is_an_error() {
        let (_, errors) = found(&["README.md"], &[]);
        assert_eq!(errors, ["no manifests below `.`"]);
    }
}
