//! A file that a flag names: a record, a baseline, a mask key. Knows nothing of its content.

use std::path::Path;

use zeroize::Zeroizing;

use crate::error::Error;
use crate::input;
use crate::named_file::{DATA_LIMIT, FileKind, FileRefusal, NamedFile};
use crate::words::suggestion;
use crate::workspace::Workspace;

/// The content of the file that a user types as `name`. `unreadable` makes the error of a file that cannot be read.
pub(crate) fn read_flag_file(
    name: &Path,
    workspace: &Workspace,
    unreadable: impl FnOnce(FileRefusal) -> Error,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    input::check_readable(name, workspace)?;
    let file = NamedFile::find(name, &workspace.folder, Path::new(""));
    file.and_then(|file| file.read(DATA_LIMIT, FileKind::Stream)).map_err(|refusal| {
        let near = refusal.is_missing().then(|| input::near(name, workspace)).flatten();
        let error = unreadable(refusal);
        near.into_iter().fold(error, |error, near| error.hint(suggestion::did_you_mean(near)))
    })
}
