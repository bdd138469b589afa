//! A folder with the name that a user types for it and the place where it is. Files found in the place get names below the typed one.

use std::path::{Path, PathBuf};

use crate::workspace::Workspace;

/// A folder with the name that a user types for it.
pub(super) struct TypedFolder<'p> {
    /// The name that the user types.
    pub(super) name: &'p Path,
    /// The folder's place, which does not depend on the process's own working folder.
    pub(super) place: PathBuf,
}

impl<'p> TypedFolder<'p> {
    pub(super) fn new(name: &'p Path, workspace: &Workspace) -> Self {
        Self { name, place: workspace.locate(name) }
    }

    /// The name that a user would type for the file or folder at `place`, which a walk through this folder has met.
    pub(super) fn name_of(&self, place: &Path) -> PathBuf {
        match place.strip_prefix(&self.place) {
            Ok(below) if below.as_os_str().is_empty() => self.name.to_owned(),
            Ok(below) => self.name.join(below),
            Err(_) => place.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_folder_is_called_below_the_name_that_was_typed() {
        for (name, place, expected) in [
            (".", "/work/a.yaml", "./a.yaml"),
            ("apps/", "/work/apps/x/a.yaml", "apps/x/a.yaml"),
            ("../lib", "/work/../lib/a.yaml", "../lib/a.yaml"),
            ("/srv", "/srv/a.yaml", "/srv/a.yaml"),
            ("apps", "/work/apps", "apps"),
            ("apps", "/elsewhere/a.yaml", "/elsewhere/a.yaml"),
        ] {
            let folder = TypedFolder::new(Path::new(name), &Workspace::bare("/work"));
            assert_eq!(folder.name_of(Path::new(place)), Path::new(expected), "{name}");
        }
    }
}
