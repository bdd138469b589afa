//! The flags about helm and kustomize, shared by every command that runs them.

use crate::pass::build::{BuildOptions, ToolOptions};

/// How the tools run.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Helm and kustomize")]
pub(super) struct ToolFlags {
    /// The release of a chart; unset, the Application's name
    #[arg(long, value_name = "NAME")]
    release_name: Option<String>,

    /// The helm to run
    #[arg(long, value_name = "PATH", default_value = "helm")]
    helm: String,

    /// The kustomize to run
    #[arg(long, value_name = "PATH", default_value = "kustomize")]
    kustomize: String,

    /// Words for helm or kustomize, after its own
    #[arg(last = true, value_name = "WORD")]
    words: Vec<String>,
}

/// Which charts and kustomizations are built.
#[derive(Debug, clap::Args)]
pub(super) struct BuildFlags {
    /// Leave charts and kustomizations out; a note names them
    #[arg(long, help_heading = "Helm and kustomize")]
    no_build: bool,

    #[command(flatten)]
    tools: ToolFlags,
}

impl ToolFlags {
    /// Whether there are words for helm or kustomize.
    pub(super) fn has_words(&self) -> bool {
        !self.words.is_empty()
    }
}

impl From<&ToolFlags> for ToolOptions {
    fn from(flags: &ToolFlags) -> Self {
        let ToolFlags { release_name, helm, kustomize, words } = flags.clone();
        Self { release_name, helm, kustomize, words, ..Self::default() }
    }
}

impl From<&BuildFlags> for BuildOptions {
    fn from(flags: &BuildFlags) -> Self {
        Self { no_build: flags.no_build, tools: (&flags.tools).into() }
    }
}
