//! What is said of the parts of a command, and where its manifests come from.

use super::statement::Effect;

/// What is said of a part of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remark {
    /// Its line in the script, from 0.
    pub(super) line: usize,
    /// What moving does to it.
    pub(super) effect: Effect,
    /// The part.
    pub(super) subject: String,
    /// What happens to it, and why.
    pub(super) text: String,
    /// Whether it is to be read before everything else.
    pub(super) is_first: bool,
}

/// The remarks on one command.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    pub(super) list: Vec<Remark>,
    /// The line that is read.
    pub(super) line: usize,
    /// Whether a part stops or is not understood.
    pub(super) has_stopped: bool,
}

/// Where manifests come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifests {
    /// Whether it is a file, not a folder.
    pub(super) is_file: bool,
    /// The folder, or the file; empty for the working folder.
    pub(super) folder: String,
    /// The release, if the operator names it.
    pub(super) release: Option<String>,
    /// Words of the operator's for helm or kustomize.
    pub(super) words: Vec<String>,
    /// Whether the chart's output is a resource of the kustomization.
    pub(super) goes_through_kustomize: bool,
}

impl Remarks {
    /// Adds a remark on a part of the line that is read.
    pub(super) fn add(&mut self, effect: Effect, subject: impl Into<String>, text: impl Into<String>) {
        self.has_stopped |= matches!(effect, Effect::Stops | Effect::NotUnderstood);
        let (line, subject, text) = (self.line, subject.into(), text.into());
        self.list.push(Remark { line, effect, subject, text, is_first: false });
    }

    /// Adds one that is to be read before everything else.
    pub(super) fn add_first(&mut self, effect: Effect, subject: impl Into<String>, text: impl Into<String>) {
        self.add(effect, subject, text);
        self.list.iter_mut().next_back().into_iter().for_each(|last| last.is_first = true);
    }

    /// Whether a part that begins so was remarked on.
    pub(super) fn have(&self, start: &str) -> bool {
        self.list.iter().any(|remark| remark.subject.starts_with(start))
    }
}
