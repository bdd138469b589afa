//! The flag that names schemas: who types the command brings them, never a tenant.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use crate::error::Error;
use crate::pass::Session;

/// The word for the schemas of the cluster.
const LIVE: &str = "live";

/// The flag that names schemas, shared by every command that reads manifests.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct SchemaFlags {
    /// Know the fields of further kinds from CustomResourceDefinitions or an OpenAPI document: in a file or folder, or of the cluster
    #[arg(long = "schema", value_name = "FILE|DIR|live", help_heading = "Schemas")]
    schemas: Vec<PathBuf>,
}

impl SchemaFlags {
    /// Whether there are any.
    pub(super) fn are_given(&self) -> bool {
        !self.schemas.is_empty()
    }

    /// The files and folders that are named here.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.schemas.iter().filter(|name| name.as_path() != Path::new(LIVE))
    }

    /// Whether the cluster is asked.
    pub(super) fn is_live(&self) -> bool {
        self.files().count() < self.schemas.len()
    }

    /// Gives the session the schemas that are named here and in the settings.
    pub(super) async fn give(&self, session: &mut Session, environment: &Environment) -> Result<(), Error> {
        let files: Vec<PathBuf> = self.files().cloned().collect();
        session.read_schemas(&files)?;
        if self.is_live() {
            session.ask_cluster_for_schemas(environment).await?;
        }
        Ok(())
    }
}
