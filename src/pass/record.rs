//! The record of an earlier run, in place of settings and a store.

use std::path::Path;

use super::read_flag_file;
use crate::error::{Error, Kind};
use crate::render::Record;
use crate::workspace::Workspace;

/// The record in the file that a user types as `file`.
pub(crate) fn read_record(file: &Path, workspace: &Workspace) -> Result<Record, Error> {
    let name = file.display().to_string();
    let unreadable = || Error::new(Kind::Input, format!("cannot read the record `{name}`"));
    let write = format!("write it, where the store can be asked: `vault-render record PATH… -o {name}`");
    let bytes = read_flag_file(file, workspace, |refusal| {
        unreadable().cause(refusal.to_string()).hint(refusal.hint().map_or(write, str::to_owned))
    })?;
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable().cause("it is not UTF-8 text"))?;
    Record::parse(&name, text)
}
