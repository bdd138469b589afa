//! Settings for tests.

use super::{Config, ConfigFile, SettingSources};
use crate::backend;
use crate::error::Errors;

/// Reads the settings of the real table.
pub(super) fn read(sources: SettingSources) -> (Config, Errors) {
    Config::read(sources, backend::settings())
}

/// The text of a setting in effect.
pub(super) fn spelling<'c>(config: &'c Config, name: &str) -> Option<&'c str> {
    config.setting(name).map(|setting| setting.text.as_str())
}

pub(super) fn environment(pairs: &[(&str, &str)]) -> SettingSources {
    let environment = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    SettingSources { environment, ..SettingSources::default() }
}

pub(super) fn file(text: &str) -> Option<ConfigFile> {
    Some(ConfigFile { path: "avp.yaml".into(), text: text.to_owned().into(), is_in_repository: false })
}

pub(super) fn texts(errors: &Errors) -> Vec<String> {
    errors
        .iter()
        .map(|error| format!("{:?}: {error}; {}", error.level, error.hint.as_deref().unwrap_or_default()))
        .collect()
}
