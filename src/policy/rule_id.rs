//! The name of a rule of a policy file.

use std::fmt;
use std::sync::Arc;

/// A rule of a policy file, for people and logs: `rule 3 (policy.yaml:12)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RuleId {
    /// Its number among the rules, from 1.
    pub number: usize,
    /// The file, as it is named.
    pub file: Arc<str>,
    /// The line on which it begins, from 1.
    pub line: usize,
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {} ({}:{})", self.number, self.file, self.line)
    }
}
