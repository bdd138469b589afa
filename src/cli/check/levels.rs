//! Which `vault-render.toml` counts: that of the repository that is checked; with a tenant only the one of `--since`'s revision, as a
//! pull request must not switch off a rule for itself.

use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::lint::{LEVELS_FILE, RuleLevels};
use crate::pass::Session;
use crate::source::Source;

/// The findings at the levels that the repository's owners chose, with what is wrong with their file.
pub(super) fn apply(mut found: Errors, paths: &[String], since: Option<&str>, session: &mut Session) -> Errors {
    let has_tenant = session.local_settings().0.has_tenant();
    let workspace = session.workspace();
    let path = paths.first().filter(|_| !has_tenant).map_or("-", String::as_str);
    let root = input::root_around(path, workspace);
    let file = match (has_tenant, since) {
        (false, _) => input::file_at_root(&root, LEVELS_FILE, workspace),
        (true, Some(revision)) => input::file_at_revision(revision, LEVELS_FILE, workspace),
        (true, None) => {
            found.extend(unused(&root));
            return found;
        }
    };
    match file.map_err(Errors::from).and_then(levels) {
        Ok(levels) => levels.apply(found, |name| input::path_below(&root, name, workspace)),
        Err(errors) => {
            found.extend(errors);
            found
        }
    }
}

fn levels(file: Option<Arc<Source>>) -> Result<RuleLevels, Errors> {
    file.map_or_else(|| Ok(RuleLevels::default()), |file| RuleLevels::parse(&file))
}

/// The note about a file that does not count.
fn unused(root: &Path) -> Option<Error> {
    let detail = format!("`{LEVELS_FILE}` does not count: with a tenant, only the one of a revision does");
    root.join(LEVELS_FILE).exists().then(|| Error::note(Kind::Setting, detail).hint("`--since REV` names the revision"))
}
