//! The flag that accepts an empty stdin. Without it, a command that would succeed about nothing fails: the command before the pipe has
//! probably failed.

use std::sync::Arc;

use crate::error::{Error, Kind};
use crate::render::{Edits, Joiner};
use crate::source::Source;

/// The flag, shared by every command that prints no manifest.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct EmptyStdin {
    /// Accept stdin without a manifest
    #[arg(long)]
    allow_empty: bool,
}

impl EmptyStdin {
    /// The error that stdin, if it is among `paths`, holds no manifest.
    pub(super) fn error(self, paths: &[String], sources: &[Arc<Source>]) -> Option<Error> {
        if self.allow_empty || !paths.iter().any(|path| path == "-") {
            return None;
        }
        let stdin = sources.iter().find(|source| source.name == "stdin")?;
        let (mut joiner, edits) = (Joiner::default(), Edits::default());
        joiner.write_all(std::slice::from_ref(stdin), &edits);
        (!joiner.has_content()).then(|| {
            Error::new(Kind::Input, "stdin holds no manifest")
                .hint("did the command before the pipe fail? `set -o pipefail` shows it; `--allow-empty` accepts it")
        })
    }
}
