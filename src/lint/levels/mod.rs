//! The levels that the owners of a repository give to rules, in `vault-render.toml`: everywhere, or below some paths. Pure: the caller
//! reads the file, and says where a finding's file is in the repository.

mod parse;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;

use super::find;
use crate::error::{Error, Errors, Level};

/// The name of the file, at the root of a repository.
pub(crate) const FILE: &str = "vault-render.toml";

/// The levels that a repository gives to rules.
#[derive(Debug, Default)]
pub(crate) struct RuleLevels {
    everywhere: Levels,
    /// Below some paths; the last one counts.
    below: Vec<(Gitignore, Levels)>,
}

/// The levels of rules, by their ids.
type Levels = BTreeMap<&'static str, Choice>;

/// What becomes of the findings of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    /// They are dropped.
    Off,
    /// They have this level.
    Level(Level),
}

impl RuleLevels {
    /// The findings at the levels that were chosen, without those of rules that are off. `path_of` gives the path of a source in the
    /// repository. What says that the check itself failed stays.
    pub(crate) fn apply(&self, found: Errors, path_of: impl Fn(&str) -> Option<PathBuf>) -> Errors {
        let mut left = Errors::new();
        left.extend(found.into_iter().filter_map(|error| {
            let level = self.level(&error, &path_of)?;
            Some(Error { level, ..error })
        }));
        left
    }

    /// The level of a finding; `None` if its rule is off. What is only a note where its rule is an error stays one.
    fn level(&self, error: &Error, path_of: impl Fn(&str) -> Option<PathBuf>) -> Option<Level> {
        let chosen = self.choice(error, path_of).filter(|_| !error.is_failure());
        match chosen {
            None => Some(error.level),
            Some(Choice::Off) => None,
            Some(Choice::Level(level)) => {
                let is_lower = find(error.rule).is_some_and(|rule| error.level < rule.level);
                Some(if is_lower { level.min(error.level) } else { level })
            }
        }
    }

    fn choice(&self, error: &Error, path_of: impl Fn(&str) -> Option<PathBuf>) -> Option<Choice> {
        let mut wanted = self.below.iter().rev().filter(|(_, levels)| levels.contains_key(error.rule)).peekable();
        let path = wanted.peek().and(error.place.as_ref()).and_then(|place| path_of(&place.source.name));
        let below = path.and_then(|path| wanted.find(|(paths, _)| holds(paths, &path)));
        below.map_or(&self.everywhere, |(_, levels)| levels).get(error.rule).copied()
    }
}

/// Whether patterns name a file or a folder around it.
fn holds(paths: &Gitignore, file: &Path) -> bool {
    file.is_relative() && paths.matched_path_or_any_parents(file, false).is_ignore()
}
