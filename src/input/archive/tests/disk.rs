//! Archives against the same files on a disk: what is read, what is wrong, and what is written of them.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use tar::EntryType;

use super::super::{Archive, FileModes};
use super::{LIMITS, Texts, Words, archive, words};
use crate::workspace::Workspace;

#[derive(Clone, Debug)]
enum Content {
    File(String),
    Link(String),
}

/// What was read, and how much is wrong: why a link leads nowhere is another matter where what it leads through was left out.
fn counted((texts, errors): (Texts, Words)) -> (Texts, usize) {
    (texts, errors.len())
}

/// How a link in `path` writes the way to `target`, both from the root.
fn relative(path: &str, target: &str) -> String {
    let folder: Vec<&str> = path.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect();
    let target: Vec<&str> = target.split('/').filter(|name| !name.is_empty()).collect();
    let shared = folder.iter().zip(&target).take_while(|(one, other)| one == other).count();
    let way: Vec<&str> = folder[shared..].iter().map(|_| "..").chain(target[shared..].iter().copied()).collect();
    if way.is_empty() { ".".to_owned() } else { way.join("/") }
}

fn a_path() -> impl Strategy<Value = String> {
    let folder = prop::sample::select(&["a", "b", "templates", "charts", "k", ".h"][..]);
    let file = prop::sample::select(
        &["a", "b", "x.yaml", "y.yml", "z.json", "n.txt", ".h", "Chart.yaml", "values.yaml", "kustomization.yaml"][..],
    );
    (prop::collection::vec(folder, 0..3), file).prop_map(|(folders, file)| [folders, vec![file]].concat().join("/"))
}

fn a_content() -> impl Strategy<Value = Content> {
    prop_oneof![
        4 => "[a-z]{0,5}".prop_map(Content::File),
        1 => Just(Content::File("# +argocd:skip-file-rendering\n".to_owned())),
        3 => a_path().prop_map(Content::Link),
        1 => prop::sample::select(&["", "a", "b", "a/b", ".git", ".git/config"][..]).prop_map(|path| Content::Link(path.to_owned())),
    ]
}

/// Files and links of which none lies below another.
fn a_tree() -> impl Strategy<Value = BTreeMap<String, Content>> {
    prop::collection::btree_map(a_path(), a_content(), 0..14).prop_map(|mut tree| {
        let paths: Vec<String> = tree.keys().cloned().collect();
        tree.retain(|path, _| !paths.iter().any(|other| other.starts_with(&format!("{path}/"))));
        tree
    })
}

fn write(root: &Path, tree: &BTreeMap<String, Content>) {
    for (path, content) in tree {
        let place = root.join(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        match content {
            Content::File(text) => std::fs::write(place, text).unwrap(),
            Content::Link(target) => std::os::unix::fs::symlink(relative(path, target), place).unwrap(),
        }
    }
}

fn sent(tree: &BTreeMap<String, Content>, is_reversed: bool) -> Vec<u8> {
    let mut entries: Vec<(String, EntryType, String)> = tree
        .iter()
        .map(|(path, content)| match content {
            Content::File(text) => (path.clone(), EntryType::Regular, text.clone()),
            Content::Link(target) => (path.clone(), EntryType::Symlink, relative(path, target)),
        })
        .collect();
    if is_reversed {
        entries.reverse();
    }
    let entries: Vec<_> = entries.iter().map(|(path, kind, content)| (&**path, *kind, &**content)).collect();
    archive(&entries)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_archive_reads_as_its_files_do_on_a_disk(
        mut tree in a_tree(),
        folder in prop::sample::select(&["", "a", "b", "a/b"][..]),
        has_inner_repository: bool,
        is_reversed: bool,
        may_be_empty: bool,
    ) {
        // An archive does not know what is in a git dir, which other links would lead through.
        let links: Vec<&Content> = tree.values().filter(|content| matches!(content, Content::Link(_))).collect();
        prop_assume!(links.len() < 2 || !links.iter().any(|link| matches!(link, Content::Link(target) if target.starts_with(".git"))));
        tree.insert(".git/config".to_owned(), Content::File("[core]".to_owned()));
        if has_inner_repository && !tree.contains_key("a") {
            tree.insert("a/.git/HEAD".to_owned(), Content::File(String::new()));
        }
        let disk = tempfile::tempdir().unwrap();
        write(disk.path(), &tree);
        let folder = Path::new(folder);
        let workspace = Workspace::bare(disk.path().join(folder));
        // The application's folder is looked at before its files are, and then the words are others.
        let real = workspace.folder.canonicalize().unwrap_or_default();
        prop_assume!(workspace.folder.is_dir() && !real.ends_with(".git"));
        let gzip = sent(&tree, is_reversed);
        let archive = Archive::unpack(&gzip, folder, LIMITS).unwrap();
        let expected = crate::input::read(&[".".to_owned()], may_be_empty, &workspace);
        prop_assert_eq!(words(archive.read(folder, may_be_empty)), words(expected));
        // What is written of it reads the same, whatever was left out, and tells the same of links.
        let elsewhere = tempfile::tempdir().unwrap();
        let written = elsewhere.path().join("written");
        archive.write(&written, FileModes::Fixed).unwrap();
        let repository = written.canonicalize().ok();
        let again = Workspace { repository, ..Workspace::bare(written.join(folder)) };
        // Git's own files are not written, so that a link to one leads nowhere.
        let has_git = tree.values().any(|content| matches!(content, Content::Link(target) if target.starts_with(".git")));
        if !has_git {
            let expected = crate::input::read(&[".".to_owned()], may_be_empty, &workspace);
            let found = crate::input::read(&[".".to_owned()], may_be_empty, &again);
            prop_assert_eq!(counted(words(found)), counted(words(expected)));
        }
        let links = |workspace: &Workspace| {
            counted(words((Vec::new(), crate::input::links(Path::new("."), workspace))))
        };
        prop_assert_eq!(links(&again), links(&workspace));
    }
}
