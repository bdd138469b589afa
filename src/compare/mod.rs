//! Two renderings → what changed, resource by resource: matched by kind, namespace and name, wherever they are written.
//! Pure; knows no Git, no cluster, no terminal. Whoever builds a [`Side`] has masked it: what is in it is shown.

mod pair;
mod side;

use std::path::Path;

use crate::diff::{self, Hunk};

pub use side::{Identity, Resource, Side, count};

/// What changed between two renderings.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The resources that are not the same on both sides, in the order of the files.
    pub changes: Vec<Change>,
    /// How many are the same.
    pub unchanged: usize,
    /// What was not compared, and why, in sentences.
    pub notes: Vec<String>,
    /// What it is compared with, as the user calls it: a revision, a folder.
    pub base: String,
}

/// A resource that is not the same on both sides.
#[derive(Clone, Debug)]
pub struct Change {
    /// The resource before; none if it is new.
    pub before: Option<Resource>,
    /// The resource after; none if it is gone.
    pub after: Option<Resource>,
    /// Whether nothing but the fingerprints of secret values differs.
    pub only_secrets: bool,
}

/// What became of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Added,
    /// It is another.
    Changed,
    /// It is gone.
    Removed,
}

/// How many resources had which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New ones.
    pub added: usize,
    /// Others, those included of which only secret values changed.
    pub changed: usize,
    /// Those among the changed of which only secret values changed.
    pub only_secrets: usize,
    /// Gone ones.
    pub removed: usize,
    /// The same ones.
    pub unchanged: usize,
}

impl Comparison {
    /// Compares two renderings.
    pub fn new(before: Side, after: Side) -> Self {
        let (pairs, unchanged) = pair::pairs(before.resources, after.resources);
        let mut changes: Vec<Change> =
            pairs.into_iter().map(|(before, after)| Change { before, after, only_secrets: false }).collect();
        changes.sort_by(|a, b| a.position().cmp(&b.position()));
        Self { changes, unchanged, ..Self::default() }
    }

    /// Finds the changes of secret values alone: in `blank`, the same renderings, every fingerprint is the same.
    pub fn find_only_secrets(&mut self, blank: (&Side, &Side)) {
        for change in &mut self.changes {
            let (Some(before), Some(after)) = (&change.before, &change.after) else { continue };
            let (before, after) = (blank.0.resources.get(before.number), blank.1.resources.get(after.number));
            change.only_secrets =
                before.zip(after).is_some_and(|(a, b)| (&a.identity, &a.text) == (&b.identity, &b.text));
        }
    }

    /// How many resources had which fate.
    pub fn counts(&self) -> Counts {
        let count = |fate| self.changes.iter().filter(|change| change.fate() == fate).count();
        Counts {
            added: count(Fate::Added),
            changed: count(Fate::Changed),
            only_secrets: self.changes.iter().filter(|change| change.only_secrets).count(),
            removed: count(Fate::Removed),
            unchanged: self.unchanged,
        }
    }
}

impl Change {
    /// What became of it.
    pub fn fate(&self) -> Fate {
        match (&self.before, &self.after) {
            (None, _) => Fate::Added,
            (_, None) => Fate::Removed,
            _ => Fate::Changed,
        }
    }

    /// The resource as it is now, or as it was.
    pub fn resource(&self) -> Option<&Resource> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// The lines that differ, numbered within the resource; [`Resource::line`] is where it starts in its file.
    pub fn hunks(&self) -> Vec<Hunk> {
        let text = |side: &Option<Resource>| side.as_ref().map_or("", |resource| &resource.text).to_owned();
        diff::hunks(&text(&self.before), &text(&self.after))
    }

    /// Where it stands in the order of the files, what goes before what comes.
    fn position(&self) -> (Option<&Path>, usize, bool) {
        let resource = self.resource();
        let line = resource.map_or(0, |resource| resource.line);
        (resource.map(|resource| Path::new(&*resource.file)), line, self.after.is_some())
    }
}

impl Fate {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

#[cfg(test)]
mod tests;
