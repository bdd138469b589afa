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
    /// Gives the session the schemas that are named here and in the settings.
    pub(super) async fn give(&self, session: &mut Session, environment: &Environment) -> Result<(), Error> {
        let is_live = |name: &&PathBuf| name.as_path() == Path::new(LIVE);
        let files: Vec<PathBuf> = self.schemas.iter().filter(|name| !is_live(name)).cloned().collect();
        session.read_schemas(&files)?;
        if files.len() < self.schemas.len() {
            session.ask_cluster_for_schemas(environment).await?;
        }
        Ok(())
    }
}
