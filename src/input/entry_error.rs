//! What is wrong with an entry of a folder, in words: on a disk as in an archive. Looks at nothing.

use std::io;
use std::path::Path;

use super::names::{CHART, KUSTOMIZATIONS};
use super::{shown, typed_name};
use crate::error::{Error, Kind};

/// The hint of a link that leads nowhere.
const LOOSE: &str = "repair the link, or remove it";

/// A link leads to a git dir.
pub(super) fn leads_to_git(name: &Path) -> Error {
    link(name, "leads to Git's own files, which are not input").hint("remove the link")
}

/// A link leads out of the repository.
pub(super) fn leads_outside(name: &Path) -> Error {
    link(name, "leads outside the repository").hint("copy the file into the repository")
}

/// Nothing is where a link leads.
pub(super) fn leads_nowhere(name: &Path, cause: &io::Error) -> Error {
    link(name, "leads nowhere").cause(cause.to_string()).hint(LOOSE)
}

/// A link leads to a folder that it is in.
pub(super) fn leads_back(name: &Path, ancestor: &Path) -> Error {
    link(name, &format!("leads back to `{}`, a folder around it", shown(ancestor))).hint("remove the link")
}

/// An entry cannot be read.
pub(super) fn unreadable_entry(name: &Path, cause: String) -> Error {
    Error::new(Kind::Input, format!("cannot read `{}`", typed_name(name))).cause(cause)
}

/// A folder holds no manifest: an empty render would make Argo CD delete what it manages.
pub(super) fn no_manifests(folder: &Path, holds: impl Fn(&str) -> bool) -> Error {
    let name = shown(folder);
    let error = Error::new(Kind::Input, format!("no manifests below `{name}`"));
    if KUSTOMIZATIONS.iter().any(|file| holds(file)) {
        error.hint(format!(
            "it is a kustomization: `vault-render build {name}` runs kustomize and renders what it prints"
        ))
    } else if holds(CHART) {
        error.hint(format!("it is a Helm chart: `vault-render build {name}` runs helm and renders what it prints"))
    } else {
        error.hint(
            "manifests end in .yaml, .yml or .json; hidden files are skipped; `--allow-empty` accepts an empty result",
        )
    }
}

fn link(name: &Path, detail: &str) -> Error {
    Error::new(Kind::Input, format!("the link `{}` {detail}", typed_name(name)))
}
