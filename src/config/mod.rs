//! The settings of a run. A stand-in until the real table is merged.

use std::collections::HashMap;
use std::time::Duration;

/// What was set.
#[derive(Clone, Debug, Default)]
pub struct Config {
    values: HashMap<String, String>,
}

impl Config {
    /// The settings of a test.
    pub fn for_test(settings: &[(&str, &str)]) -> Self {
        Self { values: settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect() }
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Whether `name` is true.
    pub fn bool(&self, name: &str) -> bool {
        matches!(self.get(name), Some("1" | "t" | "T" | "true" | "TRUE" | "True"))
    }

    /// The number `name`.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    /// The duration `name`.
    pub fn duration(&self, name: &str) -> Option<Duration> {
        let text = self.get(name)?;
        match text.strip_suffix("ms") {
            Some(millis) => millis.parse().ok().map(Duration::from_millis),
            None => text.trim_end_matches('s').parse().ok().map(Duration::from_secs),
        }
    }
}
