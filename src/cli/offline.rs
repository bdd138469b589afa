//! The flag that names the record of an earlier run.

use std::path::PathBuf;

use crate::error::Error;
use crate::pass::read_record;
use crate::render::Record;
use crate::workspace::Workspace;

/// The flag that names a record to use in place of settings and a store, shared by every command that renders.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Offline {
    /// Render from the record in FILE (see `record`): values are masked, no store is asked, no setting is needed
    #[arg(long, value_name = "FILE", conflicts_with = "secrets")]
    offline: Option<PathBuf>,
}

impl Offline {
    /// The file of the record, if one is named.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.offline.as_ref()
    }

    /// The record, if one is named.
    pub(super) fn record(&self, workspace: &Workspace) -> Result<Option<Record>, Error> {
        self.offline.as_ref().map(|file| read_record(file, workspace)).transpose()
    }
}
