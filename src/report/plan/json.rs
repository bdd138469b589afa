//! Shows the reads to programs: one JSON document without unknown fields.

use serde::Serialize;

use super::super::json::Resource;
use super::ReadPlan;
use crate::backend::Engine;
use crate::placeholder::Key;
use crate::render::{PlaceholderUse, Read};
use crate::secret::{Parameters, Version};
use crate::visible;

/// The reads as one JSON document.
pub(crate) fn json(plan: &ReadPlan<'_>) -> String {
    let document = Document {
        store: plan.store.name,
        namespace: plan.store.scope.as_deref(),
        complete: plan.is_complete,
        requests: plan.requests(),
        reads: plan.reads.iter().map(|read| reading(plan, read)).collect(),
    };
    visible::json(&serde_json::to_string_pretty(&document).unwrap_or_default()).into_owned() + "\n"
}

fn reading<'f>(plan: &'f ReadPlan<'_>, read: &'f Read<'_>) -> Reading<'f> {
    let mut keys: Vec<&str> = read.uses.iter().filter_map(|usage| key(usage)).collect();
    keys.sort_unstable();
    keys.dedup();
    Reading {
        namespace: plan.namespace(read),
        path: &read.id.path,
        parameters: &read.id.parameters,
        version: read.id.version.as_ref(),
        engine: plan.engine(read).map(Engine::number),
        keys,
        whole: read.uses.iter().any(|usage| key(usage).is_none()),
        placeholders: read.uses.iter().map(placeholder).collect(),
    }
}

fn placeholder<'f>(usage: &'f PlaceholderUse<'_>) -> Placeholder<'f> {
    let (line, column) = usage.place.line_column();
    Placeholder {
        placeholder: &usage.placeholder.written,
        key: key(usage),
        file: &usage.place.source.name,
        line,
        column,
        resource: Resource::from(&*usage.gap.resource.id),
        field: usage.gap.field.to_string(),
    }
}

/// The key of the secret; `None` for the whole secret.
fn key<'f>(usage: &PlaceholderUse<'f>) -> Option<&'f str> {
    match &usage.placeholder.key {
        Key::Whole => None,
        Key::Named(key) => Some(key),
    }
}

#[derive(Serialize)]
struct Document<'f> {
    store: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'f str>,
    complete: bool,
    requests: usize,
    reads: Vec<Reading<'f>>,
}

#[derive(Serialize)]
struct Reading<'f> {
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'f str>,
    path: &'f str,
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    parameters: &'f Parameters,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'f Version>,
    #[serde(skip_serializing_if = "Option::is_none")]
    engine: Option<u8>,
    keys: Vec<&'f str>,
    whole: bool,
    placeholders: Vec<Placeholder<'f>>,
}

#[derive(Serialize)]
struct Placeholder<'f> {
    placeholder: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'f str>,
    file: &'f str,
    line: usize,
    column: usize,
    resource: Resource<'f>,
    field: String,
}
