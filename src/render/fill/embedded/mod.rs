//! JSON and YAML inside text: values are put into it so that it stays what its author wrote, or what they break is found.

mod json;
mod pieces;
mod site;
mod strings;
#[cfg(test)]
mod tests;
mod yaml;

use zeroize::Zeroizing;

use super::insertion::Insertion;
use crate::budget::{Budget, Limit};
use crate::escape::Escape;
use crate::value;
use json::Json;
use pieces::Pieces;

/// What a value breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    /// JSON, inside one of its strings.
    JsonString,
    /// JSON, outside of its strings.
    Json,
    /// YAML. Readers differ in what they make of it.
    Yaml,
}

/// Escapes the insertions that stand in JSON strings, if that is wanted. Where a text stands in it does not depend on any value, so equal
/// manifests are escaped at equal places.
pub(super) fn escape(text: &str, insertions: &mut [Insertion], mode: Escape, budget: &Budget) -> Result<(), Limit> {
    let changes = |insertion: &Insertion| !insertion.is_escaped && insertion.has_special();
    if mode != Escape::Auto || !insertions.iter().any(changes) {
        return Ok(());
    }
    let pieces = Pieces { text, insertions };
    let Some(json) = Json::of(pieces).filter(|json| json.is_valid(pieces)) else { return Ok(()) };
    let in_strings = insertions.iter_mut().enumerate().filter(|(index, _)| json.is_in_string(*index));
    for (_, insertion) in in_strings.filter(|(_, insertion)| changes(insertion)) {
        if let Ok(raw) = std::str::from_utf8(&insertion.bytes) {
            insertion.bytes = escaped(raw, budget)?;
        }
    }
    Ok(())
}

fn escaped(raw: &str, budget: &Budget) -> Result<Zeroizing<Vec<u8>>, Limit> {
    let length = value::json_escaped_len(raw);
    budget.make(length - raw.len())?;
    let mut escaped = Zeroizing::new(String::with_capacity(length));
    value::json_escape(raw, &mut escaped);
    Ok(Zeroizing::new(std::mem::take(&mut *escaped).into_bytes()))
}

/// The insertions that break the JSON, or else the YAML, that `text` is. YAML is looked for only in a block.
pub(super) fn damage(text: &str, is_block: bool, insertions: &[Insertion]) -> Vec<(usize, Damage)> {
    let pieces = Pieces { text, insertions };
    let json = Json::of(pieces);
    if json.as_ref().is_some_and(|json| !json.is_at_risk(pieces)) {
        return Vec::new();
    }
    if let Some(json) = json.filter(|json| json.is_valid(pieces)) {
        let kind = |insertion| if json.is_in_string(insertion) { Damage::JsonString } else { Damage::Json };
        return json.broken(pieces).into_iter().map(|insertion| (insertion, kind(insertion))).collect();
    }
    let yaml = if is_block { yaml::broken(pieces) } else { None };
    yaml.map(|insertion| (insertion, Damage::Yaml)).into_iter().collect()
}
