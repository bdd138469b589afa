//! Compares two renderings resource by resource. Resources match by kind, namespace and name, in whichever file they are written.
//! Knows no Git, no cluster, no terminal. All of a [`Side`] may be shown: the caller has masked it.

mod pair;
mod side;

use std::path::Path;

use crate::diff::{self, Hunk};

pub(crate) use side::{Identity, Resource, Side, count};

/// What changed between two renderings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comparison {
    /// The resources that differ, in the order of the files.
    pub changes: Vec<Change>,
    /// The number of resources that are equal on both sides.
    pub unchanged: usize,
    /// What was not compared, and why, in sentences.
    pub notes: Vec<String>,
    /// The name of the side before, as the user gave it: a revision, a folder.
    pub base: String,
}

/// A resource that differs between the two sides.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The resource before; `None` if it was added.
    pub before: Option<Resource>,
    /// The resource after; `None` if it was removed.
    pub after: Option<Resource>,
    /// Whether only the fingerprints of secret values differ.
    pub only_secrets: bool,
}

/// How a resource changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    /// It exists only after.
    Added,
    /// It exists on both sides, with different texts.
    Changed,
    /// It exists only before.
    Removed,
}

/// The number of resources for each kind of change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Resources that exist only after.
    pub added: usize,
    /// Resources with different texts, including those that differ only in secret values.
    pub changed: usize,
    /// The changed resources that differ only in secret values.
    pub only_secrets: usize,
    /// Resources that exist only before.
    pub removed: usize,
    /// Resources that are equal on both sides.
    pub unchanged: usize,
}

impl Comparison {
    /// Compares two renderings.
    pub(crate) fn new(before: Side, after: Side) -> Self {
        let (pairs, unchanged) = pair::pairs(before.resources, after.resources);
        let mut changes: Vec<Change> =
            pairs.into_iter().map(|(before, after)| Change { before, after, only_secrets: false }).collect();
        changes.sort_by(|a, b| a.position().cmp(&b.position()));
        Self { changes, unchanged, ..Self::default() }
    }

    /// Marks the changes that concern secret values alone. `blank` holds both renderings again, with one fingerprint for all values:
    /// a resource that is equal there differs only in secret values.
    pub(crate) fn find_only_secrets(&mut self, blank: (&Side, &Side)) {
        for change in &mut self.changes {
            let (Some(before), Some(after)) = (&change.before, &change.after) else { continue };
            let (before, after) = (blank.0.resources.get(before.number), blank.1.resources.get(after.number));
            change.only_secrets =
                before.zip(after).is_some_and(|(a, b)| (&a.identity, &a.text) == (&b.identity, &b.text));
        }
    }

    /// The number of resources for each kind of change.
    pub(crate) fn counts(&self) -> Counts {
        let count = |fate| self.changes.iter().filter(|change| change.kind() == fate).count();
        Counts {
            added: count(ChangeKind::Added),
            changed: count(ChangeKind::Changed),
            only_secrets: self.changes.iter().filter(|change| change.only_secrets).count(),
            removed: count(ChangeKind::Removed),
            unchanged: self.unchanged,
        }
    }
}

impl Change {
    /// How the resource changed.
    pub(crate) fn kind(&self) -> ChangeKind {
        match (&self.before, &self.after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        }
    }

    /// The resource after, or the one before if it was removed.
    pub(crate) fn resource(&self) -> Option<&Resource> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// The lines that differ, numbered within the resource. In its file they begin at [`Resource::line`].
    pub(crate) fn hunks(&self) -> Vec<Hunk> {
        let text = |side: &Option<Resource>| side.as_ref().map_or("", |resource| &resource.text).to_owned();
        diff::hunks(&text(&self.before), &text(&self.after))
    }

    /// Its position in the order of the files. A removed resource comes before an added one.
    fn position(&self) -> (Option<&Path>, usize, bool) {
        let resource = self.resource();
        let line = resource.map_or(0, |resource| resource.line);
        (resource.map(|resource| Path::new(&*resource.file)), line, self.after.is_some())
    }
}

impl ChangeKind {
    /// The change as a report names it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

#[cfg(test)]
mod tests;
