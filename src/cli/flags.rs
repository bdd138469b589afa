//! The flags about settings, and the plain value that a session takes of them.

use crate::pass::SettingFlags;

/// The flags about settings, shared by every command that reads secrets.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct Flags {
    /// Read settings from a YAML, JSON or env file
    #[arg(short, long, value_name = "FILE")]
    config_path: Option<String>,

    /// Read settings from a Kubernetes Secret; its namespace is the pod's own unless named
    #[arg(short, long, value_name = "[NAMESPACE:]NAME")]
    secret_name: Option<String>,

    /// Read secrets from a YAML or JSON file instead of a store
    #[arg(long, value_name = "FILE")]
    secrets: Option<String>,

    /// Log in on every run
    #[arg(long)]
    disable_token_cache: bool,
}

impl From<&Flags> for SettingFlags {
    fn from(flags: &Flags) -> Self {
        let Flags { config_path, secret_name, secrets, disable_token_cache } = flags.clone();
        Self { config_path, secret_name, secrets_file: secrets, disable_token_cache }
    }
}
