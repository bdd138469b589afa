//! What the tests of settings begin with.

use super::{ConfigFile, Given};
use crate::error::Errors;

pub(super) fn environment(pairs: &[(&str, &str)]) -> Given {
    let environment = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Given { environment, ..Given::default() }
}

pub(super) fn file(text: &str) -> Option<ConfigFile> {
    Some(ConfigFile { path: "avp.yaml".into(), text: text.into(), in_repository: false })
}

pub(super) fn texts(errors: &Errors) -> Vec<String> {
    errors
        .iter()
        .map(|error| format!("{:?}: {error}; {}", error.level, error.hint.as_deref().unwrap_or_default()))
        .collect()
}
