//! The paths of a command's manifests. Without any, the command takes the current folder.

/// The paths, shared by every command that has the current folder as its default.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Paths {
    /// Files, folders, or `-` for stdin; without any, the current folder
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    paths: Vec<String>,
}

impl Paths {
    /// The paths as they are typed, at least one.
    pub(super) fn list(&self) -> &[String] {
        &self.paths
    }
}
