//! What a reader begins with, as the broker knows it once it has read its settings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::bounds::ReaderBounds;
use super::environment::told;
use super::message::Greeting;
use super::settings::for_reader;
use crate::config::Config;
use crate::pass::names_for_paths;

/// What a reader begins with.
pub(crate) struct Start<'s> {
    /// The environment of this process.
    pub variables: &'s BTreeMap<String, String>,
    /// The settings in effect.
    pub config: Config,
    /// The files that the reader may read.
    pub read: Vec<PathBuf>,
    /// The programs that it may start.
    pub execute: Vec<PathBuf>,
    /// Its folder for temporary files, if it needs one.
    pub private: Option<&'s Path>,
    /// How long this process has been running.
    pub elapsed: Duration,
    /// How long the run may take.
    pub time_limit: Option<Duration>,
    /// The signals that its caller had it ignore, one bit each.
    pub ignored_signals: u64,
}

impl Start<'_> {
    /// The message that says so.
    pub(super) fn greeting(self) -> Greeting {
        let milliseconds = |time: Duration| time.as_millis() as u64;
        Greeting {
            elapsed: milliseconds(self.elapsed),
            time_limit: self.time_limit.map(milliseconds),
            ignored_signals: self.ignored_signals,
            settings: for_reader(&self.config),
            variables: told(self.variables, &names_for_paths(&self.config), self.private),
            bounds: ReaderBounds::new(&self.config, self.read, self.execute, self.private),
        }
    }
}
