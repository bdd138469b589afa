//! The record of an earlier run, in place of settings and a store.

use std::path::PathBuf;

use super::environment::Environment;
use crate::error::{Error, Kind};
use crate::render::Record;

/// The flag that names it, the same for every command that renders.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Offline {
    /// Render from the record in FILE (see `record`): values are masked, no store is asked, no setting is needed
    #[arg(long, value_name = "FILE", conflicts_with = "secrets")]
    offline: Option<PathBuf>,
}

impl Offline {
    /// The record, if one is named.
    pub(super) fn record(&self, environment: &Environment) -> Result<Option<Record>, Error> {
        let Some(file) = &self.offline else { return Ok(None) };
        let name = file.display().to_string();
        let unreadable = || Error::new(Kind::Input, format!("cannot read the record `{name}`"));
        let write = format!("write it, where the store can be asked: `vault-render record PATH… -o {name}`");
        let bytes = environment.file(file, |refusal| {
            unreadable().cause(refusal.to_string()).hint(refusal.hint().map_or(write, str::to_owned))
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|_| unreadable().cause("it is not UTF-8 text"))?;
        Record::parse(&name, text).map(Some)
    }
}
