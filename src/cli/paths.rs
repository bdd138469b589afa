//! Where a command's manifests are: the paths that are typed, the same for every command that takes the current folder without any.

/// The paths.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Paths {
    /// Files, folders, or `-` for stdin; without any, the current folder
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    paths: Vec<String>,
}

impl Paths {
    /// As they are typed, at least one.
    pub(super) fn list(&self) -> &[String] {
        &self.paths
    }
}
