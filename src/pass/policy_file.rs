//! The policy file that the operator names: read, and refused where somebody else may have written it.

use std::path::Path;
use std::sync::Arc;

use crate::backend;
use crate::config::Config;
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::named_file::{FileKind, FileRefusal, NamedFile, SETTINGS_LIMIT};
use crate::policy::PolicyFile;
use crate::policy::settings::POLICY;
use crate::source::Source;
use crate::workspace::Workspace;

/// The policy file of the settings, if they name one.
pub(super) fn read_policy(config: &Config, workspace: &Workspace) -> Result<Option<PolicyFile>, Errors> {
    let Some(path) = config.get(&POLICY) else { return Ok(None) };
    let refused = |refusal: FileRefusal| cannot_read(path, &refusal);
    let file = NamedFile::find(path, &workspace.folder, &input::repository(workspace)).map_err(refused)?;
    if file.is_in_repository() {
        return Err(not_the_operators(path, "it lies in the repository, which others write").into());
    }
    let bytes = file.read(SETTINGS_LIMIT, FileKind::Unshared).map_err(refused)?;
    parse(path, &bytes).map(Some)
}

/// The policy file in these bytes.
pub(crate) fn parse(path: &Path, bytes: &[u8]) -> Result<PolicyFile, Errors> {
    let source = Arc::new(Source::new(path.display().to_string(), bytes));
    PolicyFile::parse(&source, backend::settings())
}

fn cannot_read(path: &Path, refusal: &FileRefusal) -> Error {
    let error = Error::new(Kind::Setting, format!("cannot read the policy file `{}`", path.display()));
    refusal.hint().into_iter().fold(error.cause(refusal.to_string()), Error::hint)
}

fn not_the_operators(path: &Path, cause: &str) -> Error {
    let detail = format!("`{}` names `{}`, which is not the operator's alone", POLICY.name(), path.display());
    Error::new(Kind::Setting, detail).cause(cause).hint("name a file outside the repository that nobody else may write")
}
