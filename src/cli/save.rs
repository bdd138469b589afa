//! Files that the program writes: whole, or not at all.

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::input;
use crate::workspace::Workspace;

/// Writes `text` to `path`. The former content stays until all of the text is on the disk. A link of the repository is not followed.
pub(super) fn save(path: &Path, text: &str, workspace: &Workspace) -> anyhow::Result<()> {
    input::check_writable(path, workspace)?;
    // A link stays, and its target is replaced; a device or a pipe is written to.
    let target = workspace.locate(path);
    let target = target.canonicalize().unwrap_or(target);
    let written = match target.exists() && !target.is_file() {
        true => std::fs::write(&target, text),
        false => replace(&target, text),
    };
    written.with_context(|| format!("cannot write `{}`", path.display()))
}

fn replace(target: &Path, text: &str) -> std::io::Result<()> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let part = target.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = std::fs::File::create_new(&part)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&part, target));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written
}
